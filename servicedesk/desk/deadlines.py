"""Which running clocks concern a person: their calendar and their own reminders ask here."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Clock
from servicedesk.desk.models.clock import ClockQuerySet
from servicedesk.desk.permissions import Role, claimed_parties, parties_of, reach, today, visible_to

OFFICE_ROLES = frozenset({Role.OFFICER, Role.HEAD})


def deadlines_of(user: User, at: datetime, *, of_office: bool) -> ClockQuerySet:
    """Running clocks with a due moment, the next first. An applicant's: the public ones of their own cases.
    Of staff: those of the cases and steps they hold, with `of_office` those of their offices as well.

    Only of cases the person may know of at that moment: whoever leaves a company or an office loses them."""
    if not user.is_active:
        return Clock.objects.none()
    on = today(at)
    parties = parties_of(user, on)
    own = Q(case__applicant__in=parties) | Q(case__about__in=parties)
    if claimed := claimed_parties(user, on):
        own |= Q(case__applicant__in=claimed, case__opened_by=user)
    concern = own & Q(public=True)
    if user.is_staff:
        concern |= Q(case__officer=user) | Q(step__officer=user)
        if of_office and (offices := reach(user, OFFICE_ROLES, on)):
            concern |= Q(office__in=offices)
    running = Clock.objects.running().filter(concern, due_at__isnull=False, case__in=visible_to(user, at))
    open_cases = running.exclude(case__state__in=[Case.State.DRAFT, Case.State.CLOSED])
    return open_cases.select_related("case").order_by("due_at", "pk")
