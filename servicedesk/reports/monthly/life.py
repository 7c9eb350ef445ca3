"""The life of a monthly report: made, checked by another person, frozen as reported; or dropped.

Each verb locks the row and writes an event into its chain, which holds the hash of all the report says."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk import audit
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Event
from servicedesk.desk.numbers import next_number
from servicedesk.desk.permissions import Role, holds, reach, today
from servicedesk.desk.trail import chain_of_row, record
from servicedesk.reports.models import MonthlyReport
from servicedesk.reports.monthly import public
from servicedesk.reports.monthly.document import content_of, digest_of
from servicedesk.reports.monthly.months import complete_months
from servicedesk.reports.readers import READS_BELOW, reader_of

Stage = MonthlyReport.Stage
SERIES = "YB"  # 月报
MADE, CHECKED, FROZEN, DROPPED = "monthly_make", "monthly_check", "monthly_freeze", "monthly_drop"


def offices_to_report_on(user: User, at: datetime) -> frozenset[int] | None:
    """Keys of the offices the user may report on with what is below them; None for every one and the city."""
    on = today(at)
    if holds(user, Role.MANAGER, on):
        return None
    return frozenset(reach(user, READS_BELOW, on))


def may_make(user: User, office: int | None, at: datetime) -> bool:
    """Whether the user may make, check, freeze or drop a report of that office (None is the city)."""
    offices = offices_to_report_on(user, at)
    return offices is None or (office is not None and office in offices)


def readable(user: User, at: datetime) -> QuerySet[MonthlyReport]:
    """The reports the user may read."""
    reader = reader_of(user, at)
    rows = MonthlyReport.objects.exclude(stage=Stage.DROPPED)
    if reader.offices is None:
        return rows
    return rows.filter(office__in=reader.offices)


def make(by: User, month: date, office: Office | None, kind: str, at: datetime) -> MonthlyReport:
    """Count the month and keep it as a draft; an unfinished one of the same month and scope is dropped.

    It is counted before the transaction begins: within one, nobody else could read figures until its end.
    Raises NotAllowed, BadInput for a month that is not over, WrongState where one is frozen already."""
    if not may_make(by, office.pk if office else None, at):
        raise NotAllowed("not-yours", _("You do not report on this office."))
    if month not in complete_months(at):
        raise BadInput("no-month", _("A report is made of a month that is over."), "month")
    same = MonthlyReport.objects.filter(month=month, office=office, kind=kind)
    _refuse_second(same)
    content = content_of(month, office, kind, at)
    with transaction.atomic():
        _refuse_second(same)
        for old in same.filter(stage__in=[Stage.DRAFT, Stage.CHECKED]).select_for_update():
            _move(old, Stage.DROPPED, DROPPED, by, at, reason=_("Made anew."))
        report = MonthlyReport.objects.create(
            month=month,
            office=office,
            kind=kind,
            stage=Stage.DRAFT,
            content=content,
            digest=digest_of(content),
            made_by=by,
            made_at=at,
        )
        _log(report, MADE, by, at)
    return report


def _refuse_second(same: QuerySet[MonthlyReport]) -> None:
    if same.filter(stage=Stage.FROZEN).exists():
        said = _("This month is frozen as reported. What changed since then stands there as a correction.")
        raise WrongState("frozen", said)


@transaction.atomic
def check(report: MonthlyReport, by: User, at: datetime) -> MonthlyReport:
    """Say that the draft was looked through by somebody who did not make it."""
    locked = _locked(report, by, at, Stage.DRAFT)
    if locked.made_by_id == by.pk:
        raise NotAllowed("own", _("Another person than the one who made a report checks it."))
    return _move(locked, Stage.CHECKED, CHECKED, by, at, checked_by=by, checked_at=at)


@transaction.atomic
def freeze(report: MonthlyReport, by: User, at: datetime) -> MonthlyReport:
    """Give the checked report its number; from now on it never changes."""
    locked = _locked(report, by, at, Stage.CHECKED)
    if not is_whole(locked):
        raise WrongState("altered", _("What the report says was altered behind the desk; make it anew."))
    # Whoever freezes at the same moment waits for the counter, and then sees that this one is frozen.
    number = next_number(SERIES, at)
    _refuse_second(MonthlyReport.objects.filter(month=locked.month, office=locked.office, kind=locked.kind))
    numbers = locked.content.get("open")
    if numbers:
        public.keep(locked.month, numbers, at, report=locked.pk)
    given: dict[str, Any] = {"frozen_by": by, "frozen_at": at, "compared_at": locked.made_at}
    return _move(locked, Stage.FROZEN, FROZEN, by, at, number=number, **given)


@transaction.atomic
def drop(report: MonthlyReport, by: User, at: datetime, reason: str) -> MonthlyReport:
    """Put an unfinished report aside; what is frozen stays."""
    locked = _locked(report, by, at, Stage.DRAFT, Stage.CHECKED)
    if not reason.strip():
        raise BadInput("reason", _("Please say why."), "reason")
    return _move(locked, Stage.DROPPED, DROPPED, by, at, reason=reason.strip())


def _locked(report: MonthlyReport, by: User, at: datetime, *stages: str) -> MonthlyReport:
    locked = MonthlyReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not may_make(by, locked.office_id, at):
        raise NotAllowed("not-yours", _("You do not report on this office."))
    if locked.stage not in stages:
        raise WrongState("moved-on", _("The report has moved on meanwhile. Look at it again."))
    return locked


def _move(
    report: MonthlyReport, stage: str, verb: str, by: User, at: datetime, reason: str = "", **fields: Any
) -> MonthlyReport:
    MonthlyReport.objects.filter(pk=report.pk).update(stage=stage, **fields)
    report.refresh_from_db()
    _log(report, verb, by, at, reason)
    return report


def _log(report: MonthlyReport, verb: str, by: User, at: datetime, body: str = "") -> None:
    facts = {"month": f"{report.month:%Y-%m}", "number": report.number, "sha256": report.digest}
    record(chain_of_row(report), verb, at=at, by=by, params=facts, body=body)


def is_whole(report: MonthlyReport) -> bool:
    """Whether the report still says what its hash, and its unbroken chain of events, say it said."""
    if digest_of(report.content) != report.digest:
        return False
    chain = chain_of_row(report)
    told = Event.objects.filter(chain=chain, verb__in=[MADE, CHECKED, FROZEN]).values_list(
        "params", flat=True
    )
    same = all(params.get("sha256") == report.digest for params in told)
    return bool(told) and same and not audit.verify([chain])


def altered(since: datetime | None = None) -> list[MonthlyReport]:
    """Reports that were edited behind the desk's back; of `since` or later where it is given."""
    rows = MonthlyReport.objects.filter(Q(made_at__gte=since) if since else Q())
    return [row for row in rows.order_by("pk").iterator(20) if not is_whole(row)]
