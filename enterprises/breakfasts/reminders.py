"""Reminding the companies that have a place, two days ahead and one day ahead, each once, in office hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.breakfasts.telling import facts_of, news, note
from enterprises.models import Breakfast, BreakfastReminder, SignUp, Standing
from enterprises.models.breakfast_sign_up import SignUpQuerySet
from servicedesk.clock import WorkCalendar
from servicedesk.desk.notices import tell_many
from servicedesk.desk.quiet import is_working_time, usual_calendar
from servicedesk.desk.rounds import register_round

# Our own default; a reminder that would fall on a day off is given on the last working day before it.
DAYS_AHEAD = (2, 1)
AHEAD = timedelta(days=14)
REMINDER = _("Your company has a place at the breakfast. Please decline in time if nobody can come.")


def reminder_day(calendar: WorkCalendar, held: date, days: int) -> date:
    """The working day on which people are reminded of what happens on `held`."""
    day = held - timedelta(days=days)
    while not calendar.is_working(day):
        day -= timedelta(days=1)
    return day


def due_now(calendar: WorkCalendar, held: date, today: date) -> int | None:
    """How many days ahead the reminder due by today is; of two that are due only the later one speaks."""
    due = [days for days in DAYS_AHEAD if reminder_day(calendar, held, days) <= today < held]
    return min(due, default=None)


@register_round
def remind(at: datetime) -> int:
    """Remind whoever is due and was not reminded; return how many companies were."""
    calendar = usual_calendar()
    if not is_working_time(calendar, at):
        return 0
    near = Breakfast.objects.filter(stage=Breakfast.Stage.SELECTED, starts_at__gt=at)
    today = timezone.localtime(at).date()
    found = 0
    for breakfast in near.filter(starts_at__lte=at + AHEAD).order_by("pk"):
        days = due_now(calendar, breakfast.day(), today)
        if days is not None and _unreminded(breakfast, days).exists():
            found += _remind(breakfast, days, at)
    return found


def _unreminded(breakfast: Breakfast, days: int) -> SignUpQuerySet:
    rows = SignUp.objects.filter(breakfast=breakfast, standing=Standing.SELECTED)
    # Whoever was reminded one day ahead needs none that is two days ahead.
    return rows.exclude(reminders__days__lte=days)


@transaction.atomic
def _remind(breakfast: Breakfast, days: int, at: datetime) -> int:
    """Look again under the lock: the other sweep may have been quicker, or the company has declined."""
    locked = Breakfast.objects.lock(breakfast.pk)
    if locked.stage != Breakfast.Stage.SELECTED:
        return 0
    rows = list(_unreminded(locked, days).shown())
    told = [(row, note(locked, "remind", by=None, at=at, days=days, **facts_of(row))) for row in rows]
    BreakfastReminder.objects.bulk_create(
        BreakfastReminder(sign_up=row, days=days, event=event, at=at) for row, event in told
    )
    tell_many([news(row, event, REMINDER, at, reason=False) for row, event in told], at)
    return len(told)
