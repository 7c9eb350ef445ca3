"""People's own reminders, beside the ladder of the rules: each wish speaks once for a clock.

The message is an event of the person's own chain: whom somebody wants to be reminded is nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from servicedesk.accounts.models import User
from servicedesk.desk import trail
from servicedesk.desk.calendars import calendar_of
from servicedesk.desk.deadlines import deadlines_of
from servicedesk.desk.ladder import rings_at
from servicedesk.desk.models import AlarmRule, Clock, OwnReminder, ReminderWish
from servicedesk.desk.notices import tell
from servicedesk.desk.rounds import register_round

VERB = "own_reminder"
# Wishes count in days: one look in some minutes is enough, and one sweep looks at so many.
PATIENCE = timedelta(minutes=10)
AT_ONCE = 200
MOST_WISHES = 5


@register_round
def own_reminders(at: datetime) -> int:
    """Give the reminders that are due; return how many."""
    due = ReminderWish.objects.filter(Q(looked_at=None) | Q(looked_at__lte=at - PATIENCE))
    due = due.filter(user__is_active=True).select_related("user")
    wishes = list(due.order_by(F("looked_at").asc(nulls_first=True), "pk")[:AT_ONCE])
    return sum(_look(wish, at) for wish in wishes)


def _look(wish: ReminderWish, at: datetime) -> int:
    clocks = deadlines_of(wish.user, at, of_office=False).filter(
        due_at__gt=at, due_at__lte=_horizon(wish, at)
    )
    told = sum(_remind(wish, clock, at) for clock in clocks.exclude(own_reminders__wish=wish))
    ReminderWish.objects.filter(pk=wish.pk).update(looked_at=at)
    return told


def _horizon(wish: ReminderWish, at: datetime) -> datetime:
    """No clock due after this can be meant: working days, the longest holidays among them."""
    stretch = 2 if wish.unit == ReminderWish.Unit.WORKING_DAYS else 1
    return at + timedelta(days=stretch * wish.amount + 16)


def _remind(wish: ReminderWish, clock: Clock, at: datetime) -> bool:
    """Remind if the moment has come, and came after the clock and the wish began."""
    moment = rings_at(AlarmRule(offset=-wish.amount, unit=wish.unit), clock)
    if moment > at or moment <= max(clock.started_at, wish.created_at):
        return False
    with transaction.atomic():
        # The lock of the chain; of two rounds at once the second finds the row.
        User.objects.select_for_update(no_key=True).get(pk=wish.user_id)
        _row, is_new = OwnReminder.objects.get_or_create(wish=wish, clock=clock, defaults={"at": at})
        if is_new:
            _tell(wish, clock, at)
    return is_new


def _tell(wish: ReminderWish, clock: Clock, at: datetime) -> None:
    facts = {"case": clock.case.number, "clock": clock.code, "unit": wish.unit, "amount": wish.amount}
    event = trail.record(trail.chain_of_user(wish.user), VERB, at=at, params=facts)
    opening = calendar_of(clock.office_id, clock.calendar_version).next_open(at)
    words = {"case": clock.case, "clock": clock, "wish": wish}
    tell(event, [wish.user], VERB, words, at, quiet_until=opening)
