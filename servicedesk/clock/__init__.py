"""Dates and instants under Chinese administrative law: terms, working days, pauses; no Django, no `now`."""

from servicedesk.clock.back import due_days, walk_back
from servicedesk.clock.errors import SENTENCES, ClockError
from servicedesk.clock.hours import DEFAULT_HOURS, Hours, weekdays
from servicedesk.clock.notices import (
    Notice,
    NoticeDay,
    calendar_of,
    fold,
    noticed_years,
    official_calendar,
    official_rows,
)
from servicedesk.clock.reckoning import Reckoning, elapsed_seconds
from servicedesk.clock.statement import TEXTS, Reason, Row
from servicedesk.clock.terms import CLOSE, MIDNIGHT, UNITS, Pause, Term, add_months
from servicedesk.clock.workdays import Day, DayFact, WorkCalendar

__all__ = [
    "CLOSE",
    "DEFAULT_HOURS",
    "MIDNIGHT",
    "SENTENCES",
    "TEXTS",
    "UNITS",
    "ClockError",
    "Day",
    "DayFact",
    "Hours",
    "Notice",
    "NoticeDay",
    "Pause",
    "Reason",
    "Reckoning",
    "Row",
    "Term",
    "WorkCalendar",
    "add_months",
    "calendar_of",
    "due_days",
    "elapsed_seconds",
    "fold",
    "noticed_years",
    "official_calendar",
    "official_rows",
    "walk_back",
    "weekdays",
]
