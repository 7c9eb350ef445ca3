"""The working-day calendar: which dates the office works, and when it opens and closes."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, lru_cache

from servicedesk.clock.errors import ClockError
from servicedesk.clock.hours import DEFAULT_HOURS, Hours, Segments, dated
from servicedesk.clock.index import Index
from servicedesk.clock.instants import (
    DAYS,
    FIRST_DAY,
    LAST_DAY,
    MINUTE,
    Zone,
    index_of,
    to_micros,
    zone_named,
)
from servicedesk.clock.statutory import SOURCE, statutory_days

SATURDAY = 5
WEEKEND = frozenset({5, 6})


@dataclass(frozen=True)
class DayFact:
    """What a notice says of one date. An empty name makes it ordinary again: `works` as its weekday says."""

    works: bool
    name: str
    source: str


@dataclass(frozen=True)
class Day:
    """One date as the calendar sees it; `kind` is working, weekend, holiday or closed (no hours that day).

    `name` and `source` cite the notice or the law behind a holiday or a make-up day (调休); `provisional`
    says that no notice for the year has come out yet. `opening` is None where there are no hours, `close` is
    then the midnight that ends the day.
    """

    date: date
    kind: str
    name: str
    source: str
    provisional: bool
    opening: datetime | None
    close: datetime

    @property
    def works(self) -> bool:
        return self.kind == "working"


@dataclass(frozen=True, eq=False)
class WorkCalendar:
    """Days and dated office hours in one time zone, 2000-2060; immutable, its index built once and lazily.

    `known` are the first and last year with a notice: outside them the statutory days of law are off and
    everything is provisional. `known=None` knows of no notices and no provisional years. On weekdays in
    `weekend` the office works only if a fact says so, whatever the hours. Raises ClockError, for a calendar
    without any working day as soon as its index is needed.
    """

    days: Mapping[date, DayFact]
    hours: Hours | Sequence[Hours] = DEFAULT_HOURS
    zone: str = "Asia/Shanghai"
    known: tuple[int, int] | None = None
    version: int | None = None
    weekend: frozenset[int] = WEEKEND

    def __post_init__(self) -> None:
        object.__setattr__(self, "hours", dated(self.hours))
        object.__setattr__(self, "days", dict(self.days))
        if self.known is not None and self.known[0] > self.known[1]:
            raise ClockError("bad-years")

    def __getstate__(self) -> dict[str, object]:
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}

    @cached_property
    def zone_table(self) -> Zone:
        return zone_named(self.zone)

    @cached_property
    def facts(self) -> dict[int, DayFact]:
        """What notices, and law for the years without one, say of single dates."""
        facts = {} if self.known is None else dict(_facts_of_law(*self.known))
        for day, fact in self.days.items():
            facts[index_of(day)] = fact
        return facts

    @cached_property
    def index(self) -> Index:
        kinds: list[Segments] = [()]
        plans = array("H", bytes(2 * DAYS))
        for hours, first, last in self._reigns:
            week = [() if day in self.weekend else hours.of(day) for day in range(7)]
            numbers = [_number(kinds, segments) for segments in week]
            pattern = [numbers[weekday_of(first + offset)] for offset in range(7)]
            plans[first:last] = array("H", (pattern * ((last - first) // 7 + 1))[: last - first])
        for day, fact in self.facts.items():
            plans[day] = _number(kinds, self._segments_by_fact(day, fact))
        return Index(self.zone_table, kinds, plans)

    @cached_property
    def _reigns(self) -> list[tuple[Hours, int, int]]:
        """Each set of hours with the first day it rules and the day after its last."""
        sets = dated(self.hours)
        begins = [0, *(_clamped(each.valid_from) for each in sets[1:])]
        return list(zip(sets, begins, [*begins[1:], DAYS], strict=True))

    def _hours_on(self, day: int) -> Hours:
        return next(hours for hours, first, _ in reversed(self._reigns) if first <= day)

    def _segments_by_fact(self, day: int, fact: DayFact) -> Segments:
        if not fact.works:
            return ()
        hours, weekday = self._hours_on(day), weekday_of(day)
        ordinary = not fact.name and weekday not in self.weekend
        return hours.of(weekday) if ordinary else hours.made_up(weekday)

    def is_working(self, day: date) -> bool:
        return self.index.works(index_of(day))

    def is_provisional(self, day: date) -> bool:
        return self.known is not None and not self.known[0] <= day.year <= self.known[1]

    def opening(self, day: date) -> datetime | None:
        """When the office opens that day, or None if it does not."""
        index = index_of(day)
        spans = self.index.spans(index)
        return self._moment(self.index.starts[index] + spans[0][0]) if spans else None

    def close(self, day: date) -> datetime:
        """When the office closes that day; the midnight that ends it if it does not open."""
        return self._moment(self.index.close(index_of(day)))

    def office_minutes(self, day: date) -> float:
        """Minutes of office time that day; half a working day is half of them."""
        spans = self.index.spans(index_of(day))
        return sum(end - begin for begin, end in spans) / MINUTE

    def is_open(self, at: datetime) -> bool:
        return self.next_open(at) == at

    def next_open(self, at: datetime) -> datetime:
        """The moment itself if the office is open then (at closing it no longer is), or its next opening."""
        return self._moment(self.index.last_at(self.index.worked(to_micros(at))))

    def _moment(self, micros: int) -> datetime:
        return self.zone_table.moment(micros)

    def kind(self, index: int) -> str:
        """Kind of the date at that place: working, weekend, holiday or closed."""
        if self.index.works(index):
            return "working"
        fact = self.facts.get(index)
        weekend = weekday_of(index) >= SATURDAY
        if fact is not None and not fact.works and (fact.name or not weekend):
            return "holiday"
        return "weekend" if weekend else "closed"

    def day(self, day: date) -> Day:
        """Everything the calendar knows of one date. Raises ClockError outside 2000-2060."""
        index = index_of(day)
        kind = self.kind(index)
        fact = self.facts.get(index) if kind in ("working", "holiday") else None
        return Day(
            date=day,
            kind=kind,
            name=fact.name if fact else "",
            source=fact.source if fact and fact.name else "",
            provisional=self.is_provisional(day),
            opening=self.opening(day),
            close=self.close(day),
        )


@lru_cache(maxsize=32)
def _facts_of_law(first: int, last: int) -> dict[int, DayFact]:
    """The statutory days off before the first and after the last year with a notice."""
    return {
        index_of(day): DayFact(works=False, name=name, source=SOURCE)
        for year in range(FIRST_DAY.year, LAST_DAY.year + 1)
        if not first <= year <= last
        for day, name in statutory_days(year).items()
    }


def weekday_of(index: int) -> int:
    """0 is Monday; the tables begin on a Saturday."""
    return (index + FIRST_DAY.weekday()) % 7


def _clamped(day: date | None) -> int:
    return 0 if day is None else min(max(day.toordinal() - FIRST_DAY.toordinal(), 0), DAYS)


def _number(kinds: list[Segments], segments: Segments) -> int:
    if segments not in kinds:
        kinds.append(segments)
    return kinds.index(segments)
