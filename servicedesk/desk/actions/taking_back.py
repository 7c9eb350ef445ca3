"""What an office hears of a dispatch that was undone: what had not been sent stays unsent, and whoever had
been told is told that it was taken back."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from servicedesk.desk import notices
from servicedesk.desk.channels.choice import Choices
from servicedesk.desk.models import Event, Notice
from servicedesk.desk.outgoing import Telling, rows_of
from servicedesk.desk.quiet import is_working_time, next_morning, usual_calendar

Way, State = Notice.Channel, Notice.State


def tell_office(event: Event, undone: Event, at: datetime) -> int:
    """Take back the letters of `undone` to the house that wait to be sent, and return how many. In the desk
    everybody who was told of it reads that it was taken back; by mail and the like only whom they reached."""
    staff = Notice.objects.filter(event=undone, recipient__is_staff=True)
    free = Q(leased_until=None) | Q(leased_until__lte=at)
    unsent = staff.exclude(channel=Way.APP).filter(free, state=State.QUEUED).delete()[0]
    told = {row.recipient_id: row.recipient for row in staff.select_related("recipient").order_by("pk")}
    reached = set(staff.exclude(channel=Way.APP).values_list("recipient", flat=True))
    told.pop(event.by_id, None)
    loud = [user for key, user in told.items() if user is not None and key in reached]
    still = [user for key, user in told.items() if user is not None and key not in reached]
    words = {"office": undone.case.office if undone.case else ""}
    calendar = usual_calendar()
    quiet = None if is_working_time(calendar, at) else next_morning(calendar, at)
    notices.tell(event, loud, "staff", words, at, quiet_until=quiet)
    telling = Telling(event, still, "staff", words)
    rows = [row for row in rows_of(telling, at, None, Choices(still)) if row.channel == Way.APP]
    Notice.objects.bulk_create(rows)
    return unsent
