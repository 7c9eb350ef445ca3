"""What is somebody's own on the portal: the companies they act for, their drafts, their matters.

Staff see more cases than these, but on the desk: the portal shows everybody only what is their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from datetime import datetime
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Exists, IntegerField, OuterRef, Q, QuerySet, Value, When

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Membership, Party, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import claimed_parties, is_dispatcher, parties_of, today

# What the list shows first: what waits for its reader, then what is under way, then what is over.
WAITS, UNDER_WAY, OVER = 0, 1, 2
THEIRS = Step.objects.filter(case=OuterRef("pk"), holder="applicant", state=Step.State.RUNNING)
RANK = Choice(
    When(Q(state=Case.State.SUPPLEMENTING) | Q(Exists(THEIRS)), then=Value(WAITS)),
    When(state=Case.State.CLOSED, then=Value(OVER)),
    default=Value(UNDER_WAY),
    output_field=IntegerField(),
)


def parties_on(user: User, at: datetime) -> list[Party]:
    """Companies and persons the user may act for on that day, by name; claimed ones among them."""
    current = Membership.objects.current(today(at)).filter(user=user)
    return list(Party.objects.filter(pk__in=current.values("party")).order_by("name", "pk"))


# Key of the session under which it is kept for which company somebody acts now.
ACTING = "acting"


def act_for(session: MutableMapping[str, Any], party: Party | None) -> None:
    """Keep for which party everything is filed from now on; None to be asked each time."""
    if party is None:
        session.pop(ACTING, None)
    else:
        session[ACTING] = {"pk": party.pk, "name": party.name}


def acting(session: Mapping[str, Any], parties: Iterable[Party]) -> Party | None:
    """The chosen one of the parties somebody may act for; None where none of them was chosen."""
    kept = session.get(ACTING) or {}
    return next((party for party in parties if party.pk == kept.get("pk")), None)


def cases_of(user: User, at: datetime) -> CaseQuerySet:
    """Submitted matters of the user's own companies, those about them included; of a company whose claim is
    not approved yet only what the user filed."""
    parties = parties_of(user, today(at))
    own = Q(applicant__in=parties) | Q(about__in=parties) | _claimed(user, at)
    return Case.objects.submitted().filter(own)


def _claimed(user: User, at: datetime) -> Q:
    return Q(applicant__in=claimed_parties(user, today(at)), opened_by=user.pk)


def drafts_of(user: User, at: datetime) -> CaseQuerySet:
    """Drafts the user may go on with: their companies', and what the centre takes down at the telephone."""
    on = today(at)
    own = Q(applicant__in=parties_of(user, on)) | _claimed(user, at)
    if is_dispatcher(user, on):
        own |= Q(opened_by=user)
    return Case.objects.filter(own, state=Case.State.DRAFT, parent=None).order_by("-opened_at", "-pk")


def in_order(cases: CaseQuerySet) -> QuerySet[Case]:
    """What waits for the reader first, the newest first within each group. A part stands on the page of its
    whole, and in the list only while it waits for the reader."""
    ranked = cases.annotate(rank=RANK).filter(Q(parent=None) | Q(rank=WAITS))
    return ranked.order_by("rank", "-submitted_at", "-pk")
