"""Starting, stopping and dating the clocks of a case, and keeping the promises that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office
from servicedesk.desk import alarms
from servicedesk.desk.actions.limits import limits_for
from servicedesk.desk.calendars import current_version
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Case, Clock, Event, Extension, Limit, Pause, Promise, Step
from servicedesk.desk.reckon import reckoning, redate
from servicedesk.desk.registry import HANDLING, STEP, ClockDef
from servicedesk.desk.wording import in_every_language

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work
    from servicedesk.desk.actions.stepping import Stepping


# Verbs that change what a running clock's date is computed from.
REDATES = frozenset({"pause", "resume", "extend", "park", "unpark"})


@dataclass
class Changes:
    """What settling did: clocks whose date was told anew, those touched at all, and the event's params."""

    dated: list[tuple[Clock, str]] = field(default_factory=list)
    touched: list[Clock] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    # Keys of the clocks that were started.
    fresh: set[int] = field(default_factory=set)


def paused(row: Pause) -> dict[str, Any]:
    """What an event keeps of a pause, as it stands after the event."""
    return {
        "id": row.pk,
        "category": row.category,
        "step": row.step_id,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
        "planned_until": row.planned_until.isoformat() if row.planned_until else None,
        "basis": row.basis,
        "document": row.document,
    }


def end_pauses(work: Stepping, rows: Iterable[Pause]) -> None:
    """End open pauses at the work's moment, or at their planned one where that came first."""
    for row in rows:
        at, planned = work.effective_at, row.planned_until
        row.until = planned if planned is not None and planned < at else max(at, row.since)
        row.save(update_fields=["until"])
        work.params.setdefault("pauses", []).append(paused(row))
        work.moments.append("resume")


def settle(work: Work) -> Changes:
    """Stop, continue, start and re-date the clocks the work's moments touch."""
    changes = Changes()
    moments = frozenset(work.moments)
    declared = work.kind.clocks_of(work.case.opening)
    if not (moments & _touching(declared) or work.ended):
        return changes
    rows = work.clocks()
    pausing = any(each.pauses for each in declared) and not work.is_fresh
    pauses = list(work.case.pauses.all()) if pausing else []
    by_code = {each.code: each for each in declared}
    for clock in rows:
        if clock.stopped_at is None:
            _stop_or_redate(clock, by_code.get(clock.code), moments, pauses, work, changes)
    if work.verb == "redo":
        _take_up_again(rows, by_code, work, changes, pauses)
    for clock in rows:
        if (clock.code, clock.round) in work.gone_on:
            _continue(clock, pauses, changes, work.step)
    starting = [each for each in declared if each.starts & moments and not _redo_only(each, work)]
    _start(starting, rows, pauses, work, changes)
    return changes


def _touching(declared: Sequence[ClockDef]) -> frozenset[str]:
    """Moments that can touch a clock at all; a note or a claim asks the clocks nothing."""
    named = [each.starts | each.stops for each in declared]
    return REDATES.union({"close", "redo"}, *named)


def _redo_only(declared: ClockDef, work: Work) -> bool:
    """On a redo, what a clock does is its declaration's word, not its starting moment's."""
    return work.verb == "redo" and "redo" not in declared.starts


def _stop_or_redate(
    clock: Clock,
    declared: ClockDef | None,
    moments: frozenset[str],
    pauses: Sequence[Pause],
    work: Work,
    changes: Changes,
) -> None:
    reasons = (declared.stops if declared else frozenset()) | {"close"}
    hit = sorted(reasons & moments) or [work.ended[key] for key in [clock.step_id] if key in work.ended]
    extensions = list(clock.extensions.all())
    if hit:
        _stop(clock, hit[0], pauses, extensions, work, changes)
        return
    if REDATES & moments and redate(clock, pauses, extensions):
        clock.save(update_fields=["due_at", "provisional"])
        changes.dated.append((clock, work.verb))
        changes.touched.append(clock)


def _stop(
    clock: Clock,
    reason: str,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    work: Work,
    changes: Changes,
) -> None:
    at = max(work.clocks_stop_at, clock.started_at)
    account = reckoning(clock, pauses, extensions)
    # What stops the clock may have ended a pause as well.
    redate(clock, pauses, extensions)
    clock.stopped_at = at
    clock.stopped_by = reason
    clock.used = int(account.used_seconds(at))
    # The due moment itself is still in time.
    clock.late = clock.due_at is not None and at > clock.due_at
    clock.save(update_fields=["due_at", "provisional", "stopped_at", "stopped_by", "used", "late"])
    changes.touched.append(clock)
    changes.params.setdefault("stopped", []).append(
        place_of(clock) | {"at": at.isoformat(), "by": reason, "calendar": clock.calendar_version}
    )


def _take_up_again(
    rows: list[Clock], by_code: dict[str, ClockDef], work: Work, changes: Changes, pauses: Sequence[Pause]
) -> None:
    latest = {clock.code: clock for clock in sorted(rows, key=lambda clock: clock.round)}
    for code, clock in latest.items():
        declared = by_code.get(code)
        if declared is None or (declared.step is not None and declared.step not in work.reopened):
            continue
        if declared.on_redo == "continue" and clock.stopped_at is not None:
            _continue(clock, pauses, changes)
        elif declared.on_redo in {"restart", "new_term"}:
            limit = declared.redo_limit if declared.on_redo == "new_term" else None
            _start([declared], rows, pauses, work, changes, limit_code=limit)


def _continue(clock: Clock, pauses: Sequence[Pause], changes: Changes, step: Step | None = None) -> None:
    """Run on as if it had never stopped, by today's calendar: what was closed kept its own meanwhile. Of a
    clock that goes on with the next round of its step, that is its step from now on."""
    if step is not None and clock.step_id is not None:
        clock.step = step
    clock.stopped_at, clock.used, clock.late, clock.stopped_by = None, None, None, ""
    clock.calendar_version = current_version()
    if redate(clock, pauses, list(clock.extensions.all())):
        changes.dated.append((clock, "redo"))
    clock.save()
    changes.touched.append(clock)
    facts = place_of(clock) | {"calendar": clock.calendar_version, "step": clock.step_id}
    changes.params.setdefault("continued", []).append(facts)


def _start(
    declared: Sequence[ClockDef],
    rows: list[Clock],
    pauses: Sequence[Pause],
    work: Work,
    changes: Changes,
    limit_code: str | None = None,
) -> None:
    if not declared:
        return
    limits = limits_for(work.case, work.effective_at)
    fresh: list[Clock] = []
    for each in declared:
        limit = limits.get(limit_code or each.limit_code)
        if limit is None:
            if each.optional:
                continue
            raise DeskError(
                "no-limit", _("No limit is set for “%(clock)s” on this day.") % {"clock": each.label}
            )
        clock = _new_clock(each, limit, rows, work)
        redate(clock, pauses, [])
        rows.append(clock)
        fresh.append(clock)
    Clock.objects.bulk_create(fresh)
    changes.dated += [(clock, "start") for clock in fresh]
    changes.touched += fresh
    changes.fresh.update(clock.pk for clock in fresh)
    changes.params.setdefault("started", []).extend(started(clock) for clock in fresh)


def _new_clock(declared: ClockDef, limit: Limit, rows: list[Clock], work: Work) -> Clock:
    step = None
    if declared.step is not None:
        step = next((each for each in reversed(work.steps) if each.code == declared.step), None)
    office = work.case.office
    if declared.office == STEP and step is not None:
        office = step.office
    elif declared.office not in {HANDLING, STEP}:
        office = office_of(declared.office, work.case)
    return Clock(
        case=work.case,
        step=step,
        code=declared.code,
        round=1 + sum(1 for clock in rows if clock.code == declared.code),
        label=in_every_language(declared.label),
        basis=limit.basis,
        office=office,
        term=limit.term,
        unit=limit.unit,
        rolls=limit.rolls,
        ends=limit.ends,
        pausable=sorted(declared.pauses),
        public=declared.public,
        started_at=work.effective_at,
        calendar_version=work.calendar_version,
    )


def office_of(code: str, case: Case) -> Office:
    """The office a declaration means by `code`: the one the case is with, or the one of that code."""
    if code in {HANDLING, case.office.code}:
        return case.office
    return Office.objects.get(code=code)


def place_of(clock: Clock) -> dict[str, Any]:
    return {"code": clock.code, "round": clock.round}


def started(clock: Clock) -> dict[str, Any]:
    """What an event keeps of a clock's start: enough to compute its date again without the clock's row."""
    return {
        **place_of(clock),
        "at": clock.started_at.isoformat(),
        "office": clock.office_id,
        "term": clock.term,
        "unit": clock.unit,
        "rolls": clock.rolls,
        "ends": clock.ends,
        "pausable": clock.pausable,
        "step": clock.step_id,
        "calendar": clock.calendar_version,
    }


def promise(changes: Changes, event: Event, work: Work) -> None:
    """Enter each new public date into the promise ledger and plan the next alarm of each clock touched."""
    Promise.objects.bulk_create(
        Promise(clock=clock, due_at=clock.due_at, why=why, event=event, told_at=work.at, how="portal")
        for clock, why in changes.dated
        if clock.public
    )
    alarms.plan_many(changes.touched, work.at, changes.fresh)
