"""What a verb does to the steps of its case: end them, start what waited, open their next round."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from servicedesk.desk import moves
from servicedesk.desk.actions import clockwork
from servicedesk.desk.actions.clockwork import office_of
from servicedesk.desk.errors import WrongState
from servicedesk.desk.models import Case, Step
from servicedesk.desk.registry import HANDLING, CaseKind, StepDef
from servicedesk.desk.wording import in_every_language

ENDED = frozenset({Step.State.DONE, Step.State.SKIPPED, Step.State.RETURNED})
STEP_MOMENTS = {
    "start": "started",
    "pause": "paused",
    "resume": "resumed",
    "complete": "done",
    "skip": "skipped",
    "return": "returned",
}


class Stepping:
    """The part of `frame.Work` that moves steps."""

    case: Case
    kind: CaseKind
    verb: str
    at: datetime
    effective_at: datetime
    steps: list[Step]
    moments: list[str]
    params: dict[str, Any]
    ended: dict[int, str]

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
        if step.pk is not None:
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
        over = {Step.State.DONE, Step.State.SKIPPED}
        return all(code in latest and latest[code].state in over for code in step.after)

    def start(self, step: Step) -> None:
        declared = next(
            (each for each in self.kind.steps_of(self.case.opening) if each.code == step.code), None
        )
        if declared and declared.office == HANDLING:
            step.office = self.case.office
            step.officer = self.case.officer
        self.move(step, "start")
        if declared and declared.child:
            self.open_child(step, declared)

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

    def return_steps(self, outcome: str | None = None) -> None:
        """Return every step the handling office still has in hand."""
        for step in self.steps:
            if step.holder == "office" and step.state in {
                Step.State.RUNNING,
                Step.State.PAUSED,
                Step.State.WAITING,
            }:
                self.move(step, "return", outcome)

    def is_over(self) -> bool:
        """Whether every step of the path has ended; what is beside it does not count."""
        path = [step for step in self.steps if step.code not in moves.BESIDE]
        return all(step.state in ENDED for step in path)

    def open_child(self, step: Step, declared: StepDef) -> None:
        raise NotImplementedError
