"""Months summed up from the facts, so that a trend need not count a year of them again.

A month's sums are changed by the difference that a case makes: what it gave before its facts were derived
anew, and what it gives now. Offices are not told apart here: a case with promises of two offices is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from servicedesk.desk.models import Case
from servicedesk.reports.models import CaseFact, ClockFact, MonthTally

# Month, kind, office complained of; and which sum.
Place = tuple[date, str, int | None]
Sums = Counter[tuple[Place, str]]
NAMES = ("received", "closed", "due", "broken")


def of_cases(cases: Iterable[int]) -> Sums:
    """What these cases give to each sum, by their facts."""
    return _sums(Q(case__in=list(cases)))


def _sums(of: Q) -> Sums:
    """Four questions, whatever their number."""
    matters, clocks = CaseFact.objects.filter(of), ClockFact.objects.filter(of, due_at__isnull=False)
    found: Sums = Counter()
    found.update(_by_month("received", matters.filter(submitted_at__isnull=False), "submitted_at"))
    found.update(_by_month("closed", matters.filter(state=Case.State.CLOSED), "closed_at"))
    found.update(_by_month("due", _first_of_month(clocks, "due"), "due_at"))
    found.update(_by_month("broken", _first_of_month(clocks.filter(broken=True), "broken"), "due_at"))
    return found


def _first_of_month(clocks: Any, what: str) -> Any:
    """Those before which their case had none in the same month."""
    months = clocks.annotate(month=TruncMonth("due_at"), before=TruncMonth(f"{what}_before_case"))
    return months.filter(Q(before=None) | ~Q(before=F("month")))


def _by_month(name: str, rows: Any, moment: str) -> dict[tuple[Place, str], int]:
    found = rows.order_by().annotate(month=TruncMonth(moment)).values("month", "kind", "against")
    return {
        ((timezone.localdate(row["month"]), row["kind"], row["against"]), name): row["n"]
        for row in found.annotate(n=Count("pk"))
    }


def add(before: Sums, after: Sums) -> None:
    """Change the sums by the difference. The caller is the only one who does so now."""
    changed = Counter(after)
    changed.subtract(before)
    _store({place: number for place, number in changed.items() if number})


def add_all() -> None:
    """Sum up every fact into an empty table."""
    _store(_sums(Q()))


def differences() -> dict[tuple[Place, str], tuple[int, int]]:
    """Sums that are not what the facts give, each as it is stored and as it should be."""
    counted = _sums(Q())
    stored = Counter(
        {
            ((row.month, row.kind, row.against_id), name): getattr(row, name)
            for row in MonthTally.objects.all()
            for name in NAMES
        }
    )
    places = [place for place in {*counted, *stored} if counted[place] != stored[place]]
    return {place: (stored[place], counted[place]) for place in places}


def correct(wrong: dict[tuple[Place, str], tuple[int, int]]) -> None:
    """Make the sums what they should be."""
    _store({place: counted - stored for place, (stored, counted) in wrong.items()})


def _store(changed: dict[tuple[Place, str], int]) -> None:
    if not changed:
        return
    there = _rows({place for place, _name in changed})
    for (place, name), number in changed.items():
        row = there.setdefault(place, MonthTally(month=place[0], kind=place[1], against_id=place[2]))
        setattr(row, name, getattr(row, name) + number)
    MonthTally.objects.bulk_create([row for row in there.values() if row.pk is None])
    MonthTally.objects.bulk_update([row for row in there.values() if row.pk is not None], NAMES)


def _rows(places: set[Place]) -> dict[Place, MonthTally]:
    found = MonthTally.objects.filter(month__in={month for month, _kind, _against in places})
    return {(row.month, row.kind, row.against_id): row for row in found}
