"""Events of a breakfast in its chain, and what its companies are told of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise, lazystr

from enterprises.breakfasts.wording import why
from enterprises.models import Breakfast, SignUp
from servicedesk.accounts.models import User
from servicedesk.desk.models import Event, Membership
from servicedesk.desk.notices import Telling
from servicedesk.desk.permissions import today
from servicedesk.desk.trail import chain_of_row, record

Words = str | Promise


def note(
    breakfast: Breakfast, verb: str, *, by: User | None, at: datetime, body: str = "", **params: Any
) -> Event:
    """Append to the breakfast's chain; the caller holds its lock."""
    return record(chain_of_row(breakfast), f"breakfast_{verb}", by=by, at=at, params=params, body=body)


def members_of(party: int, at: datetime) -> list[User]:
    """Who may act for a company on the day, in a fixed order."""
    current = Membership.objects.current(today(at)).filter(party=party, user__is_active=True)
    current = current.filter(is_confirmed=True)
    return [member.user for member in current.select_related("user").order_by("pk")]


def news(sign_up: SignUp, event: Event, sentence: Words, at: datetime, *, reason: bool = True) -> Telling:
    """What a company's people are told of its sign-up; whoever did it themselves is not."""
    people = [user for user in members_of(sign_up.company.party_id, at) if user.pk != event.by_id]
    context = {
        "breakfast": sign_up.breakfast,
        "company": sign_up.company.name,
        "sentence": sentence,
        # Lazily, because each reader is told in a language of their own.
        "why": lazystr(LazyWhy(sign_up)) if reason else "",
        "link": page_of(sign_up.breakfast),
    }
    return Telling(event, people, "breakfast", context)


class LazyWhy:
    """The reason of a sign-up as it stands now, to be said in whatever language is active then."""

    def __init__(self, sign_up: SignUp) -> None:
        self.sign_up = sign_up

    def __str__(self) -> str:
        return why(self.sign_up)


def page_of(breakfast: Breakfast) -> str:
    return f"{settings.SITE_URL}{reverse('enterprises:breakfast', args=[breakfast.pk])}"


def sheet_of(breakfast: Breakfast) -> str:
    """The staff's page of it."""
    return f"{settings.SITE_URL}{reverse('admin:breakfast-sheet', args=[breakfast.pk])}"


def facts_of(sign_up: SignUp) -> dict[str, Any]:
    """What the chain keeps of a decision."""
    return {
        "sign_up": sign_up.pk,
        "company": sign_up.company_id,
        "standing": sign_up.standing,
        "rule": sign_up.rule,
        "position": sign_up.position,
        "facts": sign_up.facts,
    }
