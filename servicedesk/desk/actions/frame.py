"""The frame every verb works in: lock, guard, change, log, settle, in one transaction the verb opens.

work = begin(case, "claim", by=by, at=at, version=version)
work.case.officer = by
return work.finish(title=…)
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk import letters, moves
from servicedesk.desk.actions import clockwork
from servicedesk.desk.actions.clockwork import office_of
from servicedesk.desk.actions.locking import lock as lock
from servicedesk.desk.errors import WrongState
from servicedesk.desk.models import Case, Clock, Event, Step
from servicedesk.desk.numbers import new_secret, next_number
from servicedesk.desk.registry import CENTRE, HANDLING, CaseKind, StepDef, kind_of
from servicedesk.desk.trail import chain_of_case, record
from servicedesk.desk.verbs import done_words
from servicedesk.desk.wording import in_every_language


class Work:
    """One verb at work on one locked case. Collects moments, then writes event, clocks and notices."""

    def __init__(
        self, case: Case, verb: str, by: User | None, at: datetime, effective_at: datetime | None = None
    ) -> None:
        self.case = case
        self.kind: CaseKind = kind_of(case.kind)
        self.verb = verb
        self.by = by
        self.at = at
        self.effective_at = effective_at or at
        self.click = uuid.uuid4()
        self.moments: list[str] = [verb]
        self.step: Step | None = None
        self.steps: list[Step] = list(case.steps.all())
        self.params: dict[str, Any] = {}
        self._clocks: list[Clock] | None = None
        # Steps that ended in this work, and how: a clock tied to one has nothing more to measure.
        self.ended: dict[int, str] = {}
        # Codes of the steps a redo opens anew.
        self.reopened: frozenset[str] = frozenset()

    def clocks(self) -> list[Clock]:
        """The case's clocks, read once; extensions only where the kind knows any."""
        if self._clocks is None:
            rows = self.case.clocks.all()
            declared = self.kind.clocks_of(self.case.opening)
            if any(each.extendable_to for each in declared):
                rows = rows.prefetch_related("extensions")
            self._clocks = list(rows)
        return self._clocks

    # --- steps -------------------------------------------------------------------------------------

    def running(self, code: str | None = None) -> Step | None:
        """The running step (of that code, or the one this verb belongs to); the first one otherwise."""
        wanted = code or self.kind.at_step.get(self.verb)
        found = [each for each in self.steps if each.state == Step.State.RUNNING]
        if wanted:
            found = [each for each in found if each.code == wanted]
        return found[0] if found else None

    def move(self, step: Step, move: str, outcome: str | None = None) -> Step:
        """Make one move of `moves.STEP_MOVES`. Raises WrongState where the table has none."""
        state = moves.next_step_state(move, step.state)
        if state is None:
            raise WrongState(
                "step-state", _("The step “%(step)s” is not where this is possible.") % {"step": step}
            )
        if step.state == Step.State.PAUSED:
            clockwork.end_pauses(self, step.pauses.filter(until=None))
        step.state = state
        if move == "start":
            step.started_at = self.effective_at
        elif move in {"complete", "skip", "return"}:
            step.done_at = self.effective_at
        if outcome is not None:
            step.outcome = outcome
        step.save()
        if step.done_at is not None:
            self.ended[step.pk] = f"{step.code}:{STEP_MOMENTS[move]}"
        self.params.setdefault("steps", []).append([step.code, step.round, step.office.code, state])
        self.moments.append(f"{step.code}:{STEP_MOMENTS[move]}")
        return step

    def complete(self, step: Step, outcome: str = "") -> None:
        """End a step and start whatever waited for nothing else."""
        self.move(step, "complete", outcome)
        self.start_ready()

    def start_ready(self) -> None:
        for step in self.steps:
            if step.state == Step.State.WAITING and self._may_start(step):
                self.start(step)

    def _may_start(self, step: Step) -> bool:
        latest: dict[str, Step] = {}
        for each in sorted(self.steps, key=lambda each: each.round):
            latest[each.code] = each
        ended = {Step.State.DONE, Step.State.SKIPPED}
        return all(code in latest and latest[code].state in ended for code in step.after)

    def start(self, step: Step) -> None:
        declared = next(
            (each for each in self.kind.steps_of(self.case.opening) if each.code == step.code), None
        )
        if declared and declared.office == HANDLING:
            step.office = self.case.office
            step.officer = self.case.officer
        self.move(step, "start")
        if declared and declared.child:
            self._open_child(step, declared.child)

    def next_round(self, *codes: str) -> None:
        """Open the next round of these steps, waiting; a finished step is never rewound."""
        declared = {
            each.code: (place, each) for place, each in enumerate(self.kind.steps_of(self.case.opening))
        }
        for code in codes:
            place, step = declared[code]
            done = max((each.round for each in self.steps if each.code == code), default=0)
            fresh = self.new_step(step, place, done + 1)
            fresh.save(force_insert=True)
            self.steps.append(fresh)

    def new_step(self, declared: StepDef, position: int, number: int = 1) -> Step:
        return Step(
            case=self.case,
            code=declared.code,
            label=in_every_language(declared.label),
            round=number,
            office=office_of(declared.office, self.case),
            holder=declared.holder,
            after=list(declared.after),
            position=position,
        )

    def return_steps(self) -> None:
        """Return every step the handling office still has in hand."""
        for step in self.steps:
            if step.holder == "office" and step.state in {
                Step.State.RUNNING,
                Step.State.PAUSED,
                Step.State.WAITING,
            }:
                self.move(step, "return")

    # --- the end -----------------------------------------------------------------------------------

    def finish(
        self,
        *,
        title: str = "",
        body: str = "",
        public: bool = False,
        state: str | None = None,
        **params: Any,
    ) -> Event:
        """Set the state, save, settle the clocks, append the event, keep promises and alarms, tell people."""
        case = self.case
        new_state = moves.led_to(self.verb, case.state, state)
        self._come_to(new_state)
        changes = clockwork.settle(self)
        case.version += 0 if self.verb in moves.QUIET else 1
        if case.number is None and new_state != Case.State.DRAFT:
            # Last, so that the counter's row stays locked as short as may be.
            case.number = next_number(self.kind.prefix_of(case.opening), self.effective_at)
        case.save()
        self.params |= changes.params | params
        event = record(
            chain_of_case(case),
            self.verb,
            by=self.by,
            at=self.at,
            effective_at=self.effective_at,
            case=case,
            step=self.step,
            public=public,
            params=self.params,
            title=title or done_words(self.verb),
            body=body,
            click=self.click,
        )
        clockwork.promise(changes, event, self)
        letters.send(self, event)
        if new_state == Case.State.CLOSED:
            self._tell_parent()
        return event

    def _come_to(self, state: str) -> None:
        """Put the case into its new state; a decision ends the pauses, a closing the steps as well."""
        case = self.case
        if state != case.state:
            self.params["state"] = state
            case.state = state
            if state in ENDS_PAUSES:
                clockwork.end_pauses(self, case.pauses.filter(step=None, until=None))
        if state == Case.State.CLOSED:
            case.closed_at = self.effective_at
            self.params["outcome"] = case.outcome
            self.moments.append("close")
            self._drop_steps()

    def _drop_steps(self) -> None:
        for step in self.steps:
            if step.state in {Step.State.RUNNING, Step.State.WAITING}:
                self.move(step, "skip")
            elif step.state == Step.State.PAUSED:
                self.move(step, "return")

    # --- parents and children ----------------------------------------------------------------------

    def enter(self) -> None:
        """Let a case in: its steps are laid out from the kind, and those that wait for nothing start."""
        self.case.submitted_at = self.effective_at
        self.case.secret = new_secret()
        declared = self.kind.steps_of(self.case.opening)
        laid_out = [self.new_step(step, position) for position, step in enumerate(declared)]
        self.steps = Step.objects.bulk_create(laid_out)
        self.start_ready()

    def _open_child(self, step: Step, kind: str) -> None:
        child = Case.objects.create(
            kind=kind,
            title=self.case.title,
            applicant=self.case.applicant,
            about=self.case.about,
            office=step.office,
            opened_by=self.case.opened_by,
            parent=self.case,
            opening=self.case.opening,
            opened_at=self.effective_at,
        )
        step.opens = child
        step.save(update_fields=["opens"])
        work = Work(child, "submit", None, self.at, self.effective_at)
        work.click = self.click
        work.enter()
        work.finish()

    def _tell_parent(self) -> None:
        carried = Step.objects.filter(opens=self.case).select_related("case__office").first()
        if carried is None or carried.case.state == Case.State.CLOSED:
            return
        parent = Work(lock(carried.case), "complete", None, self.at, self.effective_at)
        parent.click = self.click
        parent.step = next(each for each in parent.steps if each.pk == carried.pk)
        if parent.step.state == Step.State.PAUSED:
            parent.move(parent.step, "resume")
        parent.child_ended(parent.step, self.case)
        ended = {Step.State.DONE, Step.State.SKIPPED, Step.State.RETURNED}
        over = all(each.state in ended for each in parent.steps)
        if over:
            parent.case.outcome = Case.Outcome.COMPLETED
        parent.finish(public=True, state=Case.State.CLOSED if over else None, child=self.case.number)

    def child_ended(self, step: Step, child: Case) -> None:
        """End the step a child carried. A child that failed blocks only what waits for it."""
        if child.outcome in GOOD:
            self.complete(step, child.outcome)
            return
        self.move(step, "return", child.outcome)
        blocked = {step.code}
        for each in self.steps:
            if each.state == Step.State.WAITING and blocked & set(each.after):
                self.move(each, "skip", "blocked")
                blocked.add(each.code)


# What has been decided waits for nothing any more.
ENDS_PAUSES = frozenset({Case.State.DECIDED, Case.State.CLOSED})
GOOD = frozenset({Case.Outcome.GRANTED, Case.Outcome.COMPLETED, Case.Outcome.SOLVED, Case.Outcome.ANSWERED})
STEP_MOMENTS = {
    "start": "started",
    "pause": "paused",
    "resume": "resumed",
    "complete": "done",
    "skip": "skipped",
    "return": "returned",
}


def centre() -> Office:
    return Office.objects.get(code=CENTRE)
