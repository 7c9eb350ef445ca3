"""My matters, one matter, and the statement of one of its clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from servicedesk.desk import drafting, notices, reckon, words
from servicedesk.desk.actions.law import caught_up
from servicedesk.desk.applicant_verbs import APPLICANTS, form_for
from servicedesk.desk.dossier import dossier_of, last_of, opened, with_extensions
from servicedesk.desk.letters import are_own
from servicedesk.desk.mine import acting, cases_of, drafts_of, in_order, parties_on
from servicedesk.desk.models import Case, Clock, Step
from servicedesk.desk.permissions import actions_for, today
from servicedesk.desk.registry import joins, kind_of, kinds
from servicedesk.desk.story import answer_of, level_words, levels, story
from servicedesk.desk.verbs import WORDS, said_words
from servicedesk.desk.verdicts import with_first_dates
from servicedesk.desk.views.door import PersonalRequest, personal

A_PAGE = 20
DRAFTS_SHOWN = 20
# What has a card of its own on the matter's page, and what is a button that leads to its page.
CARDS = ("supplement", "confirm", "redo", "rate", "message", "attach")
BUTTONS = ("report", "ask_extension", "nudge", "withdraw")


def own(request: PersonalRequest, number: str, at: datetime) -> Case:
    """The user's own matter of that number, with what its page shows; 404 for any other."""
    mine = cases_of(request.user, at).select_related("applicant", "about", "office", "parent", *joins())
    mine = mine.prefetch_related("steps", "pauses", with_first_dates())
    case = get_object_or_404(mine, number=number)
    return get_object_or_404(mine, pk=case.pk) if caught_up(case, at) else case


def own_opened(request: PersonalRequest, number: str, at: datetime) -> Case:
    """The same for a page that only reads it."""
    case = own(request, number, at)
    opened(case, request.user, today(at), cases_of(request.user, at))
    return case


# --- the list ------------------------------------------------------------------------------------------


@require_safe
@personal
def matters(request: PersonalRequest) -> HttpResponse:
    """What waits for the reader, what is under way, what is over; drafts first of all."""
    at = timezone.now()
    parties = parties_on(request.user, at)
    chosen = None if "all" in request.GET else acting(request.session, parties)
    own_cases, own_drafts = cases_of(request.user, at), drafts_of(request.user, at)
    if chosen is not None:
        own_cases = own_cases.filter(Q(applicant=chosen) | Q(about=chosen))
        own_drafts = own_drafts.filter(applicant=chosen)
    mine = in_order(own_cases).select_related("applicant", "office", *details())
    shown = mine.prefetch_related("clocks__extensions", "pauses")
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    drafts = own_drafts.select_related("applicant", *details())
    context = {
        "page": page,
        "rows": rows(page, at),
        "drafts": [line(draft) for draft in drafts[:DRAFTS_SHOWN]] if page.number == 1 else [],
        "is_for_several": len(parties) > 1,
        "chosen": chosen,
        "unread": notices.of_user(request.user).filter(read_at=None).count(),
        "now": at,
    }
    return render(request, "portal/matters.html", context)


def details() -> list[str]:
    """Accessors of the detail rows, so that a list asks once for all."""
    return [kind.accessor for kind in kinds() if kind.accessor]


def rows(page: Page[Case], at: datetime) -> list[dict[str, Any]]:
    return [
        line(case) | {"rank": case.rank, "clock": telling_clock(case.clocks.all(), at)}  # type: ignore[attr-defined]
        for case in page
    ]


def line(case: Case) -> dict[str, Any]:
    return {"case": case, "title": drafting.title_of(case), "kind": kind_of(case.kind)}


def telling_clock(clocks: Iterable[Clock], at: datetime) -> Clock | None:
    """The clock a list shows: of the running public ones the next due (one that stands still comes last)."""
    running = [clock for clock in clocks if clock.public and clock.stopped_at is None]
    return min(running, key=lambda clock: (clock.due_at is None, clock.due_at or at), default=None)


# --- one matter ----------------------------------------------------------------------------------------


@require_safe
@personal
def matter(request: PersonalRequest, number: str) -> HttpResponse:
    at = timezone.now()
    case = own_opened(request, number, at)
    clocks = public_clocks(case)
    may = actions_for(request.user, case, at)
    context = {
        "case": case,
        "kind": kind_of(case.kind),
        "title": drafting.title_of(case),
        "now": at,
        "clock": telling_clock(clocks, at),
        "clocks": latest_rounds(clocks),
        "all_clocks": clocks,
        "are_own": are_own(case, clocks),
        "story": story(case, request.user),
        "steps": walked(case),
        "panel": kind_of(case.kind).panel_of(case, request.user, at),
        "answers": drafting.answers(case, mask=True),
        "attachments": drafting.files_of(case),
        "answer": answer_of(case) if "confirm" in may else None,
        "missing": last_of(case, "ask_supplement") if "supplement" in may else None,
        "rating": rating_of(case),
        "is_over": case.state == Case.State.CLOSED,
        "forms": {verb: form_for(verb, case) for verb in CARDS if verb in may},
        "buttons": [(verb, APPLICANTS[verb]) for verb in BUTTONS if verb in may],
    }
    return render(request, "portal/matter.html", context)


def public_clocks(case: Case) -> list[Clock]:
    """Clocks that are promises to the applicant, each knowing its case, so that a pause costs no query."""
    return with_extensions([clock for clock in dossier_of(case).clocks if clock.public])


def walked(case: Case) -> list[Step]:
    """Steps for the tracker, without those that were handed on before they began."""
    return [
        step
        for step in dossier_of(case).steps
        if step.state != Step.State.RETURNED or step.started_at is not None
    ]


def latest_rounds(clocks: list[Clock]) -> list[Clock]:
    """Of each promise its latest round; what was broken off is in the list of statements."""
    latest = {clock.code: clock for clock in sorted(clocks, key=lambda clock: clock.round)}
    return sorted(latest.values(), key=lambda clock: (clock.due_at is None, clock.due_at or clock.started_at))


def rating_of(case: Case) -> str:
    """The level it was rated with, in words; empty where it was not."""
    level = getattr(drafting.detail_of(case), "rating", None) if levels(case) else None
    return level_words(case, level) if level else ""


# --- the statement -------------------------------------------------------------------------------------


@require_safe
@personal
def statement(request: PersonalRequest, number: str, pk: int) -> HttpResponse:
    """Every second of one public clock, and every date ever told for it."""
    at = timezone.now()
    case = own_opened(request, number, at)
    clock = next((each for each in public_clocks(case) if each.pk == pk), None)
    if clock is None:
        raise Http404
    until = clock.stopped_at or at
    context = {
        "case": case,
        "title": drafting.title_of(case),
        "clock": clock,
        "term": words.term_words(clock.term, clock.unit),
        "rows": reckon.statement(clock, at),
        "remaining": reckon.account_of(clock).remaining(max(until, clock.started_at)),
        "promises": ledger(clock),
        "extensions": list(clock.extensions.all()),
        "now": at,
    }
    return render(request, "portal/statement.html", context)


def ledger(clock: Clock) -> list[dict[str, Any]]:
    """Every date ever told, the first and the last named as such."""
    told = list(clock.promises.select_related("event").order_by("pk"))
    return [
        {"promise": each, "why": why_words(each.why), "first": place == 0, "last": place == len(told) - 1}
        for place, each in enumerate(told)
    ]


def why_words(why: str) -> str:
    """A ledger row's reason in words: the verb that moved the date, or what is written there."""
    if why == "start":
        return _("The clock started")
    return said_words(why) if why in WORDS else why
