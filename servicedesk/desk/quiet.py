"""When people may be disturbed: mail waits for the office to open, a digest for the next morning."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from servicedesk.clock import WorkCalendar
from servicedesk.desk.calendars import calendar_of, current_version


def usual_calendar() -> WorkCalendar:
    return calendar_of(None, current_version())


def next_morning(calendar: WorkCalendar, at: datetime) -> datetime:
    """First opening of a working day after `at`."""
    today = calendar.opening(timezone.localdate(at))
    if today is not None and today > at:
        return today
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return calendar.next_open(midnight + timedelta(days=1))


def is_working_time(calendar: WorkCalendar, at: datetime) -> bool:
    """Whether the office has opened today and not yet closed; the break at noon counts as open."""
    today = timezone.localdate(at)
    opening = calendar.opening(today)
    return opening is not None and opening <= at < calendar.close(today)
