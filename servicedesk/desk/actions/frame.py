"""The frame every verb works in: lock, guard, change, log, settle, in one transaction the verb opens.

work = begin(case, "claim", by=by, at=at, version=version)
work.case.officer = by
return work.finish(title=…)
"""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any

from servicedesk.accounts.models import Office, User
from servicedesk.desk import finding, letters, moves, watching
from servicedesk.desk.actions import clockwork
from servicedesk.desk.actions.limits import with_limits
from servicedesk.desk.actions.locking import lock as lock
from servicedesk.desk.actions.stepping import Stepping
from servicedesk.desk.calendars import current_version
from servicedesk.desk.models import Case, Clock, Event, Step
from servicedesk.desk.numbers import new_secret, next_number
from servicedesk.desk.registry import CENTRE, CaseKind, StepDef, kind_of
from servicedesk.desk.trail import chain_of_case, record
from servicedesk.desk.verbs import done_words


class Work(Stepping):
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
        # When its clocks stop, where that is not the moment the verb counts from.
        self.clocks_stop_at = self.effective_at
        self.click = uuid.uuid4()
        self.moments: list[str] = [verb]
        self.step: Step | None = None
        self.steps: list[Step] = list(case.steps.all())
        self.params: dict[str, Any] = {}
        # What an escalation puts before those it reaches; a row of the kind's, no part of the event.
        self.brief: dict[str, str] = {}
        self._clocks: list[Clock] | None = None
        # Whether the case is let in by this very work.
        self.is_fresh = False
        # Steps that ended in this work, and how: a clock tied to one has nothing more to measure.
        self.ended: dict[int, str] = {}
        # Clocks (code, round) that go on as if what stopped them had not happened.
        self.gone_on: frozenset[tuple[str, int]] = frozenset()
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

    @cached_property
    def calendar_version(self) -> int:
        """The calendar of this verb, asked for once: its clocks and its letters go by the same one."""
        return current_version()

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
        case, before = self.case, self.case.state
        new_state = moves.led_to(self.verb, before, state or self._closing())
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
        if self.kind.on_done is not None:
            self.kind.on_done(self, event)
        watching.spread(self, event)
        if self.verb not in WORDLESS:
            # Last, for what the kind keeps of the verb may be searched for.
            finding.keep(case)
        if new_state == Case.State.CLOSED != before:
            self._end_children()
            self._tell_parent()
        return event

    def _closing(self) -> str | None:
        """Where a kind ends with its steps, the end of the last one closes the matter."""
        if not (self.kind.ends_with_steps and self.ended and self.is_over()):
            return None
        if Case.State.CLOSED not in moves.BESIDES.get(self.verb, frozenset()):
            return None
        self.case.outcome = self.case.outcome or Case.Outcome.COMPLETED
        return Case.State.CLOSED

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
        """Let a case in: the limits of this day are kept with it, its steps are laid out from the kind, and
        those that wait for nothing start."""
        self.case.submitted_at = self.effective_at
        self.case.secret = new_secret()
        self.case.opening = with_limits(self.case, self.effective_at)
        declared = self.kind.steps_of(self.case.opening)
        self.steps = [self.new_step(step, position) for position, step in enumerate(declared)]
        # What was never let in before has had neither clock nor pause.
        self._clocks, self.is_fresh = [], True
        carried = any(step.child for step in declared)
        if not carried:
            # Before they are written, so that each is written once; a child needs the key of its step.
            self.start_ready()
        Step.objects.bulk_create(self.steps)
        if carried:
            self.start_ready()

    def open_child(self, step: Step, declared: StepDef) -> None:
        """Open the case that carries a step, and let it in."""
        assert declared.child is not None
        kind, parent = kind_of(declared.child), self.case
        opening = {name: told for name, told in parent.opening.items() if name != "limits"}
        child = Case.objects.create(
            kind=declared.child,
            title=parent.title,
            applicant=parent.applicant,
            about=parent.about,
            office=step.office,
            opened_by=parent.opened_by,
            parent=parent,
            opening=kind.child_opening(parent, declared) if kind.child_opening else opening,
            opened_at=self.effective_at,
        )
        step.opens = child
        step.save(update_fields=["opens"])
        work = Work(child, "submit", None, self.at, self.effective_at)
        work.click = self.click
        work.let_in()

    def let_in(self, *, state: str | None = None) -> Event:
        """Let in a case that another one, or the law, brought about."""
        if self.kind.on_submit is not None:
            self.kind.on_submit(self.case)
        self.enter()
        if state == Case.State.ACCEPTED:
            self.case.accepted_at = self.effective_at
        return self.finish(public=True, state=state)

    def _end_children(self) -> None:
        """What a closed whole still had open ends with it, as the whole did."""
        carried = [step.opens_id for step in self.steps if step.opens_id is not None]
        for key in Case.objects.open().filter(pk__in=carried).order_by("pk").values_list("pk", flat=True):
            child = Work(lock(key), "close", None, self.at, self.effective_at)
            child.click = self.click
            child.case.outcome = self.case.outcome
            child.finish(public=True, whole=self.case.number)

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
        over = parent.is_over()
        if over:
            parent.case.outcome = parent.sum_of(self.case)
        parent.finish(public=True, state=Case.State.CLOSED if over else None, child=self.case.number)

    def sum_of(self, last: Case) -> str:
        """How a whole ended: completed where anything of it was reached, else as its last part did."""
        reached = any(step.state == Step.State.DONE for step in self.steps)
        return Case.Outcome.COMPLETED if reached else last.outcome

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


# Verbs after which a matter is found by the same words as before.
WORDLESS = moves.QUIET - {"concern", "repoint"}
# What has been decided waits for nothing any more.
ENDS_PAUSES = frozenset({Case.State.DECIDED, Case.State.CLOSED})
GOOD = frozenset({Case.Outcome.GRANTED, Case.Outcome.COMPLETED, Case.Outcome.SOLVED, Case.Outcome.ANSWERED})


def centre() -> Office:
    return Office.objects.get(code=CENTRE)
