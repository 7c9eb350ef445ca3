"""How a matter ends, and how it is taken up again: confirm, redo 重办, rate 评价, close 办结, merge."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.intake import need
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event, Link, Step
from servicedesk.desk.permissions import visible_to


@transaction.atomic
def confirm(case: Case, *, by: User, at: datetime, text: str = "", version: int | None = None) -> Event:
    """The applicant says it is solved; only then does the matter count as solved."""
    work = begin(case, "confirm", by=by, at=at, version=version)
    work.case.outcome = Case.Outcome.SOLVED
    if work.step is not None:
        work.complete(work.step, "solved")
    # Where the centre verifies what the company confirmed, the matter is not over yet.
    state = None if work.is_over() else Case.State.DECIDED
    return work.finish(public=True, body=text.strip(), state=state)


@transaction.atomic
def redo(case: Case, *, by: User | None, at: datetime, reason: str, version: int | None = None) -> Event:
    """Take the matter up again because it is not solved: a new round of steps, and of each clock what its
    declaration says."""
    work = begin(case, "redo", by=by, at=at, version=version)
    before = work.case.outcome
    codes = work.kind.redo_steps.get(before) or work.kind.redo_steps.get("", ())
    work.step = next((step for step in work.steps if _waits_for_applicant(step)), None)
    if work.step is not None:
        work.move(work.step, "complete", "not_solved")
    for step in work.steps:
        # What was under way already (the centre verifying what was confirmed) waits for the new round.
        if step.code in codes and step.state in UNDER_WAY:
            work.move(step, "return")
    work.reopened = frozenset(codes)
    work.case.outcome, work.case.closed_at = "", None
    work.next_round(*codes)
    work.start_ready()
    times = 1 + work.case.events.filter(verb="redo").count()
    return work.finish(public=True, body=need(reason, "reason"), times=times, before=before)


UNDER_WAY = frozenset({Step.State.WAITING, Step.State.RUNNING, Step.State.PAUSED})


def _waits_for_applicant(step: Step) -> bool:
    return step.holder == "applicant" and step.state == Step.State.RUNNING


@transaction.atomic
def rate(case: Case, *, by: User, at: datetime, level: int, text: str = "") -> Event:
    """Rate on the five levels of 好差评 (GB/T 39735-2020), 5 best. Open after closing; never a default."""
    if level not in range(1, 6):
        raise BadInput("unknown-level", _("Choose one of the five levels."), "level")
    work = begin(case, "rate", by=by, at=at)
    detail = getattr(work.case, work.kind.accessor or "", None)
    if detail is None:
        raise BadInput("not-rated", _("This matter is not rated."), "level")
    detail.rating, detail.rating_text, detail.rated_at = level, text.strip(), at
    detail.save(update_fields=["rating", "rating_text", "rated_at"])
    return work.finish(public=True, body=text.strip(), level=level)


@transaction.atomic
def close(
    case: Case,
    *,
    by: User | None,
    at: datetime,
    outcome: str,
    reason: str,
    against: Office | None = None,
    version: int | None = None,
) -> Event:
    """Close without the applicant's word. Never as solved: silence is not consent. What turns out to be a
    complaint is hidden from the office it is `against` from here on."""
    if outcome not in Case.Outcome.values or outcome == Case.Outcome.SOLVED:
        raise BadInput("unknown-outcome", _("Choose how the matter ends."), "outcome")
    work = begin(case, "close", by=by, at=at, version=version)
    work.case.outcome = outcome
    work.case.against = against or work.case.against
    return work.finish(public=True, body=need(reason, "reason"))


@transaction.atomic
def link(case: Case, *, by: User, at: datetime, to: Case, sort: str) -> Event:
    work = begin(case, "link", by=by, at=at)
    _checked(work, to)
    Link.objects.get_or_create(case=work.case, to=to, sort=sort)
    return work.finish(to=to.number, sort=sort)


@transaction.atomic
def merge(
    case: Case, *, by: User, at: datetime, into: Case, reason: str, version: int | None = None
) -> Event:
    """Close the case as merged into another of the same applicant, submitted no later: the survivor's clocks
    go on unchanged, and the merged one's stop here, so that no promised date becomes later by it."""
    work = begin(case, "merge", by=by, at=at, version=version, others=[into])
    into.refresh_from_db(fields=["state", "submitted_at", "applicant"])
    _checked(work, into)
    if into.applicant_id != work.case.applicant_id or into.kind != work.case.kind:
        other = _("Only matters of the same kind and applicant are merged; link the others.")
        raise BadInput("other-applicant", other, "into")
    if into.submitted_at and work.case.submitted_at and into.submitted_at > work.case.submitted_at:
        raise BadInput("younger", _("Merge into the older matter: its dates come first."), "into")
    if into.state in {Case.State.DRAFT, Case.State.CLOSED}:
        raise BadInput("not-open", _("The matter to merge into is no longer open."), "into")
    Link.objects.get_or_create(case=work.case, to=into, sort=Link.Sort.MERGED)
    work.case.outcome = Case.Outcome.MERGED
    return work.finish(public=True, body=need(reason, "reason"), into=into.number)


def _checked(work: Work, other: Case) -> None:
    if work.case.pk == other.pk:
        raise BadInput("itself", _("A matter cannot be linked to itself."), "to")
    if work.by is not None and not visible_to(work.by, work.at).filter(pk=other.pk).exists():
        raise BadInput("no-such-matter", _("There is no such matter."), "to")
