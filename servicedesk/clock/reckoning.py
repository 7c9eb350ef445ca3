"""The reckoning: from start, term, pauses and calendar to the due moment. Pure, and never a walk.

Counting happens in positions. For minutes a position is office time; for days it is the number of days that
have closed. A pause takes the positions between its ends out of the count, so each costs two bisections.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import inf

from servicedesk.clock.errors import ClockError
from servicedesk.clock.instants import MINUTE, day_at, index_of, to_micros, whole
from servicedesk.clock.lazy import lazy
from servicedesk.clock.pauses import Stop, Stretch, merged, stops
from servicedesk.clock.statement import Row, rows
from servicedesk.clock.terms import (
    CALENDAR_DAYS,
    MIDNIGHT,
    MONTHS,
    WORKING_DAYS,
    WORKING_MINUTES,
    Pause,
    Term,
    add_months,
)
from servicedesk.clock.workdays import WorkCalendar


@dataclass(frozen=True, eq=False)
class Reckoning:
    """One clock: a term that runs from `start`, lengthened by extensions and stopped by pauses.

    An extension has the unit of the term, adds to it, and commutes with pauses. Raises ClockError.
    """

    calendar: WorkCalendar
    start: datetime
    term: Term
    pauses: Sequence[Pause] = ()
    extensions: Sequence[Term] = ()

    def __post_init__(self) -> None:
        for extension in self.extensions:
            if extension.unit != self.term.unit:
                raise ClockError("extension-unit", extension=extension.unit, term=self.term.unit)

    # What the question says, in instants and places.

    @lazy
    def begin(self) -> int:
        return to_micros(self.start)

    @lazy
    def day_zero(self) -> int:
        """Place of the local date of the start, at whatever hour (民法典 201: it is not counted)."""
        return self.calendar.zone_table.locate(self.begin)

    @lazy
    def amount(self) -> int:
        return self.term.amount + sum(extension.amount for extension in self.extensions)

    @lazy
    def stops(self) -> list[Stop]:
        return stops(self.pauses)

    @lazy
    def standing(self) -> Stop | None:
        """The open-ended pause, if there is one."""
        return self.stops[-1] if self.stops and self.stops[-1].end == inf else None

    @lazy
    def stretches(self) -> list[Stretch]:
        """The standstills that end; without one that runs into the open-ended pause."""
        ended = merged(self.stops)
        return ended[:-1] if self._runs_on(ended) else ended

    @lazy
    def still_since(self) -> float:
        """Since when the clock stands still for good; infinite if it does not."""
        if self.standing is None:
            return inf
        ended = merged(self.stops)
        return ended[-1][0] if self._runs_on(ended) else self.standing.begin

    def _runs_on(self, ended: list[Stretch]) -> bool:
        return bool(ended) and self.standing is not None and ended[-1][1] == self.standing.begin

    # Positions.

    @property
    def in_minutes(self) -> bool:
        return self.term.unit == WORKING_MINUTES

    @lazy
    def total(self) -> int:
        """The term in positions: microseconds of office time, working days, or dates (民法典 202)."""
        if self.in_minutes:
            return self.amount * MINUTE
        if self.term.unit in (WORKING_DAYS, CALENDAR_DAYS):
            return self.amount
        months = self.amount if self.term.unit == MONTHS else self.amount * 12
        zero = day_at(self.day_zero)
        return index_of(add_months(zero, months)) - self.day_zero

    @lazy
    def origin(self) -> int:
        """The position from which counting starts: nothing before it has any effect."""
        if self.in_minutes:
            return self.calendar.index.worked(self.begin)
        first_day = self.day_zero + 1
        return self.calendar.index.rank(first_day) if self.term.unit == WORKING_DAYS else first_day

    def position(self, instant: int, *, or_at: bool = True) -> int:
        """Position reached at the instant; a day is passed at its close (`or_at=False`: only after it)."""
        index = self.calendar.index
        if self.in_minutes:
            return index.worked(instant)
        if self.term.unit == WORKING_DAYS:
            return index.closed_working_days(instant, or_at=or_at)
        return index.closed_days(instant, or_at=or_at)

    def lost(self, stretch: Stretch) -> tuple[int, int]:
        """The positions a pause takes out: its office time, or the days that close strictly inside it."""
        return self.position(stretch[0]), self.position(stretch[1], or_at=False)

    # Answers.

    def due(self) -> datetime | None:
        """The moment the term ends, or None while an open-ended pause that began before it still runs."""
        return None if self.paused else self.calendar.zone_table.moment(self.end)

    @lazy
    def paused(self) -> bool:
        return self.still_since < self.end

    @lazy
    def end(self) -> int:
        """The due moment in microseconds, as if no open-ended pause ran."""
        if self.in_minutes:
            return self.calendar.index.first_at(self._last_position())
        return self._end_of(self.last_day)

    def _end_of(self, day: int) -> int:
        if self.term.ends == MIDNIGHT:
            return self.calendar.index.starts[day + 1]
        return self.calendar.index.close(day)

    def _last_position(self) -> int:
        """Where the term is used up: `total` positions after the origin, pauses taken out."""
        goal = self.origin + self.total
        for stretch in self.stretches:
            begin, end = self.lost(stretch)
            begin = max(begin, self.origin)
            if begin >= goal:
                break
            goal += max(end - begin, 0)
        return goal

    @lazy
    def last_counted(self) -> int:
        """Place of the last date counted, before any rolling."""
        last = self._last_position() - 1
        return self.calendar.index.working_day(last) if self.term.unit == WORKING_DAYS else last

    @lazy
    def last_day(self) -> int:
        """Place of the date on which a term in days, months or years ends."""
        index = self.calendar.index
        # A term cannot outlast the tables; `day_at` of a place beyond them would not be refused.
        if self.last_counted >= len(index.starts) - 1:
            raise ClockError("out-of-range")
        if not self.term.rolls or index.works(self.last_counted):
            return self.last_counted
        return self._rolled(self.last_counted)

    def _rolled(self, day: int) -> int:
        """The next working day (民法典 203); one that a pause takes out cannot be the last day either."""
        index = self.calendar.index
        rank = index.rank(day)
        for begin, end in self.stretches:
            if begin < index.close(index.working_day(rank)) < end:
                rank = index.closed_working_days(end, or_at=False)
        return index.working_day(rank)

    def remaining(self, at: datetime | None = None) -> float:
        """What is left of the term at that moment: minutes, perhaps with a fraction, or whole days (also for
        months and years). Without a moment: while the clock stands still, or 0 once it has a due moment.
        """
        if at is None and not self.paused:
            return 0
        used = self._used(to_micros(at) if at is not None else inf)
        left = max(self.total - used, 0)
        return whole(left / MINUTE) if self.in_minutes else left

    def _used(self, instant: float) -> int:
        """Positions counted up to the instant, or to the standing pause if that comes first."""
        instant = min(instant, self.still_since)
        if instant <= self.begin:
            return 0
        return self._counted_until(int(instant))

    def _counted_until(self, instant: int) -> int:
        reached = self.position(instant)
        used = reached - self.origin
        for stretch in self.stretches:
            begin, end = self.lost(stretch)
            used -= max(min(end, reached) - max(begin, self.origin), 0)
        return max(used, 0)

    def used_seconds(self, at: datetime) -> int:
        """Whole seconds of office time since the start, less pauses, whatever the unit."""
        return int(office_micros(self.calendar, self.begin, to_micros(at), self.stops) // 1_000_000)

    def statement(self, until: datetime | None = None) -> list[Row]:
        """The clock statement from the start to the due moment, or to `until` with late time as its own row.

        Without `until` a pause that still runs is the last row, and has no end.
        """
        return rows(self, until)

    @property
    def provisional(self) -> bool:
        """Whether any date between start and end lies in a year whose notice has not come out."""
        if self.paused and self.standing is not None:
            last = self.calendar.zone_table.locate(max(self.standing.begin, self.begin))
        else:
            last = self.calendar.zone_table.locate(self.end - 1)
        return touches_provisional(self.calendar, day_at(self.day_zero), day_at(last))


def touches_provisional(calendar: WorkCalendar, first: date, last: date) -> bool:
    """Whether the dates from `first` to `last` touch a year without a notice."""
    return calendar.is_provisional(first) or calendar.is_provisional(last)


def office_micros(calendar: WorkCalendar, begin: int, end: int, found: Sequence[Stop]) -> int:
    """Office time between two instants less the stops, in microseconds; 0 if the end comes first."""
    worked = calendar.index.worked
    if end <= begin:
        return 0
    spent = worked(end) - worked(begin)
    for stop in found:
        first, last = max(stop.begin, begin), int(min(stop.end, end))
        if first < last:
            spent -= worked(last) - worked(first)
    return spent


def elapsed_seconds(
    calendar: WorkCalendar, since: datetime, until: datetime, pauses: Sequence[Pause] = ()
) -> float:
    """Seconds of office time between two moments, less pauses; an int unless there is a fraction.

    Raises ClockError if `until` comes before `since`.
    """
    begin, end = to_micros(since), to_micros(until)
    if end < begin:
        raise ClockError("until-before-start")
    return whole(office_micros(calendar, begin, end, stops(pauses)) / 1_000_000)
