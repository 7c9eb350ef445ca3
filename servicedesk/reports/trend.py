"""Twelve months up to the end of the period: what came in, what was closed, what was kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils import timezone

from servicedesk.reports import promises, standing
from servicedesk.reports.periods import DATES, midnight, moved
from servicedesk.reports.scope import Scope
from servicedesk.reports.shares import Share

MONTHS = 12


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
    """The months in their order, in three queries. The last one reaches as far as the report does."""
    last = timezone.localdate(scope.end - timedelta(microseconds=1)).replace(day=1)
    firsts = [moved(last, place - MONTHS + 1) for place in range(MONTHS)]
    whole = scope.between(midnight(firsts[0]), scope.until)
    received = _by_month(scope.cases().filter(standing.received(whole)), "submitted_at", n=Count("pk"))
    closed = _by_month(scope.cases().filter(standing.closed(whole)), "closed_at", n=Count("pk"))
    kept = _kept(whole)
    return [
        Month(
            first,
            received.get(first, {}).get("n", 0),
            closed.get(first, {}).get("n", 0),
            kept.get(first, Share(0, 0)),
            scope.between(midnight(first), min(midnight(moved(first, 1)), scope.until)),
        )
        for first in firsts
    ]


def _kept(scope: Scope) -> dict[date, Share]:
    asked = {
        "due": Count("case", distinct=True),
        "broken": Count("case", distinct=True, filter=promises.BROKEN_LAST),
    }
    rows = _by_month(promises.judged(scope), "due_at", **asked)
    return {first: Share(row["due"] - row["broken"], row["due"]) for first, row in rows.items()}


def _by_month(rows: Any, moment: str, **asked: Any) -> dict[date, dict[str, int]]:
    found = rows.order_by().annotate(month=TruncMonth(moment)).values("month").annotate(**asked)
    return {timezone.localdate(row["month"]): row for row in found}
