"""When a bundle is done, from its graph: pure, without a row. Every part ends when its own terms have run out
after the last of what it waits for; the whole ends with the last part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from servicedesk.clock import Reckoning, Term, WorkCalendar

NEXT = Term(1, "working_minutes")


@dataclass(frozen=True)
class Part:
    """One part of a bundle. `terms` are what it may still take, one after the other, under `calendar`.

    `ended` is when it ended well; `under_way` until when what runs of it is promised, where anything runs;
    `is_cut` says that it was refused or withdrawn, so that what waits for it never begins."""

    code: str
    calendar: WorkCalendar
    terms: tuple[Term, ...] = ()
    after: tuple[str, ...] = ()
    ended: datetime | None = None
    under_way: datetime | None = None
    is_cut: bool = False
    # Whether it is known how long it may take at all.
    is_timed: bool = True


@dataclass(frozen=True)
class Forecast:
    """Until when each part is done, as far as that is known; `at` is the end of the whole, None where nothing
    is left or where nobody knows. `critical` are the parts that end any later only with the whole."""

    ends: dict[str, datetime] = field(default_factory=dict)
    begins: dict[str, datetime] = field(default_factory=dict)
    at: datetime | None = None
    critical: frozenset[str] = frozenset()
    provisional: bool = False


def forecast(parts: Iterable[Part], at: datetime) -> Forecast:
    """The dates as they stand at the moment `at`: what has not begun begins then at the earliest, what is
    late ends in the next minute of office at the earliest. Parts come in any order; a circle has no end."""
    alive = {part.code: part for part in living(parts)}
    ends: dict[str, datetime] = {}
    begins: dict[str, datetime] = {}
    provisional: set[str] = set()
    waiting = dict(alive)
    while waiting:
        ready = [part for part in waiting.values() if not waiting.keys() & set(part.after)]
        if not ready:
            break
        for part in ready:
            del waiting[part.code]
            before = [ends.get(code) for code in part.after if code in alive]
            if part.ended is None and (not part.is_timed or None in before):
                continue
            begins[part.code] = max([at, *(end for end in before if end is not None)])
            ends[part.code], maybe = _end(part, begins[part.code], at)
            provisional |= {part.code} if maybe else set()
    open_ = [code for code, part in alive.items() if part.ended is None]
    if not open_ or any(code not in ends for code in open_):
        return Forecast(ends, begins)
    last = max(ends[code] for code in open_)
    critical = _critical(alive, ends, {code for code in open_ if ends[code] == last})
    return Forecast(ends, begins, last, critical, bool(provisional & critical))


def living(parts: Iterable[Part]) -> list[Part]:
    """The parts that still count: not those that were cut off, nor what waits for one of them."""
    every = list(parts)
    cut = {part.code for part in every if part.is_cut}
    while more := {part.code for part in every if part.ended is None and cut & set(part.after)} - cut:
        cut |= more
    return [part for part in every if part.code not in cut]


def _end(part: Part, begin: datetime, at: datetime) -> tuple[datetime, bool]:
    """When the part ends, and whether the calendar behind that is provisional."""
    if part.ended is not None:
        return part.ended, False
    if part.under_way is None:
        return run(part.calendar, begin, part.terms)
    if part.under_way >= at:
        return run(part.calendar, part.under_way, part.terms)
    # What is late ends in the next minute that the office is open.
    return run(part.calendar, at, (NEXT, *part.terms))


def run(calendar: WorkCalendar, start: datetime, terms: Sequence[Term]) -> tuple[datetime, bool]:
    """The end of terms that run one after the other, and whether a provisional year is among them."""
    provisional = False
    for term in terms:
        reckoning = Reckoning(calendar, start, term)
        start = reckoning.due() or start
        provisional = provisional or reckoning.provisional
    return start, provisional


def _critical(alive: dict[str, Part], ends: dict[str, datetime], last: set[str]) -> frozenset[str]:
    """The parts that end last, and backwards whatever each of them waits for the longest."""
    found, todo = set(last), list(last)
    while todo:
        part = alive[todo.pop()]
        if part.ended is not None or part.under_way is not None:
            continue
        before = [code for code in part.after if code in ends]
        latest = max((ends[code] for code in before), default=None)
        fresh = {code for code in before if ends[code] == latest} - found
        found |= fresh
        todo += fresh
    return frozenset(found)
