"""Closing an account when its person asks (个人信息保护法 47): the centre decides; nameless after that.

What the law keeps stays: matters under way, who did what when, and the words of closed matters until their
own terms are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from servicedesk.accounts import sittings
from servicedesk.accounts.models import Identity, Sitting, User
from servicedesk.desk import finding
from servicedesk.desk.actions.intake import need
from servicedesk.desk.errors import NotAllowed, WrongState
from servicedesk.desk.models import (
    AccountClosing,
    ApiToken,
    CalendarFeed,
    Case,
    Event,
    Membership,
    Notice,
    NoticeChoices,
    Party,
    ReminderWish,
)
from servicedesk.desk.permissions import Role, holds, is_dispatcher, today
from servicedesk.desk.trail import chain_of_user, record

Stage = AccountClosing.Stage
# What stands where a name was.
NAMELESS = "已注销"
OWN_ROWS = (CalendarFeed, NoticeChoices, ReminderWish, Identity, EmailAddress, Authenticator)


def may_close(user: User, at: datetime) -> bool:
    on = today(at)
    return is_dispatcher(user, on) or holds(user, Role.MANAGER, on)


@transaction.atomic
def ask_closing(user: User, *, at: datetime, words: str = "") -> AccountClosing:
    """Ask for it. Raises NotAllowed for a member of staff, WrongState where it was asked for already."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_staff:
        raise NotAllowed(
            "staff", _("The account of a member of staff is closed by the security administrator.")
        )
    if AccountClosing.objects.filter(user=locked, stage=Stage.ASKED).exists():
        raise WrongState("asked", _("You have asked for this already."))
    row = AccountClosing.objects.create(user=locked, words=words.strip(), stage=Stage.ASKED, asked_at=at)
    record(chain_of_user(locked), "closing_ask", at=at, by=locked, params={"closing": row.pk})
    return row


@transaction.atomic
def take_back(user: User, *, at: datetime) -> None:
    """Keep the account after all."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    row = AccountClosing.objects.filter(user=locked, stage=Stage.ASKED).first()
    if row is not None:
        row.stage, row.decided_at = Stage.TAKEN_BACK, at
        row.save()
        record(chain_of_user(locked), "closing_take_back", at=at, by=locked, params={"closing": row.pk})


def _asked(closing: AccountClosing, by: User, at: datetime) -> AccountClosing:
    if not may_close(by, at):
        raise NotAllowed("not-allowed", _("Only the centre decides on this."))
    User.objects.select_for_update().get(pk=closing.user_id)
    row = AccountClosing.objects.select_related("user").get(pk=closing.pk)
    if row.stage != Stage.ASKED:
        raise WrongState("settled", _("This was decided already."))
    return row


@transaction.atomic
def refuse_closing(closing: AccountClosing, *, by: User, at: datetime, reason: str) -> None:
    row = _asked(closing, by, at)
    row.stage, row.decided_at, row.by, row.reason = Stage.REFUSED, at, by, need(reason, "reason")[:500]
    row.save()
    facts = {"closing": row.pk}
    record(chain_of_user(row.user), "closing_refuse", at=at, by=by, params=facts, body=row.reason)


@transaction.atomic
def close_account(closing: AccountClosing, *, by: User, at: datetime, reason: str) -> AccountClosing:
    """Make the person nameless and end what the account could open."""
    row = _asked(closing, by, at)
    user = row.user
    parties = list(Party.objects.filter(memberships__user=user, sort=Party.Sort.PERSON).distinct())
    _end_ways_in(user, at, by)
    _end_memberships(user, at)
    forgotten = [party.pk for party in parties if _forget_party(party, at)]
    _forget_user(user)
    _forget_told(user, at)
    row.stage, row.decided_at, row.by, row.words = Stage.DONE, at, by, ""
    row.reason = need(reason, "reason")[:500]
    row.save()
    facts = {"closing": row.pk, "parties": forgotten, "kept": len(parties) - len(forgotten)}
    record(chain_of_user(user), "closing_done", at=at, by=by, params=facts, body=row.reason)
    return row


def under_way(user: User) -> int:
    """How many open matters of a natural person's own keep their name for now."""
    own = Party.objects.filter(memberships__user=user, sort=Party.Sort.PERSON)
    return Case.objects.open().filter(Q(applicant__in=own) | Q(about__in=own)).distinct().count()


def _end_ways_in(user: User, at: datetime, by: User) -> None:
    sittings.end(Sitting.objects.filter(user=user), at, by)
    Sitting.objects.filter(user=user).update(address="", device="")
    for model in OWN_ROWS:
        model._default_manager.filter(user=user).delete()
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=at)


def _end_memberships(user: User, at: datetime) -> None:
    """They end yesterday; one that began today was never of use."""
    yesterday = today(at) - timedelta(days=1)
    current = Membership.objects.current(today(at)).filter(user=user)
    current.filter(since__gt=yesterday).delete()
    current.update(until=yesterday)


def _forget_party(party: Party, at: datetime) -> bool:
    """Make a natural person's party nameless, where nothing of theirs is open and nobody acts for them."""
    cases = Case.objects.open().filter(Q(applicant=party) | Q(about=party))
    if cases.exists() or Membership.objects.current(today(at)).filter(party=party).exists():
        return False
    Party.objects.filter(pk=party.pk).update(
        name=NAMELESS, number=None, sealed_number=None, email="", phone=""
    )
    finding.keep_party(party)
    return True


def _forget_user(user: User) -> None:
    user.set_unusable_password()
    User.objects.filter(pk=user.pk).update(
        username=f"closed-{user.pk}",
        name=NAMELESS,
        phone=None,
        email="",
        wecom_id="",
        is_active=False,
        password=user.password,
    )


def _forget_told(user: User, at: datetime) -> None:
    """Addresses in letters, and old and new ones in the user's chain; of log-ins the law keeps the addresses
    for six months, so they go by their own term."""
    Notice.objects.filter(recipient=user).exclude(address="").exclude(state=Notice.State.QUEUED).update(
        address=""
    )
    bodies = Event.objects.filter(chain=chain_of_user(user), erased_at=None).exclude(body="")
    bodies.exclude(verb__startswith="log_in").update(body="", erased_at=at)


def forget_later(at: datetime) -> int:
    """Make those nameless whose account was closed while something of theirs was open; return how many."""
    closed = AccountClosing.objects.filter(stage=Stage.DONE).values("user")
    left = Party.objects.filter(sort=Party.Sort.PERSON, memberships__user__in=closed).exclude(name=NAMELESS)
    with transaction.atomic():
        return sum(_forget_party(party, at) for party in left.distinct())
