"""The stretches of time a figure may be asked for, in the desk's own time zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MONTH, LAST_MONTH, QUARTER, LAST_QUARTER, YEAR, LAST_YEAR, DATES = (
    *("month", "last-month", "quarter", "last-quarter", "year", "last-year"),
    "dates",
)
PERIODS = (
    (MONTH, _("This month")),
    (LAST_MONTH, _("Last month")),
    (QUARTER, _("This quarter")),
    (LAST_QUARTER, _("Last quarter")),
    (YEAR, _("This year")),
    (LAST_YEAR, _("Last year")),
    (DATES, _("From one day to another")),
)
# Months a period lasts, and how many such periods it lies back.
MONTHS = {MONTH: (1, 0), LAST_MONTH: (1, 1), QUARTER: (3, 0), LAST_QUARTER: (3, 1)}
YEARS = {YEAR: (12, 0), LAST_YEAR: (12, 1)}
# Earlier there is nothing to count, and the calendar ends before the year 2000.
FIRST_DAY = date(2010, 1, 1)


def days_of(period: str, today: date) -> tuple[date, date]:
    """First day of the period and the day after its last one."""
    months, back = (MONTHS | YEARS)[period]
    first = today.replace(day=1, month=(today.month - 1) // months * months + 1)
    since = moved(first, -months * back)
    return since, moved(since, months)


def moved(first: date, months: int) -> date:
    """The first day of the month that many months away."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def day_after(day: date) -> date:
    return day + timedelta(days=1)
