"""When a mail on a schedule is due: on a working day, else on the next one. Dates only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from servicedesk.clock import WorkCalendar
from servicedesk.reports.models import ReportSchedule
from servicedesk.reports.periods import moved

Every = ReportSchedule.Every


def next_slot(schedule: ReportSchedule, calendar: WorkCalendar, after: datetime) -> datetime:
    """The first moment after `after` at which the schedule is due. What was missed before is left out."""
    return next(slot for slot in _slots(schedule, calendar, after) if slot > after)


def _slots(schedule: ReportSchedule, calendar: WorkCalendar, after: datetime) -> Iterator[datetime]:
    # A slot of a week or month ago may have moved past a long holiday to here.
    for day in _days(schedule, timezone.localdate(after)):
        held = _working(calendar, day)
        yield timezone.make_aware(datetime.combine(held, schedule.time))


def _working(calendar: WorkCalendar, day: date) -> date:
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return day


def _days(schedule: ReportSchedule, around: date) -> Iterator[date]:
    """The days it is wanted on, beginning well before `around`."""
    if schedule.every == Every.MONTH:
        first = moved(around.replace(day=1), -1)
        while True:
            yield first.replace(day=schedule.day)
            first = moved(first, 1)
    step = timedelta(days=7 if schedule.every == Every.WEEK else 1)
    day = around - timedelta(days=14)
    if schedule.every == Every.WEEK:
        day += timedelta(days=(schedule.weekday - day.weekday()) % 7)
    while True:
        yield day
        day += step
