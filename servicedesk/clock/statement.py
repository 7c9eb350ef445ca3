"""The clock statement (办件时钟账单): every second from the start to the end, row by row.

Rows touch, do not overlap, and sum to the time that passed; their units and what remains sum to the term.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from servicedesk.clock.instants import MINUTE, to_micros, whole
from servicedesk.clock.lazy import lazy
from servicedesk.clock.pauses import Stop
from servicedesk.clock.statutory import SOURCE
from servicedesk.clock.terms import WORKING_DAYS
from servicedesk.clock.workdays import WorkCalendar

if TYPE_CHECKING:
    from servicedesk.clock.reckoning import Reckoning

COUNTED, OUTSIDE, LUNCH = "counted", "outside", "lunch"
WEEKEND, HOLIDAY, CLOSED = "weekend", "holiday", "closed"
PAUSE, NOT_STARTED, LATE = "pause", "not_started", "late"

# code -> English text, in the JSON lines; the web layers translate by the code.
TEXTS = {
    "counted": "",
    "make-up": "Make-up working day: {name} ({source}).",
    "switched-on": "Working day: {name}.",
    "day-running": "This day has not closed yet.",
    "last-day": "The last day moved on to this working day (民法典 203).",
    "outside": "Outside office hours.",
    "lunch": "Break between office hours.",
    "weekend": "Weekend.",
    "holiday": "{name} ({source}).",
    "holiday-provisional": "{name} ({source}); no notice for this year yet.",
    "day-off": "Day off: {name}.",
    "closed": "No office hours on this day.",
    "pause": "{reason}",
    "not-started": "The day of the event is not counted (民法典 201).",
    "late": "After the due moment.",
}


@dataclass(frozen=True)
class Reason:
    """Why a row is what it is: a stable code and parameters to translate, and the English text."""

    code: str
    params: dict[str, str] = field(default_factory=dict)

    @lazy
    def text(self) -> str:
        return TEXTS[self.code].format(**self.params)


# The reasons that need no parameters.
BARE = {code: Reason(code) for code, text in TEXTS.items() if "{" not in text}


class Row(NamedTuple):
    """One stretch of the statement. `end` is None only for a pause that still runs.

    `units` are minutes in minute terms, and otherwise days; `category` is the pause's.
    """

    start: datetime
    end: datetime | None
    kind: str
    units: float
    reason: Reason
    category: str = ""

    @property
    def seconds(self) -> float | None:
        """Real time that passed, summer time or not; None while the pause runs."""
        if self.end is None:
            return None
        return whole((to_micros(self.end) - to_micros(self.start)) / 1_000_000)


class Piece(NamedTuple):
    """A row still in microseconds."""

    begin: int
    end: float
    kind: str
    reason: Reason
    units: float = 0
    category: str = ""


def rows(reckoning: "Reckoning", until: datetime | None = None) -> list[Row]:
    """The statement up to a moment, or to the due moment, or with a standing pause as its open last row."""
    limit = inf if until is None else to_micros(until)
    pieces = [piece for piece in _pieces(reckoning, limit) if piece.end > piece.begin or piece.units]
    moment = reckoning.calendar.zone_table.moment
    found, begin = [], moment(pieces[0].begin) if pieces else None
    for piece in pieces:
        end = None if piece.end == inf else moment(int(piece.end))
        assert begin is not None
        found.append(Row(begin, end, piece.kind, piece.units, piece.reason, piece.category))
        begin = end
    return found


def _pieces(reckoning: "Reckoning", limit: float) -> Iterator[Piece]:
    """Time that ran, then a standing pause or, after the due moment, lateness."""
    ran_until = _standing_since(reckoning) if reckoning.paused else reckoning.end
    end = int(min(ran_until, limit))
    if end > reckoning.begin:
        yield from (_minutes if reckoning.in_minutes else _days)(reckoning, end)
    if limit <= ran_until:
        return
    if reckoning.paused:
        assert reckoning.standing is not None
        yield _pause_piece(reckoning.standing, ran_until, limit)
    elif limit < inf:
        yield Piece(ran_until, limit, LATE, BARE["late"])


def _standing_since(reckoning: "Reckoning") -> int:
    assert reckoning.standing is not None
    return max(reckoning.standing.begin, reckoning.begin)


def _pause_piece(stop: Stop, begin: int, end: float) -> Piece:
    reason = Reason("pause", {"reason": stop.pause.reason})
    return Piece(begin, end, PAUSE, reason, category=stop.pause.category)


# Minute terms: the day's hours, cut by the pauses, neighbours of one kind joined.


def _minutes(reckoning: "Reckoning", end: int) -> Iterator[Piece]:
    current: Piece | None = None
    for piece in _with_pauses(reckoning, _office_pieces(reckoning.calendar, reckoning.begin, end)):
        if current is not None and _alike(current, piece):
            current = Piece(current.begin, piece.end, piece.kind, piece.reason, category=piece.category)
            continue
        if current is not None:
            yield _measured(current)
        current = piece
    if current is not None:
        yield _measured(current)


def _alike(one: Piece, other: Piece) -> bool:
    return (one.kind, one.reason, one.category) == (other.kind, other.reason, other.category)


def _measured(piece: Piece) -> Piece:
    if piece.kind != COUNTED:
        return piece
    return Piece(piece.begin, piece.end, COUNTED, piece.reason, whole((piece.end - piece.begin) / MINUTE))


def _office_pieces(calendar: WorkCalendar, begin: int, end: int) -> Iterator[Piece]:
    """From `begin` to `end` by office hours alone."""
    index, zone = calendar.index, calendar.zone_table
    for day in range(zone.locate(begin), zone.locate(end - 1) + 1):
        for first, last, kind, reason in _hours_of(calendar, day):
            first, last = max(index.starts[day] + first, begin), min(index.starts[day] + last, end)
            if first < last:
                yield Piece(first, last, kind, reason)


def _hours_of(calendar: WorkCalendar, day: int) -> Iterator[tuple[int, int, str, Reason]]:
    length = calendar.index.starts[day + 1] - calendar.index.starts[day]
    kind, reason = day_reason(calendar, day)
    if kind != COUNTED:
        yield 0, length, kind, reason
        return
    reached, gap = 0, OUTSIDE
    for begin, end in calendar.index.spans(day):
        yield reached, begin, gap, BARE[gap]
        yield begin, end, COUNTED, reason
        reached, gap = end, LUNCH
    yield reached, length, OUTSIDE, BARE[OUTSIDE]


def _with_pauses(reckoning: "Reckoning", pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The pieces with the time of each pause cut out and told as that pause."""
    found = [stop for stop in reckoning.stops if stop is not reckoning.standing]
    for piece in pieces:
        begin = piece.begin
        while found and found[0].end <= begin:
            found.pop(0)
        for stop in found:
            if stop.begin >= piece.end or begin >= piece.end:
                break
            if stop.begin > begin:
                yield Piece(begin, stop.begin, piece.kind, piece.reason)
            begin_of_stop = max(stop.begin, begin)
            begin = int(min(stop.end, piece.end))
            yield _pause_piece(stop, begin_of_stop, begin)
        if begin < piece.end:
            yield Piece(begin, piece.end, piece.kind, piece.reason)


# Terms in days, months and years: whole local dates, cut at the start and at the end.


def _days(reckoning: "Reckoning", end: int) -> Iterator[Piece]:
    calendar, starts = reckoning.calendar, reckoning.calendar.index.starts
    zero = reckoning.day_zero
    yield Piece(reckoning.begin, min(end, starts[zero + 1]), NOT_STARTED, BARE["not-started"])
    stills = _standstills(reckoning)
    for day in range(zero + 1, calendar.zone_table.locate(end - 1) + 1):
        begin, last = starts[day], min(starts[day + 1], end)
        stop = _stop_at_close(reckoning, day, stills) if stills else None
        if stop is not None:
            yield _pause_piece(stop, begin, last)
            continue
        kind, reason = day_reason(calendar, day)
        counts = kind == COUNTED or reckoning.term.unit != WORKING_DAYS
        units = int(counts and day <= reckoning.last_counted and calendar.index.close(day) <= end)
        if kind == COUNTED and not units:
            reason = BARE["last-day" if day > reckoning.last_counted else "day-running"]
        yield Piece(begin, last, kind, reason, units)


def _stop_at_close(reckoning: "Reckoning", day: int, stills: Sequence[tuple[float, float]]) -> Stop | None:
    """The pause that takes the date out: the clock stands still at its close, not only from or until then."""
    index = reckoning.calendar.index
    if reckoning.term.unit == WORKING_DAYS and not index.works(day):
        return None
    close = index.close(day)
    if not any(begin < close < end for begin, end in stills):
        return None
    return next(stop for stop in reckoning.stops if stop.begin <= close <= stop.end)


def _standstills(reckoning: "Reckoning") -> list[tuple[float, float]]:
    ended: list[tuple[float, float]] = list(reckoning.stretches)
    return [*ended, (reckoning.still_since, inf)] if reckoning.paused else ended


def day_reason(calendar: WorkCalendar, day: int) -> tuple[str, Reason]:
    """What the calendar makes of a date, and why: the holiday or make-up day named, its notice cited."""
    kind = calendar.kind(day)
    fact = calendar.facts.get(day)
    if kind == "working":
        if fact is None or not fact.name:
            return COUNTED, BARE[COUNTED]
        return COUNTED, Reason("make-up" if fact.source else "switched-on", _cited(fact.name, fact.source))
    if kind != HOLIDAY or fact is None:
        return kind, BARE[kind]
    return HOLIDAY, Reason(_holiday_code(fact.source), _cited(fact.name, fact.source))


def _cited(name: str, source: str) -> dict[str, str]:
    return {"name": name, "source": source}


def _holiday_code(source: str) -> str:
    if not source:
        return "day-off"
    return "holiday-provisional" if source == SOURCE else "holiday"
