"""Carrying mail: claim by lease, commit, send, then mark sent only with the same token.

A worker that dies after sending and before marking sends the same mail again: same Message-ID, same bytes."""

from __future__ import annotations

import logging
import smtplib
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q, QuerySet

from servicedesk.desk.models import Notice
from servicedesk.desk.notices import wake

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
# No mail of a batch is begun later than this after the claim …
BEGIN_WITHIN = timedelta(seconds=60)
# … and one mail is at most a dozen exchanges with the server, each within its time-out.
EXCHANGES = 12


class Now:
    """The moment the caller gave, moving on with the machine's own clock."""

    def __init__(self, at: datetime) -> None:
        self._at, self._since = at, time.monotonic()

    def __call__(self) -> datetime:
        return self._at + timedelta(seconds=time.monotonic() - self._since)


def deliver(at: datetime, limit: int = 1000) -> int:
    """Send up to `limit` mails that are due, the oldest first; return how many were sent."""
    now, sent, taken = Now(at), 0, 0
    connection = get_connection()
    try:
        while taken < limit and now() < at + BUSY_FOR:
            claimed = claim(now(), min(BATCH, limit - taken))
            if not claimed or not _reached(connection, claimed, now):
                break
            sent += _send_all(claimed, connection, now)
            taken += len(claimed)
    finally:
        _close(connection)
    return sent


def claim(at: datetime, limit: int) -> list[Notice]:
    """Lease due mails to this worker and return them. Of two claims of one row the second gets nothing."""
    lease = BEGIN_WITHIN + timedelta(seconds=EXCHANGES * (settings.EMAIL_TIMEOUT or 60))
    due = list(_free(at).order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])
    token = uuid.uuid4()
    if not due or not _free(at).filter(pk__in=due).update(token=token, leased_until=at + lease):
        return []
    return list(Notice.objects.filter(pk__in=due, token=token).order_by("next_try_at", "pk"))


def _free(at: datetime) -> QuerySet[Notice]:
    queued = Notice.objects.filter(channel=Notice.Channel.EMAIL, state=State.QUEUED, next_try_at__lte=at)
    return queued.filter(Q(leased_until=None) | Q(leased_until__lte=at))


def _reached(connection: BaseEmailBackend, claimed: Sequence[Notice], now: Now) -> bool:
    """Open the connection. A server that cannot be reached postpones the batch, and nobody waits for more."""
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("The mail server could not be reached: %s", error)
        for notice in claimed:
            _postpone(notice, now(), error)
        return False
    return True


def _send_all(claimed: Sequence[Notice], connection: BaseEmailBackend, now: Now) -> int:
    """Send a claimed batch; what cannot be begun in time is left until its lease ends."""
    begun_by, sent = now() + BEGIN_WITHIN, 0
    for notice in claimed:
        if now() > begun_by:
            break
        sent += _send(notice, connection, now)
    return sent


def _send(notice: Notice, connection: BaseEmailBackend, now: Now) -> bool:
    try:
        connection.open()
        connection.send_messages([message(notice)])
    except Exception as error:  # the loop's edge: one mail that cannot be sent must not hold up the others
        log.warning("Notice %s could not be sent.", notice.pk, exc_info=True)
        _close(connection)
        _postpone(notice, now(), error)
        return False
    return _mark(notice, state=State.SENT, sent_at=now(), last_error="")


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException) as error:
        log.info("The mail server left without a farewell: %s", error)


def _postpone(notice: Notice, at: datetime, error: Exception) -> None:
    said = f"{type(error).__name__}: {error}"[:500]
    if notice.attempts < len(BACK_OFF):
        again = at + BACK_OFF[notice.attempts]
        _mark(notice, attempts=notice.attempts + 1, next_try_at=again, last_error=said)
    else:
        _mark(notice, attempts=notice.attempts + 1, state=State.DEAD, last_error=said)


def _mark(notice: Notice, **changes: object) -> bool:
    """Write the result if the lease is still ours, and give it back."""
    mine = Notice.objects.filter(pk=notice.pk, token=notice.token)
    if mine.update(token=None, leased_until=None, **changes):
        return True
    log.warning("Notice %s was taken over by another worker meanwhile.", notice.pk)
    return False


def message(notice: Notice) -> EmailMessage:
    """The mail of a notice: the same bytes at every try, so that receivers can tell a repetition."""
    headers = {
        "Message-ID": f"<notice.{notice.pk}.{notice.created_at:%Y%m%d%H%M%S}@{mail_domain()}>",
        "Date": format_datetime(notice.created_at),
        "Auto-Submitted": "auto-generated",
        "Content-Language": notice.language,
    }
    return EmailMessage(notice.subject, notice.body, to=[notice.address], headers=headers)


def mail_domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def try_again(notice: Notice, at: datetime) -> bool:
    """Put a given-up mail back into the queue; return False if it was not given up."""
    dead = Notice.objects.filter(pk=notice.pk, state=State.DEAD)
    revived = dead.update(state=State.QUEUED, attempts=0, next_try_at=at, token=None, leased_until=None)
    if revived:
        wake()
    return bool(revived)
