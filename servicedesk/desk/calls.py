"""A matter taken down at the telephone: for whom, whether it is known already, and submitting it on behalf of
whoever called."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from servicedesk.accounts import sms
from servicedesk.accounts.models import User
from servicedesk.desk import actions, asking, drafting
from servicedesk.desk.models import Case, Notice, Party, SubmissionKey
from servicedesk.desk.notices import tell_address
from servicedesk.desk.permissions import DISPATCHER, rights_of, visible_to
from servicedesk.desk.registry import CaseKind, kinds
from servicedesk.desk.trail import chain_of_row, record

FOUND = 20
# What was said longer ago is hardly the same request.
LOOKED_BACK = timedelta(days=90)
LOOKED_AT = 100
# Of the shorter text's pairs of signs this share stands in the other one too.
ALIKE = 0.5


def kinds_by_phone() -> list[CaseKind]:
    """Kinds the centre may take down: plain forms that need nothing but words."""
    return [
        kind
        for kind in kinds()
        if kind.startable
        and kind.form is not None
        and kind.detail is not None
        and kind.opens is None
        and DISPATCHER in rights_of(kind, "submit")
        and not asking.sections(kind.form_of({}))
    ]


def parties_like(words: str) -> QuerySet[Party]:
    """Companies and persons of that name, number or telephone."""
    words = words.strip()
    if not words:
        return Party.objects.none()
    found = Q(name__icontains=words) | Q(number=words.upper()) | Q(phone=words)
    return Party.objects.filter(found).order_by("name", "pk")[:FOUND]


def enter_party(*, sort: str, name: str, phone: str, by: User, at: datetime) -> Party:
    """A caller the desk does not know yet: name and number only."""
    made = Party.objects.create(sort=sort, name=name, phone=phone)
    record(chain_of_row(made), "register_add", at=at, by=by, params={"by": "call"})
    return made


def alike(one: str, other: str) -> bool:
    """Whether two texts share so many pairs of neighbouring signs that they may say the same."""
    first, second = _pairs(one), _pairs(other)
    fewer = min(len(first), len(second))
    return bool(fewer) and len(first & second) / fewer >= ALIKE


def _pairs(text: str) -> set[str]:
    signs = "".join(sign for sign in text if sign.isalnum())
    return {signs[place : place + 2] for place in range(len(signs) - 1)}


def similar(party: Party, kind: CaseKind, text: str, *, by: User, at: datetime) -> list[Case]:
    """Open matters of the same applicant, of the last 90 days, that may be the same one."""
    rows = (
        visible_to(by, at).open().filter(applicant=party, kind=kind.code, submitted_at__gte=at - LOOKED_BACK)
    )
    known = rows.select_related("office", kind.accessor or "office").order_by("-submitted_at")[:LOOKED_AT]
    return [case for case in known if alike(text, said_in(case, kind))]


def said_in(case: Case, kind: CaseKind) -> str:
    detail = getattr(case, kind.accessor or "", None)
    return f"{case.title} {getattr(detail, 'text', '')}"


def taken_before(key: uuid.UUID, by: User) -> Case | None:
    """What this copy of the form became already."""
    found = SubmissionKey.objects.filter(key=key, who=by).select_related("case").first()
    return found.case if found else None


@transaction.atomic
def take_down(
    kind: CaseKind,
    party: Party,
    form: Any,
    *,
    caller: str,
    phone: str,
    key: uuid.UUID,
    by: User,
    at: datetime,
) -> Case:
    """Submit on the caller's behalf what the valid form holds, note who called, and tell the number and its
    secret to the telephone that called. Returns the case; the same key gives the same case again."""
    User.objects.select_for_update().get(pk=by.pk)
    before = taken_before(key, by)
    if before is not None:
        return before
    draft = actions.open_case(kind.code, applicant=party, by=by, at=at)
    detail: models.Model = form.save(commit=False)
    detail.case = draft  # type: ignore[attr-defined]
    detail.save()
    told = {name: str(value) for name, value in form.cleaned_data.items()}
    case = actions.submit(draft, by=by, at=at, key=key, facts=told, title=drafting.title_of(draft))
    said = _("Taken down at the telephone. The caller: %(caller)s, %(phone)s.")
    actions.note(case, by=by, at=at, text=said % {"caller": caller, "phone": phone})
    if sms.is_on():
        event = case.events.filter(verb="submit").latest("seq")
        status = _("received, secret %(secret)s") % {"secret": case.secret}
        tell_address(event, Notice.Channel.SMS, phone, "news", {"number": case.number, "status": status}, at)
    return case
