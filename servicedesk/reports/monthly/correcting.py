"""Corrections 更正: what a frozen report says beside what the same cases tell now. The report stays as it is;
a difference is noticed by the desk, and explained by a named person or shown as unexplained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.trail import chain_of_row, record
from servicedesk.reports.models import MonthlyReport, ReportCorrection
from servicedesk.reports.monthly.document import figures
from servicedesk.reports.monthly.gathering import gathered
from servicedesk.reports.monthly.life import may_make
from servicedesk.reports.monthly.months import scope_of
from servicedesk.reports.monthly.naming import OPEN, cell_words, figure_words
from servicedesk.reports.monthly.public import public_numbers

NOTICED, EXPLAINED = "monthly_differ", "monthly_correct"
# How long a comparison made for a page is good for.
KEEP_SECONDS = 600
# A frozen report is compared once a day, as long as its month stands among those compared with a year ago.
COMPARED_EVERY, COMPARED_FOR = timedelta(hours=20), timedelta(days=400)
Differences = dict[str, tuple[Any, Any]]


def differences(report: MonthlyReport, at: datetime) -> Differences:
    """{figure: (reported, now)} of every figure that differs, counted anew."""
    scope = scope_of(report.month, report.office, report.kind, at)
    found = _differing(report.content["figures"], figures(gathered(scope, at)))
    if OPEN in report.content:
        then, now = report.content[OPEN], public_numbers(report.month, at)
        found |= {f"{OPEN}/city/{name}": pair for name, pair in _differing(then, now).items()}
    return found


def _differing(then: Mapping[str, Any], now: Mapping[str, Any]) -> Differences:
    """A figure nobody has is the same as none: a row without matters is not there."""
    names = [*then, *(name for name in now if name not in then)]
    pairs = {name: (then.get(name), now.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if (pair[0] or 0) != (pair[1] or 0)}


def looked_up(report: MonthlyReport, at: datetime) -> Differences:
    """`differences`, counted at most every ten minutes for the page."""
    key = f"reports.monthly.{report.pk}.{report.digest[:12]}"
    kept = cache.get(key)
    if kept is None or not timedelta(0) <= at - kept[0] <= timedelta(seconds=KEEP_SECONDS):
        kept = (at, differences(report, at))
        cache.set(key, kept, KEEP_SECONDS)
    found: Differences = kept[1]
    return found


def notice(report: MonthlyReport, at: datetime) -> int:
    """Write down what differs since when; return how many differences are new. It is counted before the
    transaction begins: within one, nobody else could read figures until its end."""
    return _noticed(report, differences(report, at), at)


@transaction.atomic
def _noticed(report: MonthlyReport, now: Differences, at: datetime) -> int:
    locked = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    standing = {row.cell: row for row in locked.corrections.filter(ended_at=None)}
    over = [row.pk for cell, row in standing.items() if now.get(cell, (None, None))[1] != row.found]
    ReportCorrection.objects.filter(pk__in=over).update(ended_at=at)
    fresh = {cell: pair for cell, pair in now.items() if cell not in standing or standing[cell].pk in over}
    ReportCorrection.objects.bulk_create(
        ReportCorrection(report=locked, cell=cell, reported=then, found=found, noticed_at=at)
        for cell, (then, found) in fresh.items()
    )
    if fresh or over:
        facts = {"cells": {cell: list(pair) for cell, pair in fresh.items()}, "over": len(over)}
        record(chain_of_row(locked), NOTICED, at=at, params=facts)
    MonthlyReport.objects.filter(pk=locked.pk).update(compared_at=at)
    return len(fresh)


def compare_next(at: datetime) -> int:
    """Compare the frozen report that waits longest; return how many were. Two at once do one each."""
    due = MonthlyReport.objects.filter(stage=MonthlyReport.Stage.FROZEN, compared_at__lt=at - COMPARED_EVERY)
    recent = due.filter(month__gte=(at - COMPARED_FOR).date())
    row = recent.select_related("office").order_by("compared_at", "pk").first()
    if row is None:
        return 0
    mine = MonthlyReport.objects.filter(pk=row.pk, compared_at=row.compared_at)
    if not mine.update(compared_at=at):
        return 0
    notice(row, at)
    return 1


def explain(report: MonthlyReport, cells: Iterable[str], reason: str, by: User, at: datetime) -> int:
    """Say in one's own name why figures differ; return how many were explained."""
    if not may_make(by, report.office_id, at):
        raise NotAllowed("not-yours", _("You do not report on this office."))
    if report.stage != MonthlyReport.Stage.FROZEN:
        raise WrongState("not-frozen", _("Only what was frozen as reported is corrected."))
    if not reason.strip():
        raise BadInput("reason", _("Please say why."), "reason")
    notice(report, at)
    return _explained(report, cells, reason.strip(), by, at)


@transaction.atomic
def _explained(report: MonthlyReport, cells: Iterable[str], reason: str, by: User, at: datetime) -> int:
    rows = list(report.corrections.filter(ended_at=None, cell__in=list(cells)).order_by("pk"))
    if not rows:
        raise BadInput("cells", _("Choose the figures the reason is for."), "cells")
    told = {"reason": reason, "by": by, "explained_at": at}
    ReportCorrection.objects.filter(pk__in=[row.pk for row in rows]).update(**told)
    facts = {"cells": {row.cell: [row.reported, row.found] for row in rows}}
    record(chain_of_row(report), EXPLAINED, at=at, by=by, params=facts, body=reason)
    return len(rows)


@dataclass(frozen=True)
class Correction:
    """One figure as the page shows it; without a row it was noticed just now."""

    cell: str
    words: str
    reported: str
    now: str
    row: ReportCorrection | None


def corrections(report: MonthlyReport, at: datetime) -> list[Correction]:
    """Every figure of a frozen report that the cases now tell otherwise."""
    if report.stage != MonthlyReport.Stage.FROZEN:
        return []
    rows = {row.cell: row for row in report.corrections.filter(ended_at=None).select_related("by")}
    return [
        Correction(
            cell,
            cell_words(report.content["names"], cell),
            figure_words(cell, then),
            figure_words(cell, now),
            rows[cell] if cell in rows and rows[cell].found == now else None,
        )
        for cell, (then, now) in looked_up(report, at).items()
    ]
