"""Carrying notices out: claim by lease, commit, send, then mark sent only with the same token.

One machinery for every channel. A worker that dies after sending and before marking sends the same notice
again: with the same key (or Message-ID) and the same bytes."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from servicedesk.desk.channels import CHANNELS, Channel, MailChannel, Refused, Unreached
from servicedesk.desk.channels.mail import message
from servicedesk.desk.fallbacks import fall_back
from servicedesk.desk.models import Notice
from servicedesk.desk.notices import wake

__all__ = ["arrived", "claim", "deliver", "message", "try_again"]

log = logging.getLogger(__name__)

State = Notice.State
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)
BATCH = 20
# One call ends well before the worker's time limit; the next beat goes on.
BUSY_FOR = timedelta(minutes=4)
# A channel other than mail takes no longer of one call, so that a slow gateway never holds up the mail.
OTHERS_BUSY_FOR = timedelta(seconds=20)
# No notice of a batch is begun later than this after the claim.
BEGIN_WITHIN = timedelta(seconds=60)


class Now:
    """The moment the caller gave, moving on with the machine's own clock."""

    def __init__(self, at: datetime) -> None:
        self._at, self._since = at, time.monotonic()

    def __call__(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._since)


def deliver(at: datetime, limit: int = 1000) -> int:
    """Send up to `limit` due notices of each channel, the oldest first; return how many were sent."""
    now = Now(at)
    return sum(_carry(sort, now, limit) for sort in CHANNELS)


def _carry(sort: type[Channel], now: Now, limit: int) -> int:
    """Take one channel as far as its time reaches; one that nobody answers on is left for this pass."""
    is_mail = sort is MailChannel
    until = now() + (BUSY_FOR if is_mail else OTHERS_BUSY_FOR)
    channel, sent, taken = sort(), 0, 0
    try:
        while taken < limit and now() < until:
            claimed = claim(now(), min(BATCH, limit - taken), channel)
            if not claimed or not _reached(channel, claimed, now):
                break
            went, is_stuck = _send_all(claimed, channel, now, until)
            sent += went
            taken += len(claimed)
            if is_stuck:
                break
    finally:
        channel.close()
    return sent


def claim(at: datetime, limit: int, channel: Channel | None = None) -> list[Notice]:
    """Lease due notices (mails, unless a channel is given) to this worker and return them. Of two claims of
    one row the second gets nothing."""
    channel = channel or MailChannel()
    lease = BEGIN_WITHIN + timedelta(seconds=channel.slowest)
    due = list(_free(at, channel).order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])
    token = uuid.uuid4()
    if not due or not _free(at, channel).filter(pk__in=due).update(token=token, leased_until=at + lease):
        return []
    return list(Notice.objects.filter(pk__in=due, token=token).order_by("next_try_at", "pk"))


def _free(at: datetime, channel: Channel) -> QuerySet[Notice]:
    queued = Notice.objects.filter(channel=channel.code, state=State.QUEUED, next_try_at__lte=at)
    return queued.filter(Q(leased_until=None) | Q(leased_until__lte=at))


def _reached(channel: Channel, claimed: Sequence[Notice], now: Now) -> bool:
    """Open the channel. One that cannot be reached postpones the batch, and nobody waits for more."""
    try:
        channel.open()
    except Unreached as error:
        log.warning("The channel %s could not be reached: %s", channel.code, error)
        for notice in claimed:
            _postpone(notice, now(), error)
        return False
    return True


def _send_all(claimed: Sequence[Notice], channel: Channel, now: Now, until: datetime) -> tuple[int, bool]:
    """Send a claimed batch; return how many went, and whether nobody answers on the whole channel.

    What cannot be begun in time is left until its lease ends."""
    begun_by, sent = now() + BEGIN_WITHIN, 0
    dead_lanes: dict[str, Unreached] = {}
    for notice in claimed:
        lane = channel.lane(notice)
        if lane in dead_lanes:
            _postpone(notice, now(), dead_lanes[lane])
        elif now() > begun_by:
            break
        elif now() > until:
            _give_back(notice)
        else:
            try:
                sent += _send(notice, channel, now)
            except Unreached as error:
                log.warning("The channel %s could not be reached: %s", channel.code, error)
                dead_lanes[lane] = error
                _postpone(notice, now(), error)
    return sent, "" in dead_lanes


def _send(notice: Notice, channel: Channel, now: Now) -> bool:
    try:
        channel.send(notice)
    except Unreached:
        raise
    except Refused as error:
        log.info("Notice %s was refused.", notice.pk)
        _give_up(notice, now(), error)
        return False
    except Exception as error:  # the loop's edge: one that cannot be sent must not hold up the others
        log.warning("Notice %s could not be sent.", notice.pk, exc_info=True)
        _postpone(notice, now(), error)
        return False
    return _mark(notice, state=State.SENT, sent_at=now(), last_error="")


def _postpone(notice: Notice, at: datetime, error: Exception) -> None:
    if notice.attempts >= len(BACK_OFF):
        _give_up(notice, at, error)
        return
    again = at + BACK_OFF[notice.attempts]
    _mark(notice, attempts=notice.attempts + 1, next_try_at=again, last_error=_said(error))


def _give_up(notice: Notice, at: datetime, error: Exception) -> None:
    """Mark it dead and let the person's next channel speak, in one transaction."""
    with transaction.atomic():
        if _mark(notice, attempts=notice.attempts + 1, state=State.DEAD, last_error=_said(error)):
            _make_up(notice, at)


def _make_up(notice: Notice, at: datetime) -> None:
    if fall_back(notice, at) is not None:
        wake()


def _said(error: Exception) -> str:
    kind = type(error).__name__
    return (str(error) if isinstance(error, Refused | Unreached) else f"{kind}: {error}")[:500]


def _give_back(notice: Notice) -> None:
    """End the lease of what was not begun."""
    Notice.objects.filter(pk=notice.pk, token=notice.token).update(token=None, leased_until=None)


def _mark(notice: Notice, **changes: object) -> bool:
    """Write the result if the lease is still ours, and give it back."""
    mine = Notice.objects.filter(pk=notice.pk, token=notice.token)
    if mine.update(token=None, leased_until=None, **changes):
        return True
    log.warning("Notice %s was taken over by another worker meanwhile.", notice.pk)
    return False


def try_again(notice: Notice, at: datetime) -> bool:
    """Put a given-up notice back into the queue, as a new message to the provider; return False if it was
    not given up."""
    dead = Notice.objects.filter(pk=notice.pk, state=State.DEAD)
    fresh = {"state": State.QUEUED, "attempts": 0, "next_try_at": at, "revived": F("revived") + 1}
    revived = dead.update(token=None, leased_until=None, sent_at=None, **fresh)
    if revived:
        wake()
    return bool(revived)


@transaction.atomic
def arrived(key: str, ok: bool, reason: str, at: datetime) -> bool:
    """Take a receipt for the notice of that key; return False if there is none, or it knows better.

    A failed one falls to the person's next channel. What has arrived cannot fail any more; what failed may
    still arrive late, and then it did."""
    pk = key.split("-")[1] if key.startswith("notice-") and key.count("-") == 3 else ""
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= 18):
        return False
    notice = Notice.objects.select_for_update().filter(pk=int(pk), delivered_at=None).first()
    if notice is None or notice.key != key:
        return False
    rows = Notice.objects.filter(pk=notice.pk)
    if ok:
        rows.update(state=State.SENT, delivered_at=at, last_error="", token=None, leased_until=None)
        return True
    if notice.state == State.DEAD:
        return False
    rows.update(state=State.DEAD, last_error=reason[:500], token=None, leased_until=None)
    _make_up(notice, at)
    return True
