"""Twelve months up to the end of the period: what came in, what was closed, what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from servicedesk.reports import standing
from servicedesk.reports.counting import merged
from servicedesk.reports.facts import refresh
from servicedesk.reports.judging import grouped_by
from servicedesk.reports.models import MonthTally
from servicedesk.reports.month_sums import NAMES
from servicedesk.reports.periods import DATES, midnight, moved
from servicedesk.reports.promises import is_due
from servicedesk.reports.scope import KIND, Scope
from servicedesk.reports.shares import Share

MONTHS = 12
KEPT = ("due", "broken")


@dataclass(frozen=True)
class Month:
    first: date
    received: int
    closed: int
    kept: Share
    scope: Scope

    @property
    def asked(self) -> dict[str, str]:
        """How an address says this month."""
        last = timezone.localdate(self.scope.until) - timedelta(days=1)
        return {"period": DATES, "since": self.first.isoformat(), "until": last.isoformat()}


def trend(scope: Scope) -> list[Month]:
    """The months in their order, in four questions. The last one reaches as far as the report does."""
    refresh()
    last = timezone.localdate(scope.end - timedelta(microseconds=1)).replace(day=1)
    firsts = [moved(last, place - MONTHS + 1) for place in range(MONTHS)]
    whole = scope.between(midnight(firsts[0]), scope.until)
    found = _summed(whole) if _is_summed(scope) else _told_apart(whole)
    return [
        Month(
            first,
            numbers.get("received", 0),
            numbers.get("closed", 0),
            Share(numbers.get("due", 0) - numbers.get("broken", 0), numbers.get("due", 0)),
            scope.between(midnight(first), min(midnight(moved(first, 1)), scope.until)),
        )
        for first, numbers in ((first, found.get(first, {})) for first in firsts)
    ]


Numbers = dict[date, dict[str, int]]


def _is_summed(scope: Scope) -> bool:
    """Whether the sums of whole months say it: they know kinds, and no offices, topics or towns."""
    return scope.offices is None and set(scope.values) <= {KIND}


def _summed(scope: Scope) -> Numbers:
    """From the sums as far as the months are over, and counted from there on."""
    over = timezone.localdate(scope.end).replace(day=1)
    first = timezone.localdate(scope.since)
    rows = MonthTally.objects.filter(scope.about(), month__gte=first, month__lt=over)
    sums = {name: Sum(name) for name in NAMES}
    found = {key: numbers for (key,), numbers in grouped_by(rows, ["month"], **sums).items()}
    left = scope.between(max(scope.since, midnight(over)), scope.until)
    if left.since >= left.end:
        return found
    # Within one month, so the facts themselves say which row is a case's first in it.
    due, broken = (
        Q((f"{what}_before_case", None)) | Q((f"{what}_before_case__lt", left.since)) for what in KEPT
    )
    return found | _counted(left, Count("pk", filter=due), Count("pk", filter=broken & Q(broken=True)))


def _told_apart(scope: Scope) -> Numbers:
    due = Count("case", distinct=True)
    return _counted(scope, due, Count("case", distinct=True, filter=Q(broken=True)))


def _counted(scope: Scope, due: Count, broken: Count) -> Numbers:
    cases, clocks = scope.case_facts(), scope.clock_facts().filter(is_due(scope))
    return merged(
        _by_month(cases.filter(standing.received(scope)), "submitted_at", received=Count("pk")),
        _by_month(cases.filter(standing.closed(scope)), "closed_at", closed=Count("pk")),
        _by_month(clocks, "due_at", due=due, broken=broken),
    )


def _by_month(rows: Any, moment: str, **asked: Any) -> Numbers:
    found = rows.order_by().annotate(month=TruncMonth(moment)).values("month").annotate(**asked)
    return {timezone.localdate(row["month"]): {name: row[name] for name in asked} for row in found}
