"""How old what is open is by now, in office time: half, four fifths, nineteen of twenty, and the oldest."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db.models import Count, F, IntegerField, Q, Window
from django.db.models.functions import RowNumber

from servicedesk.clock import WorkCalendar, elapsed_seconds
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.reports import standing
from servicedesk.reports.percentiles import FRACTIONS, Times
from servicedesk.reports.scope import Scope

PERCENT = {name: round(fraction * 100) for name, fraction in FRACTIONS.items()}


def city_calendar() -> WorkCalendar:
    """The calendar all ages of one report are reckoned by; asked for once."""
    return calendar_of(None, current_version())


def office_seconds(calendar: WorkCalendar, since: datetime, until: datetime) -> int:
    """Office time between two moments."""
    return int(elapsed_seconds(calendar, since, until)) if since < until else 0


def open_ages(calendar: WorkCalendar, scope: Scope, *paths: str) -> dict[tuple[Any, ...], Times]:
    """Times since the submission of what was open at the end, by the values of `paths`.

    Age falls as the submission comes later: the database finds the ranks, and only those are reckoned. Read
    from the facts, which whoever asks has had refreshed."""
    rows = scope.case_facts().filter(standing.was_open(scope)).order_by()
    parted: Any = {"partition_by": [F(path) for path in paths]} if paths else {}
    ranked = rows.annotate(
        place=Window(RowNumber(), order_by=F("submitted_at").desc(), **parted) - 1,
        n=Window(Count("pk"), **parted),
    )
    found: dict[tuple[Any, ...], dict[int, datetime]] = defaultdict(dict)
    sizes: dict[tuple[Any, ...], int] = {}
    for *key, place, n, submitted in ranked.filter(_wanted()).values_list(
        *paths, "place", "n", "submitted_at"
    ):
        found[tuple(key)][place], sizes[tuple(key)] = submitted, n
    return {key: _times(calendar, sizes[key], places, scope.end) for key, places in found.items()}


def _wanted() -> Q:
    """The two ranks beside each fraction."""
    wanted = Q()
    for percent in PERCENT.values():
        below = (F("n") - 1) * percent / 100
        wanted |= Q(place=_whole(below)) | Q(place=_whole(below) + 1)
    return wanted


def _whole(expression: Any) -> Any:
    expression.output_field = IntegerField()
    return expression


def _times(calendar: WorkCalendar, n: int, places: dict[int, datetime], end: datetime) -> Times:
    def at(percent: int) -> float:
        below, rest = divmod((n - 1) * percent, 100)
        low = office_seconds(calendar, places[below], end)
        high = office_seconds(calendar, places[min(below + 1, n - 1)], end)
        return low + (high - low) * rest / 100

    return Times(n, *(at(percent) for percent in PERCENT.values()))
