"""Problems that come again, and topics that rise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.registry import CaseKind
from servicedesk.reports import repeats, standing
from servicedesk.reports.countable import by_group, in_all
from servicedesk.reports.figures import label
from servicedesk.reports.flow import a_year_before, year_back
from servicedesk.reports.names import names_of
from servicedesk.reports.periods import DATES, day_after, midnight, moved
from servicedesk.reports.report import Asked, Report, Row, rows_of
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Amount, Cell, Column, Line, Linking, Number, Table, counts

TOTAL = _("Together")
FIGURES = ("sorted", "again")
COMMON = 10


def again(asked: Asked) -> Report:
    """What came again by row and by topic, and the topics that rose most against the period before."""
    scope = asked.scope
    rows, total = (
        rows_of(scope, by_group(scope, repeats.TALLIES)),
        Linking(scope, in_all(scope, repeats.TALLIES)),
    )
    tables = [_table("again", _("Came again within 90 days"), asked.first, rows, total)]
    for kind, path, said in repeats.topics(scope):
        topics = by_topic(scope, kind, path)
        repeated = rows_of(topics, by_group(topics, repeats.TALLIES))
        most = sorted(repeated, key=lambda row: -row[2].numbers.get("again", 0))[:COMMON]
        held = [row for row in most if row[2].numbers.get("again")]
        several = len(repeats.topics(scope)) > 1
        name = f"{kind.label} · {said}" if several else said
        tables += [
            _table(f"again-{kind.code}", _("Topics that come again"), name, held, None),
            _rising(kind, topics, name),
        ]
    return Report(
        scope=scope,
        head=[(name, label(name), total.number(name)) for name in ("sorted", "again")],
        rates=[(label("again"), total.rate("again", "sorted"))],
        tables=tables,
        figures=FIGURES,
    )


def _table(name: str, title: Any, first: Any, rows: list[Row], total: Linking | None) -> Table:
    return Table(
        name=name,
        title=title,
        first=first,
        columns=[Column(label("again"), label("again"), label("sorted"))],
        lines=[Line(said, [row.rate("again", "sorted")]) for said, _key, row in rows],
        total=Line(str(TOTAL), [total.rate("again", "sorted")]) if total else None,
    )


def by_topic(scope: Scope, kind: CaseKind, path: str) -> Scope:
    """The same report with a row for each topic of a kind."""
    told = {**scope.asked, "kind": kind.code, "group": repeats.TOPIC}
    return replace(scope, kind=kind, group=path, asked=told)


def before(scope: Scope) -> Scope:
    """As many days before the period; of whole months as many months."""
    first = timezone.localdate(scope.since)
    last = timezone.localdate(scope.end - timedelta(microseconds=1))
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if first.day == 1 and day_after(last).day == 1:
        return scope.between(midnight(moved(first, -months)), midnight(first))
    begin = moved(first, -months) if first.day == 1 else first - (day_after(last) - first)
    return scope.between(midnight(begin), min(midnight(day_after(begin + (last - first))), midnight(first)))


def _year_ago(scope: Scope) -> Scope:
    since = midnight(year_back(timezone.localdate(scope.since)))
    return scope.between(since, a_year_before(scope).until)


def asked_days(scope: Scope) -> dict[str, str]:
    """How an address says the days of a scope."""
    last = timezone.localdate(scope.until - timedelta(microseconds=1))
    return {"period": DATES, "since": timezone.localdate(scope.since).isoformat(), "until": last.isoformat()}


def _rising(kind: CaseKind, scope: Scope, name: Any) -> Table:
    """Topics by how many more came in than in the period before, with last year's beside."""
    periods = [scope, before(scope), _year_ago(scope)]
    found = [_received(each) for each in periods]
    keys = {key for each in found[:2] for key in each}
    risen = sorted(keys, key=lambda key: (found[1].get(key, 0) - found[0].get(key, 0), str(key)))[:COMMON]
    names = names_of(scope.group, risen)

    def cells(key: Any) -> list[Cell]:
        numbers = [each.get(key, 0) for each in found]
        told: list[Cell] = [_number(each, key, n) for each, n in zip(periods, numbers, strict=True)]
        return [*told, Amount(numbers[0] - numbers[1])]

    return Table(
        name=f"rising-{kind.code}",
        title=_("Topics with the largest rise"),
        first=name,
        columns=[
            *counts("received"),
            Column(_("Period before")),
            Column(_("Same days last year")),
            Column(_("More than before")),
        ],
        lines=[Line(names[key], cells(key)) for key in risen if found[0].get(key, 0) > found[1].get(key, 0)],
        note=_(
            "While the period runs, as many days of the one before are compared. A topic with few matters "
            "rises fast: look at the numbers."
        ),
    )


def _received(scope: Scope) -> dict[Any, int]:
    rows = scope.cases().filter(standing.received(scope), **{f"{scope.group}__isnull": False})
    found = rows.order_by().values(scope.group).annotate(n=Count("pk"))
    return {row[scope.group]: row["n"] for row in found}


def _number(scope: Scope, key: Any, n: int) -> Number:
    return Number(n, Linking(scope, {}, {**asked_days(scope), "row": str(key)}).url("received"))
