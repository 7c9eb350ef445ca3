"""Opening a draft, changing or discarding it, submitting it once, handing in what was missing."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.frame import Work, lock
from servicedesk.desk.errors import KeyReused, NotAllowed, WrongState
from servicedesk.desk.models import Attachment, Case, Event, Membership, Party, SubmissionKey
from servicedesk.desk.permissions import (
    APPLICANT,
    capacities,
    claimed_parties,
    is_dispatcher,
    parties_of,
    today,
)
from servicedesk.desk.registry import kind_of


def fingerprint(facts: dict[str, Any]) -> str:
    """Return a hash of what is being submitted, equal for equal facts in any order."""
    packed = json.dumps(facts, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(packed.encode()).hexdigest()


@transaction.atomic
def open_case(
    kind: str,
    *,
    applicant: Party,
    by: User,
    at: datetime,
    title: str = "",
    about: Party | None = None,
    opening: dict[str, Any] | None = None,
) -> Case:
    """Open a draft for `applicant` and return it. It has neither number nor steps nor clocks yet.

    Raises NotAllowed unless `by` may act for the applicant or takes calls at the centre."""
    on = today(at)
    theirs = parties_of(by, on) | claimed_parties(by, on)
    if applicant.pk not in theirs and not is_dispatcher(by, on):
        raise NotAllowed("not-allowed", _("You may not act for this company."))
    declared = kind_of(kind)
    return Case.objects.create(
        kind=kind,
        title=title,
        applicant=applicant,
        about=about,
        office=Office.objects.get(code=declared.receives_of(opening or {})),
        opened_by=by,
        opening=opening or {},
        opened_at=at,
    )


@transaction.atomic
def institute(
    kind: str,
    *,
    applicant: Party,
    office: Office,
    at: datetime,
    by: User | None = None,
    opening: dict[str, Any] | None = None,
    title: str = "",
    about: Party | None = None,
    officer: User | None = None,
    detail: Callable[[Case], object] | None = None,
    accepted: bool = True,
) -> Case:
    """Open and let in a case that nobody submits: another one, or a signed record, brings it about.

    `detail` writes what the kind keeps of it before it is let in; the case counts as accepted at once, unless
    told otherwise. Returns the case with its number."""
    case = Case.objects.create(
        kind=kind,
        title=title[:200],
        applicant=applicant,
        about=about,
        office=office,
        officer=officer,
        opened_by=by,
        opening=opening or {},
        opened_at=at,
    )
    if detail is not None:
        detail(case)
    Work(case, "submit", by, at).let_in(state=Case.State.ACCEPTED if accepted else None)
    return Case.objects.get(pk=case.pk)


@transaction.atomic
def concern(case: Case, party: Party, *, at: datetime) -> Event:
    """Set whom the case has come to concern: a company born in it sees it from now on, beside its founder."""
    work = Work(lock(case), "concern", None, at)
    if work.case.state == Case.State.DRAFT:
        raise WrongState("case-state", _("This is not possible where the matter stands now."))
    work.case.about = party
    return work.finish(public=True, about=party.pk, body=party.name)


@transaction.atomic
def repoint(
    case: Case, party: Party, *, places: Sequence[str], by: User | None, at: datetime, reason: str
) -> None:
    """Let a matter stand for `party` in these places (applicant, about): two entries of one company became
    one, or are two again. Number, history and dates stay; a draft has no history yet."""
    work = Work(lock(case), "repoint", by, at)
    before = {name: getattr(work.case, f"{name}_id") for name in ("applicant", "about") if name in places}
    for name in before:
        setattr(work.case, name, party)
    if work.case.state == Case.State.DRAFT:
        work.case.save(update_fields=["applicant", "about"])
    else:
        work.finish(body=reason, before=before, party=party.pk)


def lock_draft(case: Case, *, by: User, at: datetime) -> Case:
    """Lock a draft that `by` may change and return it as it stands; call it inside a transaction.

    Raises WrongState once it was submitted, and NotAllowed for whoever does not act for its applicant."""
    locked = lock(case)
    if locked.state != Case.State.DRAFT:
        raise WrongState("submitted-already", _("This was submitted already and can no longer be changed."))
    if APPLICANT not in capacities(by, locked, at):
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    return locked


@transaction.atomic
def detach(attachment: Attachment, *, by: User, at: datetime) -> None:
    """Take a file off a draft again. Its bytes stay on the shelf until the next clearing of orphans."""
    lock_draft(attachment.case, by=by, at=at)
    attachment.delete()


@transaction.atomic
def discard(case: Case, *, by: User, at: datetime) -> None:
    """Delete a draft with all that was written and attached. It had no number yet, so no gap opens."""
    draft = lock_draft(case, by=by, at=at)
    draft.attachments.all().delete()
    draft.delete()


@transaction.atomic
def submit(
    case: Case, *, by: User, at: datetime, key: uuid.UUID, facts: dict[str, Any], title: str = ""
) -> Case:
    """Submit a draft exactly once and return the case that stands for `key`.

    The same key with the same facts gives the same case again, however often and however quickly it comes;
    with other facts it raises KeyReused. `title` serves until the centre gives a better one."""
    return hand_in(case, by=by, at=at, key=key, facts=facts, title=title, held=False)


def hand_in(
    case: Case,
    *,
    by: User,
    at: datetime,
    key: uuid.UUID,
    facts: dict[str, Any],
    title: str = "",
    held: bool = True,
) -> Case:
    """`submit` in the transaction of a caller who holds the lock: `case` is as `lock` gave it."""
    print_ = fingerprint(facts)
    try:
        with transaction.atomic():
            SubmissionKey.objects.create(key=key, who=by, fingerprint=print_, case=case, at=at)
    except IntegrityError:
        return _submitted_before(key, by, print_)
    work = begin(case, "submit", by=by, at=at, held=held)
    work.case.title = title[:200] or work.case.title
    if work.kind.on_submit is not None:
        work.kind.on_submit(work.case)
    work.enter()
    work.finish(public=True, key=str(key), **authorisation(by, work.case, today(at)))
    # The steps were laid out after the lock had looked for them.
    work.case.refresh_from_db(fields=["steps"])
    return work.case


def authorisation(by: User, case: Case, on: date) -> dict[str, str]:
    """Since when an agent was authorised by whom they file for; nothing for anybody else."""
    mine = Membership.objects.current(on).filter(user=by, party=case.applicant_id, is_confirmed=True)
    role, since = mine.order_by("-role").values_list("role", "since").first() or ("", on)
    return {"agent": since.isoformat()} if role == Membership.Role.AGENT else {}


def _submitted_before(key: uuid.UUID, by: User, print_: str) -> Case:
    earlier = SubmissionKey.objects.select_related("case").get(key=key, who=by)
    if earlier.fingerprint != print_:
        raise KeyReused(
            "key-reused", _("This form was already sent with other content. Please open it anew.")
        )
    return earlier.case


@transaction.atomic
def supplement(case: Case, *, by: User, at: datetime, text: str, version: int | None = None) -> Event:
    """Hand in what was asked for. Before acceptance a new window to check the papers opens (行政许可法 32);
    what had been accepted stays accepted."""
    work = begin(case, "supplement", by=by, at=at, version=version)
    asked = work.case.events.filter(verb="ask_supplement").order_by("-seq").first()
    return work.finish(public=True, body=text, state=asked.params["before"] if asked else None)


@transaction.atomic
def withdraw(case: Case, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    work = begin(case, "withdraw", by=by, at=at, version=version)
    work.case.outcome = Case.Outcome.WITHDRAWN
    return work.finish(public=True, body=reason)
