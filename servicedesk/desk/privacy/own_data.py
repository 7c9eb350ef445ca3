"""Everything the desk holds of one person, to take along (个人信息保护法 45)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import models

from servicedesk.accounts.models import User
from servicedesk.desk.account_trail import WORDS
from servicedesk.desk.models import Attachment, Case, Event, Membership, Message, Notice
from servicedesk.desk.privacy.classes import Level, class_of
from servicedesk.desk.registry import kind_of
from servicedesk.desk.trail import chain_of_user


def own_data(user: User, at: datetime) -> dict[str, Any]:
    """As it may be written as JSON. Of companies only what the person filed themselves is theirs."""
    return {
        "written_at": at.isoformat(),
        "profile": _row(user),
        "memberships": list(_memberships(user)),
        "matters": [_matter(case, user) for case in _cases(user)],
        "notices": list(_notices(user)),
        "account": list(_account(user)),
    }


def _row(row: models.Model) -> dict[str, Any]:
    """The plain fields of a row but its secrets, by name."""
    fields = [field for field in row._meta.concrete_fields if not field.is_relation]
    told = {field.name: field.value_from_object(row) for field in fields if _is_told(field)}
    return {name: _plain(value) for name, value in told.items() if value not in (None, "", b"")}


def _is_told(field: models.Field) -> bool:
    return class_of(field).level is not Level.SECRET and not isinstance(field, models.BinaryField)


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | list | dict) else str(value)


def _memberships(user: User) -> Iterator[dict[str, Any]]:
    for member in Membership.objects.filter(user=user).select_related("party").order_by("since", "pk"):
        yield {"for": member.party.name, "role": member.role} | _row(member)


def _cases(user: User) -> list[Case]:
    """Matters the person filed for somebody they acted for; not those an officer took down for others."""
    mine = Case.objects.filter(opened_by=user, applicant__memberships__user=user).distinct()
    return list(mine.select_related("applicant", "office").order_by("pk"))


def _matter(case: Case, user: User) -> dict[str, Any]:
    detail = getattr(case, kind_of(case.kind).accessor or "", None)
    said = Message.objects.filter(case=case, public=True).values_list("at", "text")
    files = case.attachments.filter(public=True, state=Attachment.State.STORED)
    told = Event.objects.filter(case=case, public=True).exclude(verb="contact").order_by("seq")
    return {
        "number": case.number,
        "kind": str(kind_of(case.kind).label),
        "title": case.title,
        "for": case.applicant.name,
        "office": case.office.name,
        "stands": case.get_state_display(),
        "ended": case.get_outcome_display(),
        "submitted_at": _plain(case.submitted_at) if case.submitted_at else None,
        "closed_at": _plain(case.closed_at) if case.closed_at else None,
        "form": _row(detail) if isinstance(detail, models.Model) else {},
        "messages": [{"at": at.isoformat(), "text": text} for at, text in said],
        "files": [{"name": file.name, "size": file.size, "sha256": file.sha256} for file in files],
        "events": [
            {"at": event.effective_at.isoformat(), "what": event.verb, "words": event.body} for event in told
        ],
    }


def _notices(user: User) -> Iterator[dict[str, Any]]:
    rows = Notice.objects.filter(recipient=user).order_by("pk")
    for notice in rows.iterator(chunk_size=500):
        yield {
            "at": notice.created_at.isoformat(),
            "channel": notice.channel,
            "address": notice.address,
            "subject": notice.subject,
            "text": notice.body,
        }


def _account(user: User) -> Iterator[dict[str, Any]]:
    """What happened to the account, log-ins with their address and device among it."""
    rows = Event.objects.filter(chain=chain_of_user(user), verb__in=WORDS).order_by("seq")
    for event in rows.iterator(chunk_size=500):
        told = {"at": event.at.isoformat(), "what": event.verb, "words": str(WORDS[event.verb])}
        # Others' deeds on the account keep their reasons to themselves.
        yield told | ({"more": event.body} if event.body and event.by_id == user.pk else {})
