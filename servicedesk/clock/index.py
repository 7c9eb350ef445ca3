"""Working days as an index: what a date costs does not depend on the length of the term.

Every local date has a *plan*, the office hours in force on it (plan 0: none). From the plans follow the
sorted list of working days and the running total of office time: counting is a bisection and an addition.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, compress

from servicedesk.clock.errors import ClockError
from servicedesk.clock.hours import Segments
from servicedesk.clock.instants import DAYS, MINUTE, Zone

Spans = tuple[tuple[int, int], ...]


class Index:
    """Positions in office time, in microseconds, and positions among the working days.

    `segments_by_day` gives each date's office hours in minutes after midnight. Raises ClockError if no date
    has any, and from every method for an instant or a result outside 2000-2060.
    """

    def __init__(self, zone: Zone, kinds: Sequence[Segments], plan_of_day: "array[int]") -> None:
        self.zone = zone
        self.starts = zone.starts
        self._spans: list[Spans] = [_in_micros(segments) for segments in kinds]
        self._plans = plan_of_day
        self._fit_odd_days(kinds)
        lengths = [sum(end - begin for begin, end in spans) for spans in self._spans]
        self._totals = array("q", accumulate(map(lengths.__getitem__, self._plans), initial=0))
        self.working = array("i", compress(range(DAYS), self._plans))
        if not self.working:
            raise ClockError("no-working-days")

    def _fit_odd_days(self, kinds: Sequence[Segments]) -> None:
        """Measure the hours of days on which the clocks change by the wall clock of that day."""
        for day in self.zone.odd_days:
            if not self._plans[day]:
                continue
            spans = _by_wall_clock(self.zone, day, kinds[self._plans[day]])
            if not spans:
                self._plans[day] = 0
            elif spans not in self._spans:
                self._spans.append(spans)
            if spans:
                self._plans[day] = self._spans.index(spans)

    def spans(self, day: int) -> Spans:
        """Office hours of the day in microseconds after its first instant."""
        return self._spans[self._plans[day]]

    def works(self, day: int) -> bool:
        return self._plans[day] != 0

    def close(self, day: int) -> int:
        """The instant the office closes on that day; on a day without office hours, its midnight end."""
        spans = self._spans[self._plans[day]]
        return self.starts[day] + spans[-1][1] if spans else self.starts[day + 1]

    def worked(self, instant: int) -> int:
        """Office time from the first day of the tables until the instant."""
        day = self.zone.locate(instant)
        total = self._totals[day]
        since_midnight = instant - self.starts[day]
        for begin, end in self._spans[self._plans[day]]:
            if since_midnight <= begin:
                break
            total += (end if since_midnight > end else since_midnight) - begin
        return total

    def first_at(self, worked: int) -> int:
        """The first instant at which that much office time has passed: a closing rather than an opening."""
        day = bisect_left(self._totals, worked) - 1
        if not 0 <= day < DAYS:
            raise ClockError("out-of-range")
        left = worked - self._totals[day]
        for begin, end in self.spans(day):
            if left <= end - begin:
                return self.starts[day] + begin + left
            left -= end - begin
        raise AssertionError("The running totals disagree with the day's hours.")

    def last_at(self, worked: int) -> int:
        """The last instant at which no more office time has passed: an opening rather than a closing."""
        day = bisect_right(self._totals, worked) - 1
        if not 0 <= day < DAYS or worked < 0:
            raise ClockError("out-of-range")
        left = worked - self._totals[day]
        for begin, end in self.spans(day):
            if left < end - begin:
                return self.starts[day] + begin + left
            left -= end - begin
        raise AssertionError("The running totals disagree with the day's hours.")

    def rank(self, day: int) -> int:
        """How many working days lie before that day."""
        return bisect_left(self.working, day)

    def working_day(self, rank: int) -> int:
        """The working day of that rank. Raises ClockError beyond 2000-2060."""
        if not 0 <= rank < len(self.working):
            raise ClockError("out-of-range")
        return self.working[rank]

    def closed_days(self, instant: int, *, or_at: bool) -> int:
        """How many dates have closed before the instant (`or_at`: or at it)."""
        day = self.zone.locate(instant)
        close = self.close(day)
        if close < instant or (or_at and close == instant):
            return day + 1
        # A date may close at its midnight end, which is the first instant of the next.
        while not or_at and instant == self.starts[day] and day and self.close(day - 1) == instant:
            day -= 1
        return day

    def closed_working_days(self, instant: int, *, or_at: bool) -> int:
        """How many working days have closed before the instant (`or_at`: or at it)."""
        return bisect_left(self.working, self.closed_days(instant, or_at=or_at))


def _in_micros(segments: Segments) -> Spans:
    return tuple((begin * MINUTE, end * MINUTE) for begin, end in segments)


def _by_wall_clock(zone: Zone, day: int, segments: Segments) -> Spans:
    """The segments as instants of a day with a clock change, never outside it and never twice."""
    start, end_of_day = zone.starts[day], zone.starts[day + 1]
    spans: list[tuple[int, int]] = []
    reached = start
    for begin, end in segments:
        opens = max(zone.wall(day, begin), reached)
        reached = max(min(zone.wall(day, end), end_of_day), reached)
        if opens < reached:
            spans.append((opens - start, reached - start))
    return tuple(spans)
