"""Answers that wait for a signature 审签, each with its draft, signed or sent back where they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from servicedesk.accounts.models import User
from servicedesk.desk.dossier import opened
from servicedesk.desk.models import Case, Event
from servicedesk.desk.paging import BY_NEAREST, first_rows
from servicedesk.desk.permissions import may, today
from servicedesk.desk.queue import cases_of_desk, complete, tabs_of
from servicedesk.desk.registry import joins
from servicedesk.desk.signers import know_signers
from servicedesk.desk.verb_fields import VerbForm
from servicedesk.desk.verb_forms import form_for
from servicedesk.desk.workbench import Offer

# So many are read at a time: each is a text somebody answers for.
SHOWN = 10
VERBS = ("sign_off", "send_back")


@dataclass(frozen=True)
class Waiting:
    """One draft: the matter, the text, who wrote it and when, and what this reader may do about it."""

    case: Any
    draft: Event | None
    offers: Sequence[Offer]


def waiting(user: User, at: datetime) -> tuple[list[Waiting], bool]:
    """Drafts at the user's offices, the soonest due first, and whether there are more; a fixed number of
    queries."""
    tab = next((tab for tab in tabs_of(user, at) if tab.code == "signing"), None)
    if tab is None:
        return [], False
    rows = first_rows(cases_of_desk(user, at).filter(tab.holds), BY_NEAREST, SHOWN + 1)
    keys = [row.pk for row in rows[:SHOWN]]
    found = {each.pk: each for each in _with_all(keys)}
    complete(rows[:SHOWN])
    know_signers(list(found.values()), at)
    drafts = drafts_of(keys)
    return [
        _waiting(row, found[row.pk], drafts.get(row.pk), user, at) for row in rows[:SHOWN] if row.pk in found
    ], len(rows) > SHOWN


def _with_all(keys: Sequence[int]) -> Any:
    cases = Case.objects.filter(pk__in=keys).select_related(
        "applicant", "about", "office", "officer", *joins()
    )
    return cases.prefetch_related("steps")


def drafts_of(keys: Sequence[int]) -> dict[int, Event]:
    """The latest draft of each case, with who wrote it."""
    rows = Event.objects.filter(case__in=keys, verb="draft_answer").select_related("by").order_by("seq")
    return {event.case_id: event for event in rows if event.case_id is not None}


def _waiting(row: Any, case: Case, draft: Event | None, user: User, at: datetime) -> Waiting:
    opened(case, user, today(at), Case.objects.none()).events = [draft] if draft is not None else []
    possible = [verb for verb in VERBS if may(user, verb, case, at)]
    return Waiting(row, draft, [Offer(verb, own_ids(form_for(verb, case, user, at))) for verb in possible])


def own_ids(form: VerbForm) -> VerbForm:
    """The form with ids of its own, for a page that holds several of the same verb."""
    form.auto_id = f"m{form.case.pk}_{form.auto_id}"
    return form
