"""Single matters a monthly report names by their numbers: those late the longest, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from servicedesk.accounts.models import Office
from servicedesk.clock import WorkCalendar
from servicedesk.desk.models import Case, Clock
from servicedesk.desk.quiet import usual_calendar
from servicedesk.desk.registry import CaseKind, own_terms
from servicedesk.reports import standing
from servicedesk.reports.periods import midnight, moved
from servicedesk.reports.scope import Scope

SHOWN = 10
# A matter is a repetition of what the same applicant brought within so many months.
LOOKS_BACK = 12


@dataclass(frozen=True)
class Worst:
    """An open matter: since when a limit of it had run out, and how many working days that was."""

    number: str
    kind: str
    office: str
    due_at: str
    days: int


@dataclass(frozen=True)
class Repeated:
    """One applicant's matters of one topic: how many there were, and which; the applicant stays unnamed."""

    topic: str
    numbers: list[str]
    now: int


def worst(scope: Scope) -> list[Worst]:
    """The ten matters that were late the longest at the end of the month."""
    running = Q(stopped_at=None) | Q(stopped_at__gte=scope.end)
    clocks = Clock.objects.filter(running, case=OuterRef("pk"), due_at__lt=scope.end).besides(own_terms())
    since = clocks.order_by("due_at").values("due_at")[:1]
    late = scope.cases().filter(standing.late(scope)).annotate(late_since=Subquery(since))
    calendar, codes = usual_calendar(), dict(Office.objects.values_list("pk", "code"))
    return [
        Worst(
            number=str(case.number),
            kind=case.kind,
            office=codes[case.office_id],
            due_at=f"{timezone.localtime(case.late_since):%Y-%m-%d %H:%M}",
            days=working_days(calendar, case.late_since, scope.end),
        )
        for case in late.order_by("late_since", "pk")[:SHOWN]
    ]


def working_days(calendar: WorkCalendar, since: datetime, until: datetime) -> int:
    """Whole working days after the day of `since`, up to the last one before `until`."""
    day, last = timezone.localdate(since), timezone.localdate(until - timedelta(microseconds=1))
    return sum(calendar.is_working(day + timedelta(days=n)) for n in range(1, (last - day).days + 1))


def repeated(scope: Scope, topics: Sequence[tuple[CaseKind, str]]) -> list[Repeated]:
    """Applicants who brought the same topic again this month, those with the most matters first."""
    found = [each for kind, path in topics for each in _repeated(scope, kind, path)]
    return sorted(found, key=lambda each: (-len(each.numbers), each.numbers))[:SHOWN]


def _repeated(scope: Scope, kind: CaseKind, path: str) -> list[Repeated]:
    first = timezone.localdate(scope.since)
    window = scope.between(midnight(moved(first, 1 - LOOKS_BACK)), scope.until)
    cases = scope.cases().filter(window.within("submitted_at"), kind=kind.code)
    # What was merged into another is the same matter, not a second one.
    cases = cases.exclude(outcome=Case.Outcome.MERGED).exclude(**{f"{path}__isnull": True})
    this_month = Count("pk", filter=scope.within("submitted_at"))
    groups = cases.order_by().values("applicant", path).annotate(n=Count("pk"), now=this_month)
    rows = list(groups.filter(n__gte=2, now__gte=1).order_by("-n", "applicant", path)[:SHOWN])
    if not rows:
        return []
    wanted = reduce(or_, [Q(applicant=row["applicant"]) & Q((path, row[path])) for row in rows])
    numbers: dict[tuple[Any, Any], list[str]] = {}
    for applicant, topic, number in (
        cases.filter(wanted).order_by("number").values_list("applicant", path, "number")
    ):
        numbers.setdefault((applicant, topic), []).append(str(number))
    return [Repeated(str(row[path]), numbers[row["applicant"], row[path]], row["now"]) for row in rows]
