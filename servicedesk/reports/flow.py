"""What came in and what went out, week by week or month by month, and what was left open after each.

Read from the facts, which whoever asks has had refreshed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth, TruncWeek, TruncYear
from django.utils import timezone

from servicedesk.reports import standing
from servicedesk.reports.periods import DATES, day_after, midnight, moved
from servicedesk.reports.scope import Scope

# Up to so many days weeks are shown, up to so many more months, and years beyond.
WEEKS_UP_TO, MONTHS_UP_TO = 100, 1100


@dataclass(frozen=True)
class Slot:
    """One stretch; `backlog` is what was open at its end."""

    first: date
    last: date
    received: int
    closed: int
    backlog: int

    @property
    def asked(self) -> dict[str, str]:
        """How an address says this stretch."""
        return {"period": DATES, "since": self.first.isoformat(), "until": self.last.isoformat()}


def flow(scope: Scope, left: int) -> list[Slot]:
    """The stretches of the period in their order, in two queries; the last reaches as far as the report.
    `left` is what was open at its end."""
    first, last = timezone.localdate(scope.since), timezone.localdate(scope.end - timedelta(microseconds=1))
    if last < first:
        return []
    trunc = _measure((last - first).days)
    received = _by(trunc, scope.case_facts().filter(standing.received(scope)), "submitted_at")
    closed = _by(trunc, scope.case_facts().filter(standing.closed(scope)), "closed_at")
    left -= sum(received.values()) - sum(closed.values())
    found = []
    for begin, end in _stretches(trunc, first, last):
        come, gone = received.get(begin, 0), closed.get(begin, 0)
        left += come - gone
        found.append(Slot(max(begin, first), min(end, last), come, gone, left))
    return found


def _measure(days: int) -> Any:
    if days <= WEEKS_UP_TO:
        return TruncWeek
    return TruncMonth if days <= MONTHS_UP_TO else TruncYear


def _by(trunc: Any, rows: Any, moment: str) -> dict[date, int]:
    found = rows.order_by().annotate(begin=trunc(moment)).values("begin").annotate(n=Count("pk"))
    return {timezone.localdate(row["begin"]): row["n"] for row in found}


def _stretches(trunc: Any, first: date, last: date) -> Iterator[tuple[date, date]]:
    begin = _begin(trunc, first)
    while begin <= last:
        after = _after(trunc, begin)
        yield begin, after - timedelta(days=1)
        begin = after


def _begin(trunc: Any, day: date) -> date:
    if trunc is TruncWeek:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if trunc is TruncMonth else day.replace(day=1, month=1)


def _after(trunc: Any, begin: date) -> date:
    if trunc is TruncWeek:
        return begin + timedelta(days=7)
    return moved(begin, 1 if trunc is TruncMonth else 12)


def a_year_before(scope: Scope) -> Scope:
    """The same report, its end a year back: whole days, so that an address can say the same."""
    last = timezone.localdate(scope.end - timedelta(microseconds=1))
    return scope.between(scope.since, midnight(day_after(year_back(last))))


def year_back(day: date) -> date:
    """The same day a year before; the end of February stays its end."""
    if day_after(day).month != day.month:
        return moved(day.replace(day=1), -11) - timedelta(days=1)
    return day.replace(year=day.year - 1)
