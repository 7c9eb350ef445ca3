"""A clock's one pending alarm: its next rung. The database is the schedule; `ringing` does the ringing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Max, prefetch_related_objects

from servicedesk.desk.ladder import Ladders
from servicedesk.desk.models import Alarm, AlarmRule, Clock
from servicedesk.desk.storing import change, store

SPOKEN = (Alarm.Fate.TOLD, Alarm.Fate.SUPERSEDED)
Rung = tuple[AlarmRule, datetime]
MOVED = {
    "rule_id": "int",
    "rung": "int",
    "rings_at": "datetime",
    "attempts": "int",
    "next_try_at": "datetime",
    "last_error": "str",
}


def plan(clock: Clock, at: datetime) -> None:
    """Keep exactly one pending alarm for a clock that runs towards a due moment, else none.

    Called inside the verb's transaction, after the clock was stopped, dated or re-dated and saved."""
    plan_many([clock], at)


def plan_many(clocks: Iterable[Clock], at: datetime, fresh: Collection[int] = ()) -> None:
    """`plan` for any number of clocks in a fixed number of queries. The caller holds their cases' locks;
    `fresh` are keys of clocks that were made just now and have no alarm to be asked about."""
    every = list(clocks)
    if not every:
        return
    known = [clock for clock in every if clock.pk not in fresh]
    alarms = Alarm.objects.filter(clock__in=known, settled_at=None) if known else ()
    pending = {alarm.clock_id: alarm for alarm in alarms}
    wanted = _next_rungs([clock for clock in every if may_speak(clock)], at, fresh)
    changes = Changes()
    for clock in every:
        changes.note(clock, pending.get(clock.pk), wanted.get(clock.pk))
    changes.write(at)


def may_speak(clock: Clock) -> bool:
    """A stopped clock is silent, and so is one without a due moment: it stands still."""
    return clock.stopped_at is None and clock.due_at is not None


def settled_rungs(clocks: Iterable[Clock]) -> dict[int, int]:
    """Highest rung already told or superseded of each clock: a ladder is only climbed."""
    spoken = Alarm.objects.filter(clock__in=list(clocks), fate__in=SPOKEN)
    return dict(spoken.order_by().values_list("clock").annotate(Max("rung")))


def _next_rungs(clocks: list[Clock], at: datetime, fresh: Collection[int]) -> dict[int, Rung]:
    if not clocks:
        return {}
    prefetch_related_objects(clocks, "case")
    known = [clock for clock in clocks if clock.pk not in fresh]
    ladders, settled = Ladders(at, clocks), settled_rungs(known) if known else {}
    above = {clock.pk: ladders.above(clock, settled.get(clock.pk, 0)) for clock in clocks}
    return {pk: rung for pk, rungs in above.items() if (rung := next(rungs, None))}


class Changes:
    """What has to be written so that every pending alarm is the right one."""

    def __init__(self) -> None:
        self.void: list[Alarm] = []
        self.moved: list[Alarm] = []
        self.made: list[Alarm] = []

    def note(self, clock: Clock, pending: Alarm | None, rung: Rung | None) -> None:
        if pending is None and rung is not None:
            self.made.append(pending_alarm(clock, rung))
        elif pending is not None and rung is None:
            self.void.append(pending)
        elif pending is not None and rung is not None:
            self._move(pending, *rung)

    def _move(self, alarm: Alarm, rule: AlarmRule, moment: datetime) -> None:
        if (alarm.rule_id, alarm.rung, alarm.rings_at) == (rule.pk, rule.rung, moment):
            return
        alarm.rule, alarm.rung, alarm.rings_at = rule, rule.rung, moment
        alarm.attempts, alarm.next_try_at, alarm.last_error = 0, None, ""
        self.moved.append(alarm)

    def write(self, at: datetime) -> None:
        if self.void:
            settle(self.void, Alarm.Fate.VOID, at)
        if self.moved:
            _move(self.moved)
        if self.made:
            store(Alarm, self.made)


def _move(alarms: list[Alarm]) -> None:
    rows = [(each.rule_id, each.rung, each.rings_at, 0, None, "", each.pk) for each in alarms]
    change("desk_alarm", MOVED, rows, unset="settled_at")


def pending_alarm(clock: Clock, rung: Rung) -> Alarm:
    rule, moment = rung
    return Alarm(clock=clock, rule=rule, rung=rule.rung, rings_at=moment)


def settle(alarms: list[Alarm], fate: str, at: datetime) -> int:
    """Settle those of the alarms that are still pending and return how many were."""
    mine = Alarm.objects.filter(settled_at=None, pk__in=[alarm.pk for alarm in alarms])
    return mine.update(settled_at=at, fate=fate)
