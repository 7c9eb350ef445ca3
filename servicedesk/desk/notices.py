"""What is told to whom. Written in the verb's transaction; `delivery` carries it out, `digests` the rest.

The in-app notice is the authoritative one: it is told as soon as it is written. Beside it a person hears by
the channels they chose (`channels/choice.py`), and somebody without an account at one address."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from kombu.exceptions import KombuError, OperationalError

from servicedesk.accounts.models import User
from servicedesk.desk.channels.choice import Choices
from servicedesk.desk.models import Event, Notice
from servicedesk.desk.outgoing import Telling, is_recording, link_to, recording, rendered, rows_of, to_address
from servicedesk.desk.programs import to_programs
from servicedesk.desk.quiet import next_morning, usual_calendar
from servicedesk.desk.standing_in import with_deputies
from servicedesk.desk.storing import store

__all__ = [
    "Telling",
    "link_to",
    "mark_read",
    "of_user",
    "recording",
    "rendered",
    "tell",
    "tell_address",
    "tell_many",
    "wake",
]

log = logging.getLogger(__name__)

Channel = Notice.Channel
DELIVER = "servicedesk.desk.tasks.deliver_notices"
# Seconds without a further wake-up after one that went well, and after one that did not.
CALM, BROKEN = 1.0, 30.0

_next_wake = 0.0


def tell(
    event: Event,
    recipients: Iterable[User],
    template: str,
    context: Mapping[str, Any],
    at: datetime,
    *,
    quiet_until: datetime | None = None,
    digest: bool = False,
) -> None:
    """Tell each recipient once, in the app and by the channels they chose, not before `quiet_until`.

    `template` names `templates/notices/<template>.txt`: a line of subject, a blank line, the text; it sees
    `context`, `event`, `case` and `link`. With `digest` the words wait for the recipient's next morning."""
    tell_many([Telling(event, list(recipients), template, context, quiet_until, digest)], at)


def tell_many(tellings: Iterable[Telling], at: datetime) -> None:
    """`tell` for any number of events: one insert, and one for the programs that listen."""
    every = with_deputies(list(tellings), at)
    morning = next_morning(usual_calendar(), at) if any(each.digest for each in every) else None
    choices = Choices(user for telling in every for user in telling.recipients)
    rows = [row for telling in every for row in rows_of(telling, at, morning, choices)]
    if rows:
        store(Notice, rows)
    calls = [] if is_recording() else list(to_programs(every, at))
    if calls:
        # An event may be told twice, to the applicant and to the house; a program hears of it once.
        Notice.objects.bulk_create(calls, ignore_conflicts=True)
    if rows or calls:
        wake()


def tell_address(
    event: Event,
    channel: str,
    address: str,
    template: str,
    context: Mapping[str, Any],
    at: datetime,
    *,
    language: str = settings.LANGUAGE_CODE,
) -> None:
    """Tell somebody without an account, once for an event, a channel and an address.

    By mail `template` names `templates/notices/<template>.txt` as in `tell`; by short message it is the code
    of an approved text, and `context` holds its values."""
    row = to_address(event, channel, address, template, context, at, language)
    Notice.objects.bulk_create([row], ignore_conflicts=True)
    wake()


def of_user(user: User) -> QuerySet[Notice]:
    """What the user was told in the app, the newest first."""
    return Notice.objects.filter(recipient=user, channel=Channel.APP)


def mark_read(user: User, at: datetime, only: int | None = None) -> int:
    """Mark the user's unread notices (or the one of key `only`) as read, and return how many there were."""
    unread = of_user(user).filter(read_at=None)
    return (unread if only is None else unread.filter(pk=only)).update(read_at=at)


def wake() -> None:
    """After commit, nudge the worker to deliver. Best effort: without it the next beat does it."""
    if not is_recording():
        transaction.on_commit(_nudge)


def _nudge() -> None:
    """At most once a second, and never in the caller's time: a broker that hangs slows nobody.

    What is written within that second may wait for the next beat, half a minute at most: the task delivers
    whatever is due when it runs, so nothing is lost, and a rush is no storm of wake-ups."""
    global _next_wake
    if time.monotonic() >= _next_wake:
        _next_wake = time.monotonic() + CALM
        threading.Thread(target=_publish, name="wake", daemon=True).start()


def _publish() -> None:
    """Send the wake-up; a broker that does not answer is left alone for half a minute."""
    global _next_wake
    try:
        current_app.send_task(DELIVER, expires=30, ignore_result=True, retry=False)
    except (KombuError, OperationalError, OSError) as error:
        _next_wake = time.monotonic() + BROKEN
        log.warning("The worker could not be woken; the next beat delivers: %s", error)
