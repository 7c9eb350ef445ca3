"""Words beside the path: messages, internal notes, files, urging 催办, escalation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.intake import need
from servicedesk.desk.colleagues import sees
from servicedesk.desk.errors import BadInput
from servicedesk.desk.files import Checked, store
from servicedesk.desk.models import Attachment, Case, Event, Message
from servicedesk.desk.notices import tell
from servicedesk.desk.permissions import APPLICANT, capacities


@transaction.atomic
def message(case: Case, *, by: User, at: datetime, text: str) -> Event:
    """Say something both sides read."""
    return _say("message", case, by, at, text, public=True)


@transaction.atomic
def note(case: Case, *, by: User, at: datetime, text: str, mentions: Sequence[User] = ()) -> Event:
    """Write a note only the desk reads, and tell the colleagues it mentions.

    Raises BadInput where one of them may not see the case."""
    named = list({user.pk: user for user in mentions if user.pk != by.pk}.values())
    for user in named:
        if not sees(user, case, at):
            words = _("%(who)s may not see this matter, and cannot be mentioned here.")
            raise BadInput("mention", words % {"who": user}, "mentions")
    event = _say("note", case, by, at, text, public=False, mentions=[user.pk for user in named])
    if named:
        tell(event, named, "mentioned", {"who": str(by)}, at)
    return event


def _say(
    verb: str, case: Case, by: User, at: datetime, text: str, *, public: bool, mentions: Sequence[int] = ()
) -> Event:
    work = begin(case, verb, by=by, at=at)
    work.params |= {"mentions": list(mentions)} if mentions else {}
    inside = APPLICANT not in capacities(by, work.case, at)
    said = Message.objects.create(
        case=work.case,
        author=by,
        office=work.case.office if inside else None,
        public=public,
        text=need(text),
        at=at,
    )
    return work.finish(public=public, message=said.pk)


@transaction.atomic
def attach(case: Case, *, by: User, at: datetime, file: Checked, public: bool = True) -> Attachment:
    """Keep a checked file on the case; its bytes are stored under a generated name before the row is."""
    work = begin(case, "attach", by=by, at=at)
    row = Attachment.objects.create(
        case=work.case,
        by=by,
        sha256=file.sha256,
        size=file.size,
        name=file.name,
        mime=file.mime,
        path=store(file),
        public=public,
        at=at,
    )
    if work.case.state != Case.State.DRAFT:
        work.finish(public=public, attachment=row.pk, sha256=file.sha256)
    return row


@transaction.atomic
def nudge(case: Case, *, by: User, at: datetime, text: str = "") -> Event:
    """Urge 催办 whoever has the matter."""
    work = begin(case, "nudge", by=by, at=at)
    return work.finish(public=True, body=text.strip())


@transaction.atomic
def escalate(
    case: Case,
    *,
    by: User | None,
    at: datetime,
    reason: str,
    level: str = "",
    brief: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Event:
    """Put the matter before the leader in charge 分管, or on the level the kind offers, with the brief it may
    need; every clock goes on. What the level asks for is the kind's to check, in this transaction."""
    work = begin(case, "escalate", by=by, at=at, version=version)
    work.brief = dict(brief or {})
    work.params |= {"level": level} if level else {}
    return work.finish(body=need(reason, "reason"))
