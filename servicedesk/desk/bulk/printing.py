"""Printing cases: a script and the moments of a case give its lines, table by table."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from servicedesk.clock.instants import EPOCH
from servicedesk.desk.actions.working import half_day
from servicedesk.desk.alarms import pending_alarm
from servicedesk.desk.bulk.dates import Dates, text_of
from servicedesk.desk.bulk.declaring import Values
from servicedesk.desk.bulk.script import NULL, Model, Script, escaped
from servicedesk.desk.finding import value_of
from servicedesk.desk.ladder import Ladders, is_due
from servicedesk.desk.models import Alarm, CaseWords, Clock, Event
from servicedesk.desk.numbers import SECRET_ALPHABET, SECRET_LENGTH
from servicedesk.desk.trail import GENESIS


@dataclass(frozen=True)
class Matter:
    """One case to be printed: how far its story went, when, and what it is about."""

    script: Script
    moments: Sequence[int]
    worked: Sequence[int]
    values: Values
    # Keys of the offices the clocks name: "" is the centre.
    offices: dict[str, int]
    number: str


@dataclass
class Sheet:
    """Lines by table, and the numbers given in each year."""

    lines: dict[Model, list[str]] = field(default_factory=lambda: defaultdict(list))
    alarms: list[Alarm] = field(default_factory=list)
    numbers: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


class Press:
    def __init__(self, at: datetime, floor: int, rng: Random) -> None:
        self.at, self.floor, self.rng = at, floor, rng
        self.dates, self.ladders = Dates(), Ladders(at)

    def print(self, matter: Matter, keys: dict[Model, int], sheet: Sheet) -> None:
        """Append the lines of one case; `keys` are the next free keys by table and are counted on."""
        script, moments = matter.script, matter.moments
        values: dict[str, Any] = dict(matter.values)
        for model, names in script.keys.items():
            first = keys[model]
            keys[model] = first + len(names)
            values.update(zip(names, range(first, first + len(names)), strict=True))
        for place in range(len(moments)):
            values[f"m{place}"] = text_of(moments[place])
        for place in script.halves:
            values[f"h{place}"] = half_day(_moment(moments[place]))
        draw = self.rng.getrandbits
        values["number"], values["secret"] = matter.number, self._secret()
        values["key0"], values["fingerprint"] = _uuid(draw(128)), f"{draw(256):064x}"
        dues = self._clocks(matter, values)
        self._events(script, moments, values, sheet.lines[Event])
        for model, pattern in script.blocks:
            sheet.lines[model].append(pattern % values)
        found = value_of(*(part % values for part in script.sought))
        words = f"{escaped(found['text'])}\t{escaped(found['grams'])}"
        sheet.lines[CaseWords].append(f"{values['case_0']}\t{words}\n")
        if script.is_open:
            self._alarms(matter, dues, values, sheet)

    def _secret(self) -> str:
        return "".join(self.rng.choices(SECRET_ALPHABET, k=SECRET_LENGTH))

    def _clocks(self, matter: Matter, values: dict[str, Any]) -> list[int | None]:
        script, moments, worked = matter.script, matter.moments, matter.worked
        dues: list[int | None] = []
        for number, plan in enumerate(script.clocks):
            office = matter.offices[plan.office]
            due, provisional = self.dates.due(plan, script.place, office, moments, worked)
            dues.append(due)
            name = f"clock_{number}"
            values[name + "due"] = text_of(due) if due is not None else NULL
            values[name + "provisional"] = "t" if provisional else "f"
            if plan.stop is not None:
                values[name + "used"] = self.dates.used(plan, office, moments, worked)
                values[name + "late"] = "t" if due is not None and moments[plan.stop] > due else "f"
        for number, (clock, place) in enumerate(script.promises):
            plan = script.clocks[clock]
            told = values[f"clock_{clock}due"]
            if plan.pauses or plan.extensions:
                then, _ = self.dates.due(plan, place, matter.offices[plan.office], moments, worked)
                told = text_of(then) if then is not None else NULL
            values[f"promise_{number}due"] = told
        return dues

    def _events(
        self, script: Script, moments: Sequence[int], values: dict[str, Any], lines: list[str]
    ) -> None:
        sha256, draw, floor = hashlib.sha256, self.rng.getrandbits, self.floor
        values["chain"], values["previous"] = f"case:{values['case_0']}", GENESIS
        for event in script.events:
            moment, salt = moments[event.place], f"{draw(128):032x}"
            at = values[f"m{event.place}"] if moment >= floor else text_of(floor)
            values["at"] = values[f"a{event.place}"] = at
            values["salt"], values["click"] = salt, _uuid(draw(128))
            words = f"{salt}\0{event.title % values}\0{event.body % values}"
            values["seal"] = sha256(words.encode()).hexdigest()
            digest = sha256((event.facts % values).encode()).hexdigest()
            values["digest"] = values["previous"] = digest
            lines.append(event.row % values)

    def _alarms(self, matter: Matter, dues: list[int | None], values: dict[str, Any], sheet: Sheet) -> None:
        """Of running clocks: rungs whose moment is over are superseded, the next one is pending."""
        last = values[f"event_{len(matter.script.events) - 1}"]
        for number, plan in enumerate(matter.script.clocks):
            due = dues[number]
            if plan.stop is not None or due is None:
                continue
            clock = Clock(
                pk=values[f"clock_{number}"],
                case=matter.script.case,
                code=plan.row.code,
                unit=plan.row.unit,
                office_id=matter.offices[plan.office],
                started_at=_moment(matter.moments[plan.start]),
                due_at=_moment(due),
                calendar_version=self.dates.version,
            )
            for rung in self.ladders.above(clock, 0):
                alarm = pending_alarm(clock, rung)
                sheet.alarms.append(alarm)
                if not is_due(*rung, self.at):
                    break
                alarm.fate, alarm.settled_at, alarm.event_id = Alarm.Fate.SUPERSEDED, self.at, last


def _uuid(number: int) -> str:
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _moment(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
