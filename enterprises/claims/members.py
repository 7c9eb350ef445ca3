"""Who acts for a company: invited by mobile number, limited by dates, ended at any time."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from enterprises.claims.granting import let_in
from enterprises.claims.owners import Role, is_owner, lock, may_keep, note, owners_of
from enterprises.models import Invitation
from servicedesk.accounts import sms
from servicedesk.accounts.models import User
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Membership, Party
from servicedesk.desk.permissions import today

VALID = timedelta(days=7)
# Of one company, in a day: enough for a large one, too few to bother strangers with.
MOST_A_DAY = 20
# What an SMS has room for beside the link.
NAME = 20


def hash_of(token: str) -> str:
    return salted_hmac("enterprises.invitation", token, algorithm="sha256").hexdigest()


def require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed("not-allowed", _("Only an owner of the company or the centre may do this."))


def link_of(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('enterprises:invitation', args=[token])}"


def invite(
    party: Party,
    *,
    by: User,
    at: datetime,
    phone: str,
    role: str,
    since: date | None = None,
    until: date | None = None,
) -> Invitation:
    """Send the person of that number a one-time link, good for seven days. An earlier one that is still open
    is taken back.

    Raises NotAllowed, BadInput for who acts for the company already, for too many a day, and where the
    message cannot be sent."""
    token = secrets.token_urlsafe(8)
    with transaction.atomic():
        locked = lock(party)
        require(is_owner(by, locked, today(at)))
        _may_be_invited(locked, phone, at)
        for earlier in Invitation.objects.open(at).filter(party=locked, phone=phone):
            _revoke(earlier, at)
        row = Invitation.objects.create(
            party=locked,
            role=role,
            phone=phone,
            token_hash=hash_of(token),
            since=since,
            until=until,
            by=by,
            at=at,
            expires_at=at + VALID,
        )
        note(locked, "member_invite", by=by, at=at, invitation=row.pk, role=role)
    try:
        told = {"company": party.name[:NAME], "link": link_of(token)}
        sms.send(phone, "invitation", told, f"invitation-{row.pk}")
    except sms.SmsRefused as error:
        with transaction.atomic():
            lock(party)
            _revoke(row, at)
        raise BadInput(
            "not-sent", _("The message could not be sent. Please try again later."), "phone"
        ) from error
    return row


def _may_be_invited(party: Party, phone: str, at: datetime) -> None:
    current = Membership.objects.current(today(at)).filter(party=party, is_confirmed=True)
    if current.filter(user__phone=phone).exists():
        raise BadInput("member", _("Whoever has this number acts for the company already."), "phone")
    if Invitation.objects.filter(party=party, at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise BadInput("too-often", _("No more invitations are sent for this company today."), "phone")


def _revoke(row: Invitation, at: datetime) -> None:
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])


@transaction.atomic
def take_back(row: Invitation, *, by: User, at: datetime) -> None:
    """Take back an invitation nobody has taken up. Raises NotAllowed, WrongState."""
    party = lock(row.party_id)
    require(may_keep(by, party, at))
    fresh = Invitation.objects.open(at).filter(pk=row.pk).first()
    if fresh is None:
        raise WrongState("case-state", _("This invitation is no longer open."))
    _revoke(fresh, at)
    note(party, "member_uninvite", by=by, at=at, invitation=fresh.pk)


def found(token: str, at: datetime) -> Invitation | None:
    """The open invitation of that link; None for any other."""
    return Invitation.objects.open(at).select_related("party").filter(token_hash=hash_of(token)).first()


@transaction.atomic
def accept(token: str, *, by: User, at: datetime) -> Membership:
    """Take up an invitation, once. Raises WrongState where the link is no longer good, NotAllowed for whoever
    has not logged in with the very number it was sent to."""
    row = found(token, at)
    if row is None:
        raise WrongState("invitation", _("This invitation is no longer open."))
    if not by.phone or by.phone != row.phone:
        raise NotAllowed("other-number", _("This invitation was sent to another mobile number."))
    party = lock(row.party_id)
    # Locked by the party; of two at once the second finds it taken.
    row = found(token, at)
    if row is None:
        raise WrongState("invitation", _("This invitation is no longer open."))
    if not is_owner(row.by, party, today(at)):
        raise WrongState("invitation", _("Whoever invited you is no longer an owner of this company."))
    member = let_in(by, party, row.role, today(at))
    if row.role == Role.AGENT and member.role == Role.AGENT:
        member.since, member.until = max(row.since or today(at), today(at)), row.until
        member.save(update_fields=["since", "until"])
    row.accepted_at, row.membership = at, member
    row.save(update_fields=["accepted_at", "membership"])
    note(party, "member_join", by=by, at=at, member=by.pk, role=member.role, invitation=row.pk)
    return member


@transaction.atomic
def limit(member: Membership, *, by: User, at: datetime, until: date | None) -> None:
    """Give an agent's authorisation a last day, or none. Raises NotAllowed, BadInput."""
    party = lock(member.party_id)
    require(is_owner(by, party, today(at)))
    row = Membership.objects.select_for_update().get(pk=member.pk)
    if row.role != Role.AGENT or not row.is_confirmed:
        raise BadInput("not-an-agent", _("Only an agent's authorisation is limited by dates."), "until")
    if until is not None and until < max(row.since, today(at)):
        raise BadInput("over", _("This day is over. End the membership instead."), "until")
    if row.until != until:
        before, row.until = row.until, until
        row.save(update_fields=["until"])
        note(party, "member_limit", by=by, at=at, member=row.user_id, until=_day(until), before=_day(before))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@transaction.atomic
def end(member: Membership, *, by: User, at: datetime, reason: str = "") -> None:
    """End a membership at once: departed staff, a revoked authorisation, or one's own leaving. The row says
    until today, and no longer confirmed: so it is over now, not at midnight.

    Raises NotAllowed, WrongState where it is over already or nobody would be left to own the company, and
    BadInput where the centre gives no reason."""
    party, on = lock(member.party_id), today(at)
    row = Membership.objects.select_for_update().get(pk=member.pk)
    leaves, owns = row.user_id == by.pk, is_owner(by, party, on)
    require(leaves or owns or may_keep(by, party, at))
    if not (leaves or owns) and not reason.strip():
        raise BadInput("required", _("Please write why it ends."), "reason")
    if row.until is not None and (row.until < on or (row.until == on and not row.is_confirmed)):
        raise WrongState("over", _("This membership has ended already."))
    if leaves and [owner.pk for owner in owners_of(party, on)] == [by.pk]:
        raise WrongState(
            "last-owner", _("You are the last owner. Invite another owner first, or ask the centre: 12345.")
        )
    row.until, row.is_confirmed = max(on, row.since), False
    row.save(update_fields=["until", "is_confirmed"])
    verb = "member_leave" if leaves else "member_end"
    note(party, verb, by=by, at=at, member=row.user_id, body=reason.strip())
