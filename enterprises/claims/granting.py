"""What a claim brings about: at its submission, when present owners were heard, and when it is decided.
Called by the kind, in the transaction of the verb."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import uscc
from enterprises.claims.objecting import all_heard, tell_owners
from enterprises.claims.owners import Role, lock, note, owners_of, party_of
from enterprises.models import Company, CompanyClaim
from servicedesk.accounts.models import User
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event, Membership, Party
from servicedesk.desk.permissions import today

HEAR = "hear"
CONTESTED = "contested"


def look_up(case: Case) -> None:
    """At the submission: which company of the register it is, and whether present owners must be heard."""
    claim: CompanyClaim = case.company_claim
    party = party_of(claim.uscc)
    claim.company = Company.objects.filter(party=party).first() if party else None
    claim.save(update_fields=["company"])
    others = owners_of(party, timezone.localdate()) if party else []
    if any(owner.pk != case.opened_by_id for owner in others):
        case.opening = case.opening | {CONTESTED: True}


def follow(work: Work, event: Event) -> None:
    """What a verb done to a claim brings about."""
    act = ACTS.get(event.verb)
    if act is not None:
        act(work, event, work.case.company_claim)


def _submitted(work: Work, event: Event, claim: CompanyClaim) -> None:
    """Until the centre has approved it, the member sees only what they filed themselves."""
    party = party_of(claim.uscc)
    if party is None:
        return
    party = lock(party)
    user, on = work.case.opened_by, today(work.at)
    if user is not None and not Membership.objects.current(on).filter(user=user, party=party).exists():
        member, _made = Membership.objects.get_or_create(
            user=user, party=party, since=on, defaults={"role": claim.role, "is_confirmed": False}
        )
        if member.until is not None:
            member.until, member.role, member.is_confirmed = None, claim.role, False
            member.save(update_fields=["until", "role", "is_confirmed"])
    told = note(party, "claim_filed", by=user, at=work.at, claim=work.case.number, role=claim.role)
    if work.case.opening.get(CONTESTED):
        tell_owners(claim, party, told, work)


def _heard(work: Work, event: Event, claim: CompanyClaim) -> None:
    """The centre ends the hearing only when every owner has spoken or the time for it is over."""
    if work.step is None or work.step.code != HEAR or work.by is None:
        return
    clock = work.case.clocks.filter(code=HEAR).order_by("-round").first()
    if clock and clock.due_at and work.at < clock.due_at and not all_heard(claim, today(work.at)):
        raise BadInput(
            "too-early", _("The present owners may still object. Please wait until their time is over.")
        )


def _decided(work: Work, event: Event, claim: CompanyClaim) -> None:
    if work.case.outcome == Case.Outcome.GRANTED:
        grant(claim, by=work.by, at=work.at)
    else:
        drop(claim, by=work.by, at=work.at)


def _given_up(work: Work, event: Event, claim: CompanyClaim) -> None:
    drop(claim, by=work.by, at=work.at)


ACTS: dict[str, Callable[[Work, Event, CompanyClaim], None]] = {
    "submit": _submitted,
    "complete": _heard,
    "decide": _decided,
    "withdraw": _given_up,
}


def grant(claim: CompanyClaim, *, by: User | None, at: datetime) -> Membership:
    """Let the claimant in. A company the register did not have is entered now.

    Raises BadInput where nobody has asked the legal representative, or where an owner came who was not
    heard."""
    user = claim.case.opened_by
    assert user is not None
    if claim.phone_proven_at is None and claim.checked in {"", CompanyClaim.Checked.CODE}:
        raise BadInput(
            "not-proven",
            _("The legal representative's telephone is not proven. Say how you have asked them."),
            "checked",
        )
    company = entered(claim.uscc, claim.name, at=at, by=by)
    party, on = lock(company.party_id), today(at)
    if not claim.case.opening.get(CONTESTED) and any(o.pk != user.pk for o in owners_of(party, on)):
        raise BadInput(
            "owned",
            _("The company has an owner since, who was not heard. Refuse it and have it claimed anew."),
        )
    CompanyClaim.objects.filter(pk=claim.pk).update(company=company)
    if claim.sort == CompanyClaim.Sort.REPRESENTATIVE:
        _replace_owners(claim, company, party, user, by=by, at=at)
    elif not company.legal_representative:
        Company.objects.filter(pk=company.pk).update(legal_representative=claim.representative_name)
    member = let_in(user, party, claim.role, on)
    note(party, "claim_granted", by=by, at=at, claim=claim.case.number, member=user.pk, role=claim.role)
    return member


def entered(number: str, name: str, *, at: datetime, by: User | None) -> Company:
    """The company of that code, entered in the register where it is not there yet. Raises BadInput for a code
    that cannot be one."""
    known = party_of(number)
    found = Company.objects.filter(party=known).first() if known else None
    if found is not None:
        return found
    if not uscc.check(number).is_good:
        raise BadInput("uscc", str(uscc.check(number).message))
    with transaction.atomic():
        party, _made = Party.objects.get_or_create(
            number=uscc.normalise(number), defaults={"name": name, "sort": Party.Sort.COMPANY}
        )
        party = lock(party)
        company, made = Company.objects.get_or_create(party=party)
        if made:
            note(party, "company_entered", by=by, at=at, company=company.pk)
    return company


def let_in(user: User, party: Party, role: str, on: date) -> Membership:
    """A confirmed membership from that day, or the one there is, confirmed. The party is locked."""
    current = Membership.objects.current(on).filter(user=user, party=party).order_by("pk").first()
    if current is None:
        current = Membership.objects.filter(user=user, party=party, since=on).first()
    if current is None:
        return Membership.objects.create(user=user, party=party, role=role, since=on)
    keeps = current.is_confirmed and current.role == Role.OWNER
    current.role, current.is_confirmed = (Role.OWNER if keeps else role), True
    current.until = None
    current.save(update_fields=["role", "is_confirmed", "until"])
    return current


def _replace_owners(
    claim: CompanyClaim, company: Company, party: Party, user: User, *, by: User | None, at: datetime
) -> None:
    """A new legal representative 法定代表人变更: who owned the company on the desk does so until today."""
    on = today(at)
    rows = Membership.objects.current(on).filter(party=party, role=Role.OWNER, is_confirmed=True)
    for row in rows.exclude(user=user).select_for_update():
        row.until, row.is_confirmed = on, False
        row.save(update_fields=["until", "is_confirmed"])
        note(party, "member_end", by=by, at=at, member=row.user_id, claim=claim.case.number)
    Company.objects.filter(pk=company.pk).update(legal_representative=claim.representative_name)
    note(party, "representative_changed", by=by, at=at, claim=claim.case.number)


def drop(claim: CompanyClaim, *, by: User | None, at: datetime) -> None:
    """The claim came to nothing: the unconfirmed membership it brought ends with it."""
    party = party_of(claim.uscc)
    if party is None:
        return
    party, on = lock(party), today(at)
    mine = Membership.objects.current(on).filter(user=claim.case.opened_by, party=party, is_confirmed=False)
    for row in mine.select_for_update():
        row.until = on
        row.save(update_fields=["until"])
    note(party, "claim_dropped", by=by, at=at, claim=claim.case.number)
