"""The rows that tell of an event: one in the app, and one for each channel a person hears by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicedesk.accounts.models import User
from servicedesk.desk.channels.choice import LOUD, Choices, after_quiet, sort_of
from servicedesk.desk.models import Case, Event, Notice
from servicedesk.desk.models.telling import EVENING, MORNING

Channel, Sort, State = Notice.Channel, Notice.Sort, Notice.State
# The one approved text that says no more than that there is something.
NEWS = "news"

_recording: ContextVar[bool] = ContextVar("recording", default=False)


@dataclass(frozen=True)
class Telling:
    """One piece of news: the words of `template` about `event`, for each of `recipients`."""

    event: Event
    recipients: Sequence[User]
    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    quiet_until: datetime | None = None
    digest: bool = False
    # Subject and text by language and whether for staff, where they come cheaper than by rendering each.
    words: Callable[[str, bool], tuple[str, str]] | None = None

    @property
    def case(self) -> Case | None:
        """What it is about; news of a person's own chain names its case in the context."""
        case: Case | None = self.context.get("case", self.event.case)
        return case

    @property
    def sort(self) -> str:
        return sort_of(self.template, self.event.verb)

    @property
    def is_urgent(self) -> bool:
        """Whether it may come at night: an alarm that a rule wants heard at any hour."""
        return self.template == "alarm" and self.quiet_until is None


def rows_of(telling: Telling, at: datetime, morning: datetime | None, choices: Choices) -> Iterator[Notice]:
    """Unsaved notices of a telling, each recipient's in their own language."""
    words: dict[tuple[str, bool], tuple[str, str]] = {}
    sort, facts = telling.sort, {} if telling.digest else facts_of(telling)
    for user in {user.pk: user for user in telling.recipients}.values():
        manner = (user.language, user.is_staff)
        if manner not in words:
            words[manner] = telling.words(*manner) if telling.words else rendered(telling, *manner)
        subject, body = words[manner]
        told = {
            "event_id": telling.event.pk,
            "recipient_id": user.pk,
            "sort": sort,
            "language": user.language,
            "subject": subject,
            "body": body,
            "created_at": at,
        }
        if telling.digest:
            yield Notice(channel=Channel.DIGEST, next_try_at=morning, **told)
            continue
        yield Notice(channel=Channel.APP, state=State.SENT, sent_at=at, **told)
        params = facts | {"link": link_to(telling.case, user.is_staff)}
        for channel, address in choices.of(user, sort):
            begin = max(at, telling.quiet_until or at)
            begin = begin if telling.is_urgent else choices.not_before(user, channel, begin)
            row = Notice(
                channel=channel, address=address, next_try_at=begin, template=NEWS, params=params, **told
            )
            yield recorded(row) if _recording.get() else row


def recorded(row: Notice) -> Notice:
    """Told as far as the record goes, and never sent."""
    row.state, row.sent_at, row.address = State.SENT, row.created_at, f"recorded:{row.address}"[:254]
    return row


def to_address(
    event: Event,
    channel: str,
    address: str,
    template: str,
    context: Mapping[str, Any],
    at: datetime,
    language: str,
) -> Notice:
    """The unsaved notice to somebody without an account."""
    row = Notice(
        event_id=event.pk,
        channel=channel,
        address=address,
        sort=sort_of(template, event.verb),
        language=language,
        created_at=at,
        next_try_at=after_quiet(at, EVENING, MORNING) if channel in LOUD else at,
    )
    if channel == Channel.SMS:
        row.template, row.params = template, {name: str(value) for name, value in context.items()}
    else:
        row.subject, row.body = rendered(Telling(event, [], template, context), language, is_staff=False)
    return recorded(row) if _recording.get() else row


def facts_of(telling: Telling) -> dict[str, str]:
    """What a short message may hold: a number and a status that betrays nothing, in the language of the
    approved text."""
    case = telling.case
    with override(settings.LANGUAGE_CODE):
        number = case.number if case is not None and case.number else _("Message")
        return {"number": number, "status": status_of(telling)}


def status_of(telling: Telling) -> str:
    if telling.event.verb == "ask_supplement":
        return _("papers are asked of you")
    neutral = {
        Sort.DECISION: _("there is an answer or a decision"),
        Sort.REMINDER: _("a deadline needs attention"),
        Sort.MEETING: _("news of a meeting"),
        Sort.DIGEST: _("matters need attention"),
    }
    return neutral.get(Sort(telling.sort), _("there is news"))


def rendered(telling: Telling, language: str, is_staff: bool) -> tuple[str, str]:
    """Subject and text in a language, with the link that fits a member of staff or an applicant."""
    case = telling.case
    context = {"event": telling.event, "case": case, "link": link_to(case, is_staff), **telling.context}
    with override(language):
        text = render_to_string(f"notices/{telling.template}.txt", context)
    subject, _gap, body = text.strip().partition("\n")
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
    """Within, what goes out is recorded as told and never sent: the demo's people must get none."""
    before = _recording.set(True)
    try:
        yield
    finally:
        _recording.reset(before)


def is_recording() -> bool:
    return _recording.get()
