"""Steps, clocks, events, promises and alarms of one request of an older system, unsaved."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from servicedesk.desk.actions.clockwork import place_of, started
from servicedesk.desk.actions.epoch import LONGEST_TITLE, Epoch, Taken
from servicedesk.desk.alarms import pending_alarm
from servicedesk.desk.history.declaring import Past
from servicedesk.desk.ladder import is_due
from servicedesk.desk.models import Alarm, Case, Clock, Event, Limit, Promise, Step
from servicedesk.desk.reckon import reckoning, redate
from servicedesk.desk.registry import ClockDef
from servicedesk.desk.trail import chain_of_case
from servicedesk.desk.verbs import done_words

State = Case.State


def steps_of(taken: Taken, epoch: Epoch) -> Iterator[Step]:
    """The path of the kind: of an answered request the one step it is known to have ended with, the others
    passed over; of an open one the steps that wait for nothing run from the day of receipt."""
    case, answered = taken.case, taken.past.answered
    for position, declared in enumerate(epoch.kind.steps_of(case.opening)):
        step = Step(
            case=case,
            code=declared.code,
            label=epoch.label(declared),
            office=epoch.office(declared.office, case),
            holder=declared.holder,
            after=list(declared.after),
            position=position,
        )
        if answered is not None:
            known = declared.code == epoch.declared.answered_in
            step.state = Step.State.DONE if known else Step.State.SKIPPED
            step.outcome = Case.Outcome.ANSWERED if known else ""
            step.done_at = answered
        elif not declared.after:
            step.state, step.started_at = Step.State.RUNNING, taken.past.received
        yield step


def clocks_of(taken: Taken, epoch: Epoch) -> Iterator[Clock]:
    """Clocks whose start is known, and their stop as well where the matter is over."""
    case, past = taken.case, taken.past
    for declared in epoch.kind.clocks_of(case.opening):
        limit = taken.limits.get(declared.limit_code)
        known = past.answered is None or epoch.declared.answer in declared.stops
        if limit is None or "submit" not in declared.starts or not known:
            continue
        clock = _clock(taken, declared, limit, epoch)
        redate(clock, (), ())
        if past.answered is not None:
            _stop(clock, past.answered, epoch.declared.answer)
        yield clock


def _clock(taken: Taken, declared: ClockDef, limit: Limit, epoch: Epoch) -> Clock:
    return Clock(
        case=taken.case,
        step=next((step for step in taken.steps if step.code == declared.step), None),
        code=declared.code,
        label=epoch.label(declared),
        basis=limit.basis,
        office=epoch.office(declared.office, taken.case),
        term=limit.term,
        unit=limit.unit,
        rolls=limit.rolls,
        ends=limit.ends,
        pausable=sorted(declared.pauses),
        public=declared.public,
        started_at=taken.past.received,
        calendar_version=epoch.version,
    )


def _stop(clock: Clock, at: datetime, reason: str) -> None:
    clock.stopped_at, clock.stopped_by = at, reason
    clock.used = int(reckoning(clock, (), ()).used_seconds(at))
    # The due moment itself is still in time.
    clock.late = clock.due_at is not None and at > clock.due_at


def events_of(taken: Taken, epoch: Epoch) -> Iterator[Event]:
    """That it was received, and how it was answered, for its applicant; where it came from, for the desk. All
    are recorded now; the first two count from their true moments."""
    case, past = taken.case, taken.past
    click = uuid.uuid4()
    params: dict[str, Any] = {"state": State.SUBMITTED, "started": [started(clock) for clock in taken.clocks]}
    params["steps"] = [[s.code, s.round, s.office.code, s.state] for s in taken.steps if not s.done_at]
    yield _event(case, "submit", epoch, click, past.received, public=True, params=params)
    if past.answered is not None:
        yield _answer(taken, epoch, click, past.answered)
    history = case.opening["history"]
    yield _event(case, "import_history", epoch, click, epoch.at, body=_source(past, epoch), params=history)


def _answer(taken: Taken, epoch: Epoch, click: uuid.UUID, at: datetime) -> Event:
    case = taken.case
    params: dict[str, Any] = {"state": State.CLOSED, "outcome": case.outcome}
    params["stopped"] = [_stopped(each) for each in taken.clocks]
    params["steps"] = [[step.code, step.round, step.office.code, step.state] for step in taken.steps]
    event = _event(case, epoch.declared.answer, epoch, click, at, public=True, params=params)
    event.step = next((each for each in taken.steps if each.code == epoch.declared.answered_in), None)
    event.body = taken.past.answer
    return event


def _event(
    case: Case,
    verb: str,
    epoch: Epoch,
    click: uuid.UUID,
    effective_at: datetime,
    *,
    params: dict[str, Any],
    public: bool = False,
    body: str = "",
) -> Event:
    return Event(
        chain=chain_of_case(case),
        case=case,
        verb=verb,
        # The older system does not say who; who imported it stands on the import alone.
        by=None if public else epoch.by,
        at=epoch.at,
        effective_at=effective_at,
        click=click,
        public=public,
        params=params,
        title=done_words(verb)[:200],
        body=body,
    )


def _source(past: Past, epoch: Epoch) -> str:
    """File, row, number and the whole subject where the title had no room for it, in Chinese."""
    with override(settings.LANGUAGE_CODE):
        lines = [gettext("File %(file)s, row %(row)s") % {"file": epoch.file, "row": past.row}]
        if past.number:
            lines.append(gettext("Number in the older system: %(number)s") % {"number": past.number})
    return "\n".join(lines + ([past.subject] if len(past.subject) > LONGEST_TITLE else []))


def _stopped(clock: Clock) -> dict[str, Any]:
    assert clock.stopped_at is not None
    at = clock.stopped_at.isoformat()
    return place_of(clock) | {"at": at, "by": clock.stopped_by, "calendar": clock.calendar_version}


def promises_of(taken: Taken) -> Iterator[Promise]:
    """The first date of each public clock. Nobody was told of it by this desk."""
    submitted = taken.events[0]
    for clock in taken.clocks:
        if clock.public:
            yield Promise(clock=clock, due_at=clock.due_at, why="start", event=submitted, how="history")


def alarms_of(taken: Taken, epoch: Epoch) -> Iterator[Alarm]:
    """Of running clocks: rungs whose moment is long over are superseded unheard, the next one is pending."""
    for clock in taken.clocks:
        if clock.stopped_at is not None or clock.due_at is None:
            continue
        for rung in epoch.ladders.above(clock, 0):
            alarm = pending_alarm(clock, rung)
            if not is_due(*rung, epoch.at):
                yield alarm
                break
            alarm.fate, alarm.settled_at = Alarm.Fate.SUPERSEDED, epoch.at
            alarm.event = taken.events[-1]
            yield alarm
