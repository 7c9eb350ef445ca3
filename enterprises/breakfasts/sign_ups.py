"""Signing up for a breakfast, and declining: the company's side. Each locks the breakfast first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.breakfasts.rights import may_manage, require
from enterprises.breakfasts.telling import facts_of, news, note
from enterprises.models import Breakfast, Company, Rule, SignUp, Standing
from servicedesk.accounts.models import User
from servicedesk.desk.errors import BadInput, WrongState
from servicedesk.desk.notices import tell_many
from servicedesk.desk.permissions import parties_of, today

HAS_PLACE = gettext_lazy("Your company has a place at the breakfast.")


def acts_for(user: User, company: Company, at: datetime) -> bool:
    return company.party_id in parties_of(user, today(at)) or may_manage(user, at)


@transaction.atomic
def sign_up(
    breakfast: Breakfast,
    company: Company,
    *,
    by: User,
    at: datetime,
    topics: str,
    people: int = 1,
    consent: bool = False,
) -> SignUp:
    """Sign a company up, or change what it wrote while sign-up is open: its place in the order stays. One
    that had declined begins anew at the end.

    Raises NotAllowed, WrongState once sign-up is closed, BadInput without a topic."""
    locked = Breakfast.objects.lock(breakfast.pk)
    require(acts_for(by, company, at))
    if not locked.is_open(at):
        raise WrongState("closed", _("Sign-up for this breakfast is closed."))
    if not topics.strip():
        raise BadInput("required", _("Name at least one topic."), "topics")
    given: dict[str, Any] = {"topics": topics.strip(), "people": people, "consent": consent}
    row = SignUp.objects.filter(breakfast=locked, company=company).first()
    if row is None:
        row = SignUp.objects.create(breakfast=locked, company=company, by=by, at=at, **given)
        note(locked, "sign_up", by=by, at=at, **facts_of(row))
        return row
    if row.standing == Standing.DECLINED:
        row.standing, row.at, row.decided_at = Standing.ASKED, at, None
    changed = [name for name, value in given.items() if getattr(row, name) != value]
    row.topics, row.people, row.consent = given["topics"], people, consent
    row.save()
    if changed:
        note(locked, "sign_up_change", by=by, at=at, changed=changed, **facts_of(row))
    return row


@transaction.atomic
def decline(sign_up: SignUp, *, by: User, at: datetime) -> bool:
    """Decline, until the day before; the first on the waiting list gets the place and is told. Return whether
    anything changed: a second press, or a second person of the company, changes nothing."""
    breakfast = Breakfast.objects.lock(sign_up.breakfast_id)
    row = SignUp.objects.shown().get(pk=sign_up.pk)
    require(acts_for(by, row.company, at))
    if row.standing == Standing.DECLINED:
        return False
    if not breakfast.may_decline(at) or row.standing == Standing.PASSED:
        raise WrongState("too-late", _("It is too late to decline here. Please call the centre: 12345."))
    place = row.position if row.standing == Standing.SELECTED else None
    row.standing, row.rule, row.facts = Standing.DECLINED, "", {}
    row.position, row.decided_at = None, at
    row.save()
    note(breakfast, "decline", by=by, at=at, **facts_of(row))
    if place is not None:
        move_up(breakfast, place, at)
    renumber(breakfast)
    return True


def move_up(breakfast: Breakfast, place: int, at: datetime) -> SignUp | None:
    """Give the free place to the first on the waiting list and tell it; None where nobody waits. The caller
    holds the breakfast's lock."""
    first = SignUp.objects.shown().filter(breakfast=breakfast).waiting().first()
    if first is None:
        return None
    first.standing, first.rule, first.facts = Standing.SELECTED, Rule.MOVED_UP, {}
    first.position, first.decided_at = place, at
    first.save()
    event = note(breakfast, "move_up", by=None, at=at, **facts_of(first))
    tell_many([news(first, event, HAS_PLACE, at)], at)
    return first


def renumber(breakfast: Breakfast) -> None:
    """Close the gaps of the waiting list."""
    for place, row in enumerate(SignUp.objects.filter(breakfast=breakfast).waiting(), 1):
        if row.position != place:
            row.position = place
            row.save(update_fields=["position"])


@transaction.atomic
def name_openly(sign_up: SignUp, *, by: User, at: datetime, consent: bool) -> None:
    """Agree to be named on the portal, or take it back: at any time, also years later."""
    breakfast = Breakfast.objects.lock(sign_up.breakfast_id)
    row = SignUp.objects.select_related("company").get(pk=sign_up.pk)
    require(acts_for(by, row.company, at))
    if row.consent != consent:
        row.consent = consent
        row.save(update_fields=["consent"])
        note(breakfast, "consent", by=by, at=at, sign_up=row.pk, company=row.company_id, consent=consent)
