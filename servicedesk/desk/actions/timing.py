"""Stopping and lengthening clocks: pause, resume, extend. Each is a recorded decision."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.actions.asking import may_be_longer
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.clockwork import paused, place_of
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.intake import need
from servicedesk.desk.actions.law import pending_request
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.models import Attachment, Case, Clock, Event, Extension, Pause, Step
from servicedesk.desk.permissions import HEAD, capacities


@transaction.atomic
def pause(
    case: Case,
    *,
    by: User | None,
    at: datetime,
    category: str,
    reason: str,
    basis: str,
    document: str = "",
    step: Step | None = None,
    since: datetime | None = None,
    planned_until: datetime | None = None,
    version: int | None = None,
    verb: str = "pause",
) -> Event:
    """Stop the clocks that name this category (行政许可法 45), on the case or on one step of it.

    `since` may lie in the past only for a head, and never before the matter was submitted; what was already
    late by then stays late. Raises BadInput for a category no clock knows or one that is paused already."""
    begun = since or at
    work = begin(case, verb, by=by, at=at, version=version, effective_at=begun, step=step)
    _check_pause(work, category, begun, planned_until)
    mine = next((each for each in work.steps if step and each.pk == step.pk), None)
    _end_planned(work, category, mine, begun)
    made = Pause.objects.create(
        case=work.case,
        step=mine,
        category=category,
        since=begun,
        planned_until=planned_until,
        reason=need(reason, "reason"),
        basis=need(basis, "basis"),
        document=document.strip(),
        by=by,
    )
    if mine is not None and mine.state == Step.State.RUNNING:
        work.move(mine, "pause")
    return work.finish(public=True, body=made.reason, pauses=[paused(made)])


def _check_pause(work: Work, category: str, since: datetime, planned_until: datetime | None) -> None:
    known = {name for clock in work.kind.clocks_of(work.case.opening) for name in clock.pauses}
    if category not in known:
        raise BadInput("unknown-category", _("No clock of this matter stops for this."), "category")
    if since > work.at:
        raise BadInput("in-the-future", _("A pause cannot begin in the future."), "since")
    if since < work.at:
        _check_back_dating(work, since)
    if planned_until is not None and planned_until <= since:
        raise BadInput("ends-before-it-begins", _("The pause must end after it begins."), "planned_until")


def _check_back_dating(work: Work, since: datetime) -> None:
    if work.by is not None and HEAD not in capacities(work.by, work.case, work.at, work.step):
        raise NotAllowed(
            "back-dating", _("Only the head of the office may enter a pause that began earlier.")
        )
    if work.case.submitted_at and since < work.case.submitted_at:
        raise BadInput("before-submission", _("This lies before the matter was submitted."), "since")


def _end_planned(work: Work, category: str, step: Step | None, at: datetime) -> None:
    """A planned pause that is over makes room for the next; one still open refuses it."""
    open_ = work.case.pauses.filter(category=category, step=step, until=None).first()
    if open_ is None:
        return
    if open_.planned_until is None or open_.planned_until > at:
        raise BadInput("paused-already", _("The clock stands still for this already."), "category")
    open_.until = open_.planned_until
    open_.save(update_fields=["until"])


@transaction.atomic
def resume(
    case: Case,
    *,
    by: User | None,
    at: datetime,
    category: str,
    step: Step | None = None,
    version: int | None = None,
    verb: str = "resume",
) -> Event:
    """End the open pause of this category."""
    work = begin(case, verb, by=by, at=at, version=version, step=step)
    rows = work.case.pauses.filter(category=category, until=None)
    row = (rows.filter(step=step) if step else rows).first()
    if row is None:
        raise BadInput("not-paused", _("The clock does not stand still for this."), "category")
    planned = row.planned_until
    row.until = planned if planned is not None and planned < at else max(at, row.since)
    row.save(update_fields=["until"])
    mine = next((each for each in work.steps if each.pk == row.step_id), None)
    if mine and mine.state == Step.State.PAUSED and not mine.pauses.filter(until=None).exists():
        work.move(mine, "resume")
    return work.finish(public=True, pauses=[paused(row)])


@transaction.atomic
def extend(
    case: Case,
    *,
    by: User,
    at: datetime,
    clocks: tuple[str, ...],
    term: int,
    reason: str,
    told_at: datetime,
    basis: str = "",
    proof: Attachment | None = None,
    version: int | None = None,
) -> Event:
    """Lengthen running clocks by `term` of their unit. The applicant is told beforehand (`told_at`), and the
    decision comes before the due moment; beyond what the kind allows, BadInput says so."""
    work = begin(case, "extend", by=by, at=at, version=version)
    if told_at > at:
        raise BadInput("told-later", _("The applicant is told before the limit is extended."), "told_at")
    if work.kind.extension_needs_proof and (proof is None or proof.case_id != work.case.pk):
        raise BadInput("no-proof", _("Attach the paper that shows why more time is needed."), "proof")
    # Each clock once, however often it was ticked.
    rows = [_extendable(work, code, term) for code in dict.fromkeys(clocks)]
    if not rows:
        raise BadInput("no-clock", _("Choose the limit that is to be extended."), "clocks")
    made = [
        Extension.objects.create(
            clock=clock,
            term=term,
            reason=need(reason, "reason"),
            basis=basis.strip(),
            approved_by=by,
            decided_at=at,
            told_at=told_at,
            proof=proof,
        )
        for clock in rows
    ]
    facts = [place_of(each.clock) | {"term": each.term} for each in made]
    return work.finish(public=True, body=reason.strip(), extensions=facts, told_at=told_at.isoformat())


def _extendable(work: Work, code: str, term: int) -> Clock:
    declared = work.kind.clock(code, work.case.opening)
    clock = work.case.clocks.running().filter(code=code).first()
    if declared is None or clock is None or declared.extendable_to is None:
        raise BadInput("not-extendable", _("This limit cannot be extended."), "clocks")
    late = clock.due_at is not None and clock.due_at < work.at
    # What the applicant asked for in time may be granted after it.
    if late and pending_request(work.case, clock) is None:
        raise BadInput("too-late", _("The limit has passed; it can no longer be extended."), "clocks")
    may_be_longer(declared, clock, term)
    return clock
