"""What the parts of the direct line's panel are made of, read once for a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from servicedesk.accounts.models import Office
from servicedesk.desk import moves
from servicedesk.desk.dossier import dossier_of
from servicedesk.desk.models import Case, Clock, Event, Pause, Step
from servicedesk.desk.permissions import PARKED

TOLD = ("return_to_centre", "rule", "ask_park", "refuse_park", "park", "review_parked")
BESIDE = ("join", "reply_consult", "release")
READ = "_direct_line_read"


@dataclass(frozen=True)
class Said:
    """What somebody said in a verb, and the office it concerns."""

    event: Event
    office: Office | None
    reason: str = ""


@dataclass(frozen=True)
class Helper:
    """One office that does a part of the matter 协办."""

    step: Step
    asked: str
    answer: Event | None
    clock: Clock | None

    @property
    def is_running(self) -> bool:
        return self.step.state == Step.State.RUNNING


class Reading:
    """Steps, pauses and what was said of duty and of waiting, in a fixed number of queries."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.read = dossier_of(case)
        self.steps = self.read.steps
        self.events: list[Event] = [each for each in self.read.events if each.verb in {*TOLD, *BESIDE}]

    @property
    def clocks(self) -> list[Clock]:
        return self.read.clocks

    @property
    def offices(self) -> dict[str, Office]:
        return self.read.by_code

    def of(self, *verbs: str) -> list[Event]:
        return [event for event in self.events if event.verb in verbs]

    def last(self, *verbs: str) -> Event | None:
        return next(reversed(self.of(*verbs)), None)

    def returned(self) -> list[Said]:
        return [
            Said(each, self.offices.get(each.params.get("from", "")), each.params.get("code", ""))
            for each in self.of("return_to_centre")
        ]

    def helpers(self) -> Iterator[Helper]:
        """Offices brought in, those that were released again left out."""
        for step in self.steps:
            if step.code == moves.ASSISTANCE and step.state != Step.State.SKIPPED:
                told = {event.verb: event for event in self.events if event.step_id == step.pk}
                clock = next((each for each in self.clocks if each.step_id == step.pk), None)
                yield Helper(
                    step, told["join"].body if "join" in told else "", told.get("reply_consult"), clock
                )

    def parked(self, at: Any) -> Pause | None:
        """The standstill that is open now."""
        return next(
            (
                pause
                for pause in self.read.pauses
                if pause.category == PARKED
                and pause.until is None
                and (pause.planned_until is None or pause.planned_until > at)
            ),
            None,
        )

    def waits_for(self, code: str) -> bool:
        """Whether the step of that code is running."""
        return any(step.code == code and step.state == Step.State.RUNNING for step in self.steps)

    def running(self, code: str) -> Clock | None:
        return next((each for each in self.clocks if each.code == code and each.stopped_at is None), None)


def reading(case: Case) -> Reading:
    """The reading of this case object, made when the first part asks for it."""
    kept: Reading = vars(case).setdefault(READ, None) or Reading(case)
    vars(case)[READ] = kept
    return kept
