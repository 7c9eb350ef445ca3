"""A claim of a company that has an owner: the present owners are told, and say what they say."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from enterprises.claims.owners import is_owner, lock, note, owners_of, party_of
from enterprises.models import ClaimObjection, CompanyClaim
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.locking import lock as lock_case
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Event, Party, Step
from servicedesk.desk.notices import tell
from servicedesk.desk.permissions import today

HEAR = "hear"


def heard(claim: CompanyClaim, on: date) -> list[User]:
    """Owners, other than the claimant, whose word the claim waits for."""
    party = party_of(claim.uscc)
    owners = owners_of(party, on) if party else []
    return [owner for owner in owners if owner.pk != claim.case.opened_by_id]


def all_heard(claim: CompanyClaim, on: date) -> bool:
    spoke = set(claim.objections.values_list("by", flat=True))
    return all(owner.pk in spoke for owner in heard(claim, on))


def tell_owners(claim: CompanyClaim, party: Party, event: Event, work: Work) -> None:
    """Tell the present owners that their company is claimed, and until when they may object."""
    clock = work.case.clocks.filter(code=HEAR).order_by("-round").first()
    context = {
        "company": party.name,
        "until": clock.due_at if clock else None,
        "link": f"{settings.SITE_URL}{reverse('enterprises:claim_objection', args=[claim.pk])}",
    }
    tell(event, heard(claim, today(work.at)), "claim", context, work.at)


def waits(claim: CompanyClaim) -> Step | None:
    """The step in which owners are heard, while it runs."""
    if claim.case.state in {Case.State.DRAFT, Case.State.CLOSED}:
        return None
    return claim.case.steps.filter(code=HEAR, state=Step.State.RUNNING).first()


@transaction.atomic
def say(claim: CompanyClaim, *, by: User, at: datetime, stance: str, text: str) -> ClaimObjection:
    """Keep a present owner's word; once all have spoken, the centre goes on at once.

    Raises NotAllowed for anybody else, WrongState once the time is over or the word is given."""
    # In the order every verb locks: the case, then the party.
    claim.case = lock_case(claim.case)
    known = party_of(claim.uscc)
    party = lock(known) if known is not None else None
    if party is None or by.pk == claim.case.opened_by_id or not is_owner(by, party, today(at)):
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    step = waits(claim)
    if step is None or claim.objections.filter(by=by).exists():
        raise WrongState("case-state", _("This is not possible where the matter stands now."))
    if stance == ClaimObjection.Stance.OBJECTS and not text.strip():
        raise BadInput("required", _("Please write why you object."), "text")
    said = ClaimObjection.objects.create(claim=claim, by=by, stance=stance, text=text.strip(), at=at)
    note(party, "claim_answered", by=by, at=at, claim=claim.case.number, stance=stance)
    if all_heard(claim, today(at)):
        actions.complete(step, by=None, at=at)
    return said
