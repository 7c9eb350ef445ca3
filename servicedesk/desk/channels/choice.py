"""Which channels a person hears by: what they chose, else what is usual; and when they want quiet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone

from servicedesk.accounts import sms
from servicedesk.accounts.models import User
from servicedesk.desk.models import NoticeChoices
from servicedesk.desk.models.outbox import Notice
from servicedesk.desk.models.telling import EVENING, MORNING

Way, Sort = Notice.Channel, Notice.Sort
# What a person can be reached by beside the app, in the order in which one makes up for another.
ORDER: tuple[str, ...] = (Way.SMS, Way.EMAIL, Way.WECOM)
# These are carried on by any channel there is, even one that was switched off for them.
GRAVE = frozenset({Sort.DECISION, Sort.REMINDER})
# They make a noise, mail does not: quiet hours are theirs.
LOUD = frozenset({Way.SMS, Way.WECOM})
DECISIONS = frozenset(
    {"sign_off", "decide", "refuse_acceptance", "ask_supplement", "deem_accepted", "lapse", "close"}
    | {"refuse_extension", "extend", "park", "split", "merge", "fall_silent"}
)
REMINDERS = frozenset({"alarm", "term", "own_reminder"})
# News of what is nobody's duty may always be switched off.
BESIDE_DUTY = frozenset({"watched", "mentioned"})
IN_DIGEST = frozenset({"digest", "redated"})


def sort_of(template: str, verb: str) -> str:
    """What sort of news the words of a template about a verb are."""
    if template in REMINDERS:
        return Sort.REMINDER
    if template in IN_DIGEST:
        return Sort.DIGEST
    if template in BESIDE_DUTY:
        return Sort.PROGRESS
    if template.startswith("breakfast"):
        return Sort.MEETING
    return Sort.DECISION if verb in DECISIONS else Sort.PROGRESS


def address_of(user: User, channel: str) -> str:
    """Where the person is reached by a channel; "" where they are not, or the channel is not set up."""
    if channel == Way.EMAIL:
        return user.email
    if channel == Way.SMS:
        return (user.phone or "") if sms.is_on() else ""
    return user.wecom_id if settings.WECOM_CORP and user.is_staff else ""


def is_usual(user: User, channel: str) -> bool:
    """Whether a channel is used without being chosen: mail and WeCom are, a short message where nothing
    else reaches the person."""
    if channel != Way.SMS:
        return True
    return not (user.email or address_of(user, Way.WECOM))


class Choices:
    """What these people have chosen, read once."""

    def __init__(self, users: Iterable[User]) -> None:
        keys = {user.pk for user in users}
        self._rows = NoticeChoices.objects.in_bulk(keys, field_name="user_id") if keys else {}

    def of(self, user: User, sort: str) -> Iterator[tuple[str, str]]:
        """(channel, address) of every channel the person wants this sort of news by."""
        row = self._rows.get(user.pk)
        wanted = row.channels.get(sort) if row is not None else None
        for channel in ORDER:
            chosen = is_usual(user, channel) if wanted is None else channel in wanted
            if chosen and (address := address_of(user, channel)):
                yield channel, address

    def not_before(self, user: User, channel: str, at: datetime) -> datetime:
        """The moment itself, or the end of the person's quiet hours around it."""
        if channel not in LOUD:
            return at
        row = self._rows.get(user.pk)
        begin, end = (row.quiet_from, row.quiet_until) if row is not None else (EVENING, MORNING)
        return at if begin is None or end is None else after_quiet(at, begin, end)


def after_quiet(at: datetime, begin: time, end: time) -> datetime:
    """`at`, or where it lies in the quiet hours, local time, their end."""
    local = timezone.localtime(at)
    now = local.time()
    is_quiet = begin <= now < end if begin < end else now >= begin or now < end
    if begin == end or not is_quiet:
        return at
    day = local if now < end else local + timedelta(days=1)
    return day.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
