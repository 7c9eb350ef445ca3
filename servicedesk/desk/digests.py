"""The daily digest: what waited for a person's morning becomes one event and one message.

No mail is sent here, so no lease is needed: the person's row is locked, and one transaction writes it."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import override

from servicedesk.accounts.models import User
from servicedesk.desk import raised, trail
from servicedesk.desk.models import Event, Notice
from servicedesk.desk.notices import tell
from servicedesk.desk.quiet import is_working_time, usual_calendar

log = logging.getLogger(__name__)

VERB = "digest"


def digests(at: datetime) -> int:
    """Give everybody whose digest is due theirs, in office hours and once a day; return how many got one."""
    if not is_working_time(usual_calendar(), at):
        return 0
    waiting = set(_waiting(at).order_by().values_list("recipient", flat=True).distinct())
    return sum(_tried(recipient, at) for recipient in sorted(waiting | raised.waited_for(at)))


def _tried(recipient: int, at: datetime) -> bool:
    """One person's trouble, such as a log-in entering their chain just now, does not touch the others."""
    try:
        return _digest(recipient, at)
    except DatabaseError:
        log.warning("The digest of user %s is left to the next sweep.", recipient, exc_info=True)
        return False


def _waiting(at: datetime) -> QuerySet[Notice]:
    queued = Notice.objects.filter(channel=Notice.Channel.DIGEST, state=Notice.State.QUEUED)
    return queued.filter(next_try_at__lte=at)


def _digest(recipient: int, at: datetime) -> bool:
    """Write one person's digest, unless another runner is at it or they had one today."""
    with transaction.atomic():
        free = User.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=recipient)
        user = free.first()
        if user is None or _had_one(user, at):
            return False
        news = list(_waiting(at).filter(recipient=user).order_by("pk"))
        if not news and not raised.before(user, at):
            return False
        _write(user, news, at)
        return True


def _had_one(user: User, at: datetime) -> bool:
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    chain = trail.chain_of_user(user)
    return Event.objects.filter(chain=chain, verb=VERB, at__gte=midnight).exists()


def _write(user: User, news: list[Notice], at: datetime) -> None:
    params = {"events": [each.event_id for each in news]}
    event = trail.record(trail.chain_of_user(user), VERB, at=at, params=params)
    with override(user.language):
        lines = [*raised.lines(user, at), *(sentence_of(each) for each in news)]
    tell(event, [user], "digest", {"lines": lines}, at)
    told = Notice.objects.filter(pk__in=[each.pk for each in news], state=Notice.State.QUEUED)
    told.update(state=Notice.State.SENT, sent_at=at)


def sentence_of(notice: Notice) -> str:
    """First line of what would have been told at once."""
    return notice.body.strip().partition("\n")[0] or notice.subject
