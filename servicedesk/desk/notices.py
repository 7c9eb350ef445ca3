"""What is told to whom. Written in the verb's transaction; `delivery` carries the mail, `digests` the rest.

The in-app notice is the authoritative one: it is told as soon as it is written."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import override
from kombu.exceptions import KombuError, OperationalError

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Event, Notice
from servicedesk.desk.quiet import next_morning, usual_calendar

log = logging.getLogger(__name__)

Channel, State = Notice.Channel, Notice.State
DELIVER = "servicedesk.desk.tasks.deliver_notices"
# Seconds without a further wake-up after one that went well, and after one that did not.
CALM, BROKEN = 1.0, 30.0

_recording: ContextVar[bool] = ContextVar("recording", default=False)
_next_wake = 0.0


@dataclass(frozen=True)
class Telling:
    """One piece of news: the words of `template` about `event`, for each of `recipients`."""

    event: Event
    recipients: Sequence[User]
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    quiet_until: datetime | None = None
    digest: bool = False


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
    """Tell each recipient once, in the app and (where they have an address) by mail not before `quiet_until`.

    `template` names `templates/notices/<template>.txt`: a line of subject, a blank line, the text; it sees
    `context`, `event`, `case` and `link`. With `digest` the words wait for the recipient's next morning."""
    tell_many([Telling(event, list(recipients), template, context, quiet_until, digest)], at)


def tell_many(tellings: Iterable[Telling], at: datetime) -> None:
    """`tell` for any number of events: one insert."""
    every = list(tellings)
    morning = next_morning(usual_calendar(), at) if any(each.digest for each in every) else None
    rows = [row for telling in every for row in _rows(telling, at, morning)]
    if rows:
        Notice.objects.bulk_create(rows)
        wake()


def _rows(telling: Telling, at: datetime, morning: datetime | None) -> Iterator[Notice]:
    words: dict[tuple[str, bool], tuple[str, str]] = {}
    for user in {user.pk: user for user in telling.recipients}.values():
        manner = (user.language, user.is_staff)
        if manner not in words:
            words[manner] = rendered(telling, *manner)
        subject, body = words[manner]
        notice = Notice(
            event_id=telling.event.pk,
            recipient_id=user.pk,
            channel=Channel.DIGEST if telling.digest else Channel.APP,
            language=user.language,
            subject=subject,
            body=body,
            created_at=at,
        )
        yield _waiting(notice, morning) if telling.digest else _told(notice, at)
        if user.email and not telling.digest:
            yield _mail(notice, user.email, max(at, telling.quiet_until or at))


def _waiting(notice: Notice, morning: datetime | None) -> Notice:
    notice.state, notice.next_try_at = State.QUEUED, morning
    return notice


def _told(notice: Notice, at: datetime) -> Notice:
    notice.state, notice.sent_at = State.SENT, at
    return notice


def _mail(told: Notice, address: str, next_try_at: datetime) -> Notice:
    mail = Notice(
        event_id=told.event_id,
        recipient_id=told.recipient_id,
        channel=Channel.EMAIL,
        address=address,
        language=told.language,
        subject=told.subject,
        body=told.body,
        created_at=told.created_at,
        next_try_at=next_try_at,
    )
    if _recording.get():
        mail.state, mail.sent_at, mail.address = State.SENT, told.created_at, f"recorded:{address}"[:254]
    return mail


def of_user(user: User) -> QuerySet[Notice]:
    """What the user was told in the app, the newest first."""
    return Notice.objects.filter(recipient=user, channel=Channel.APP)


def mark_read(user: User, at: datetime, only: int | None = None) -> int:
    """Mark the user's unread notices (or the one of key `only`) as read, and return how many there were."""
    unread = of_user(user).filter(read_at=None)
    return (unread if only is None else unread.filter(pk=only)).update(read_at=at)


def rendered(telling: Telling, language: str, is_staff: bool) -> tuple[str, str]:
    """Subject and text in a language, with the link that fits a member of staff or an applicant."""
    case = telling.event.case
    context = {"event": telling.event, "case": case, "link": link_to(case, is_staff), **telling.context}
    with override(language):
        text = render_to_string(f"notices/{telling.template}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split())[:200], f"{body.strip()}\n"


def link_to(case: Case | None, is_staff: bool) -> str:
    """Deep link to the case; the reader logs in there, so the link itself opens nothing."""
    if case is None:
        place = "desk/" if is_staff else "notices/"
    else:
        place = f"desk/desk/case/{case.pk}/change/" if is_staff else f"matters/{case.number}/"
    return f"{settings.SITE_URL}/{place}"


@contextmanager
def recording() -> Iterator[None]:
    """Within, mail is recorded as told and never sent: the demo's people must get none."""
    before = _recording.set(True)
    try:
        yield
    finally:
        _recording.reset(before)


def wake() -> None:
    """After commit, nudge the worker to deliver. Best effort: without it the next beat does it."""
    if not _recording.get():
        transaction.on_commit(_nudge)


def _nudge() -> None:
    """At most once a second, and never in the caller's time: a broker that hangs slows nobody."""
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
