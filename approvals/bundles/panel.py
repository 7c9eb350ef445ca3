"""What the page of a bundle and of each of its parts shows of the whole: who has what, what waits for what,
and when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from approvals.bundles import outlook
from approvals.bundles.birth import is_sandbox
from approvals.bundles.network import drawn
from approvals.bundles.offered import LICENCE
from approvals.bundles.predicting import Forecast
from approvals.models import Application
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Clock, Step
from servicedesk.desk.permissions import visible_to
from servicedesk.desk.registry import Panel, Words
from servicedesk.desk.wording import spoken

DONE, RUNNING, PAPERS, WAITING, REFUSED, ENDED, BLOCKED = (
    "done", "running", "papers", "waiting", "refused", "ended", "blocked",
)  # fmt: skip
WORDS: dict[str, Words] = {
    DONE: _("Done"),
    RUNNING: _("Under way"),
    PAPERS: _("Waiting for papers"),
    WAITING: _("Not begun yet"),
    REFUSED: _("Refused"),
    ENDED: _("Ended"),
    BLOCKED: _("Cannot begin any more"),
}


@dataclass(frozen=True)
class Line:
    """One part of a bundle as the list and the drawing show it."""

    code: str
    name: str
    office: str
    look: str
    after: tuple[str, ...]
    waits_for: tuple[str, ...] = ()
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    done_at: datetime | None = None
    predicted: datetime | None = None
    # The clock that tells how it stands, where one runs.
    clock: Clock | None = None
    case: Case | None = None
    # Whether its page is the reader's to open.
    is_open_to_reader: bool = False
    is_critical: bool = False
    number: str = ""
    is_sandbox: bool = False

    @property
    def words(self) -> Words:
        return self.outcome if self.look in {REFUSED, ENDED} and self.outcome else WORDS[self.look]


def progress(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """Panel of the bundle itself: every part as a list and as a drawing, and the predicted end."""
    if case.state == Case.State.DRAFT:
        return None
    return Panel("approvals/bundles/progress.html", whole(case, reader, at) | {"is_progress": True})


def of_part(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """Panel of an item that is part of a bundle: what it is part of, and how the others stand."""
    if case.parent_id is None or "bundle" not in case.opening:
        return None
    parent = case.parent
    assert parent is not None
    lines, _expected, seen = _read(parent, reader, at)
    others = [line for line in lines if line.case is None or line.case.pk != case.pk]
    context = {
        "whole": parent,
        "is_open_to_reader": parent.pk in seen,
        "lines": others,
        "name": spoken(parent.opening["bundle"]["name"]),
    }
    return Panel("approvals/bundles/part.html", context)


def whole(case: Case, reader: User | None, at: datetime) -> dict[str, Any]:
    lines, expected = lines_of(case, reader, at)
    born = next((line for line in lines if line.code == LICENCE and line.number), None)
    return {
        "name": spoken(case.opening["bundle"]["name"]),
        "lines": lines,
        "forecast": expected,
        "networks": drawn(lines, expected.critical),
        "papers": [line.name for line in lines if line.look == PAPERS],
        "done": sum(line.look == DONE for line in lines),
        "born": born,
        "is_over": case.state == Case.State.CLOSED,
    }


def lines_of(case: Case, reader: User | None, at: datetime) -> tuple[list[Line], Forecast]:
    """Every part in the bundle's order, and the forecast of the whole, in a fixed number of queries."""
    return _read(case, reader, at)[:2]


def _read(case: Case, reader: User | None, at: datetime) -> tuple[list[Line], Forecast, set[int]]:
    """The same, and the keys of those of the whole and its parts that the reader may open."""
    steps = list(case.steps.select_related("office", "opens__application"))
    keys = [step.opens_id for step in steps if step.opens_id is not None]
    clocks: dict[int, list[Clock]] = {}
    running = Clock.objects.filter(case__in=keys, stopped_at=None).select_related("case")
    for clock in with_standstill(list(running)):
        clocks.setdefault(clock.case_id, []).append(clock)
    expected = outlook.of_case(case, steps, clocks, at)
    every = visible_to(reader, at).filter(pk__in=[case.pk, *keys]) if reader else Case.objects.none()
    mine = set(every.values_list("pk", flat=True))
    names = {step.code: str(step) for step in steps}
    done = {step.code for step in steps if step.state == Step.State.DONE}
    lines = []
    for step in steps:
        still = tuple(names[code] for code in step.after if code in names and code not in done)
        own = clocks.get(step.opens_id or 0, [])
        lines.append(_line(step, still, own, expected, open_to=mine))
    return lines, expected, mine


def with_standstill(clocks: list[Clock]) -> list[Clock]:
    """The clocks, those that stand still with what they need to be read; no query where none does."""
    still = [clock for clock in clocks if clock.due_at is None]
    if still:
        prefetch_related_objects(still, "extensions", "case__pauses")
    return clocks


def _line(
    step: Step, still: tuple[str, ...], clocks: Sequence[Clock], expected: Forecast, open_to: set[int]
) -> Line:
    part = step.opens
    look = look_of(step)
    clock = next((each for each in clocks if each.code == "promised"), clocks[0] if clocks else None)
    application: Application | None = getattr(part, "application", None) if part else None
    number = application.result_number if application else ""
    return Line(
        code=step.code,
        name=str(step),
        office=step.office.title(),
        look=look,
        after=tuple(step.after),
        waits_for=still if look in {WAITING, BLOCKED} else (),
        outcome=part.get_outcome_display() if part is not None else "",
        since=step.started_at,
        until=clock.due_at if clock else None,
        done_at=step.done_at,
        predicted=expected.ends.get(step.code) if look in {RUNNING, PAPERS, WAITING} else None,
        clock=clock if look == RUNNING else None,
        case=part,
        is_open_to_reader=part is not None and part.pk in open_to,
        is_critical=step.code in expected.critical,
        number=number if look == DONE else "",
        is_sandbox=part is not None and step.code == LICENCE and is_sandbox(number, part),
    )


def look_of(step: Step) -> str:
    """How a part stands, by its step and by the case that carries it."""
    part = step.opens
    if step.state == Step.State.DONE:
        return DONE
    if step.state == Step.State.WAITING:
        return WAITING
    if part is None:
        return BLOCKED if step.outcome == "blocked" else ENDED
    if part.state == Case.State.CLOSED:
        return REFUSED if part.outcome in {Case.Outcome.REFUSED, Case.Outcome.NOT_ACCEPTED} else ENDED
    return PAPERS if part.state == Case.State.SUPPLEMENTING else RUNNING
