"""Every stored date again from the event log alone: what the nightly check and `replay_clocks` compare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from servicedesk.clock import Pause as Stop
from servicedesk.clock import Reckoning, Term
from servicedesk.desk.calendars import calendar_of
from servicedesk.desk.models import Case, Clock, Event

CHUNK = 500
Key = tuple[str, int]


@dataclass
class Replayed:
    """One clock as its events tell it."""

    facts: dict[str, Any]
    more: list[int] = field(default_factory=list)
    stopped: datetime | None = None
    due: datetime | None = None
    used: int | None = None
    late: bool | None = None

    def account(self, pauses: list[dict[str, Any]]) -> Reckoning:
        facts = self.facts
        unit, rolls, ends = facts["unit"], facts["rolls"], facts["ends"]
        return Reckoning(
            calendar_of(facts["office"], facts["calendar"]),
            _moment(facts["at"]),
            Term(facts["term"], unit, rolls, ends),
            tuple(self._stops(pauses)),
            tuple(Term(term, unit, rolls, ends) for term in self.more),
        )

    def _stops(self, pauses: list[dict[str, Any]]) -> Iterator[Stop]:
        for pause in pauses:
            if pause["category"] in self.facts["pausable"] and pause["step"] in (None, self.facts["step"]):
                until = pause["until"] or pause["planned_until"]
                yield Stop(_moment(pause["since"]), _moment(until) if until else None)


class Ledger:
    """The clocks and pauses of one case, folded from its events in the order they were recorded."""

    def __init__(self) -> None:
        self.clocks: dict[Key, Replayed] = {}
        self.pauses: dict[int, dict[str, Any]] = {}

    def fold(self, event: Event) -> None:
        params = event.params
        for row in params.get("pauses", []):
            self.pauses[row["id"]] = row
        for each in params.get("extensions", []):
            self.clocks[each["code"], each["round"]].more.append(each["term"])
        for each in params.get("stopped", []):
            self._stop(self.clocks[each["code"], each["round"]], each)
        for each in params.get("continued", []):
            clock = self.clocks[each["code"], each["round"]]
            clock.stopped, clock.facts["calendar"] = None, each["calendar"]
            clock.facts["step"] = each.get("step", clock.facts["step"])
        for facts in params.get("started", []):
            self.clocks[facts["code"], facts["round"]] = Replayed(facts)
        for each in params.get("redated", []):
            self.clocks[each["code"], each["round"]].facts["calendar"] = each["calendar"]

    def _stop(self, clock: Replayed, facts: dict[str, Any]) -> None:
        clock.facts["calendar"] = facts["calendar"]
        account, at = clock.account(list(self.pauses.values())), _moment(facts["at"])
        clock.stopped, clock.due, clock.used = at, account.due(), int(account.used_seconds(at))
        clock.late = clock.due is not None and at > clock.due

    def due(self, key: Key) -> datetime | None:
        clock = self.clocks[key]
        if clock.stopped is not None:
            return clock.due
        return clock.account(list(self.pauses.values())).due()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def differences() -> Iterator[str]:
    """Yield one line for each stored date that differs from what the event log gives. Nothing is written."""
    cases = Case.objects.exclude(clocks=None).order_by("pk").distinct()
    events = Event.objects.only("case", "seq", "params").order_by("seq")
    loaded = cases.prefetch_related(Prefetch("events", events), "clocks")
    for case in loaded.iterator(chunk_size=CHUNK):
        yield from _of_case(case)


def _of_case(case: Case) -> Iterator[str]:
    ledger = Ledger()
    for event in case.events.all():
        ledger.fold(event)
    for clock in case.clocks.all():
        yield from _of_clock(clock, ledger, str(case))
    for code, number in ledger.clocks.keys() - {(clock.code, clock.round) for clock in case.clocks.all()}:
        yield f"{case} {code}/{number}: the log started this clock, but it is gone"


def _of_clock(clock: Clock, ledger: Ledger, name: str) -> Iterator[str]:
    key = (clock.code, clock.round)
    told = ledger.clocks.get(key)
    if told is None:
        yield f"{name} {clock.code}/{clock.round}: no event started this clock"
        return
    over = told.stopped is not None
    if not over:
        # A calendar that moved nothing left no event: it gives the same date, or the row is wrong.
        told.facts["calendar"] = max(told.facts["calendar"], clock.calendar_version)
    for what, stored, replayed in (
        ("calendar", clock.calendar_version, told.facts["calendar"]),
        ("due", clock.due_at, ledger.due(key)),
        ("stopped", clock.stopped_at, told.stopped),
        ("used", clock.used, told.used if over else None),
        ("late", clock.late, told.late if over else None),
    ):
        if stored != replayed:
            yield f"{name} {clock.code}/{clock.round}: {what} is {stored}, the log says {replayed}"
