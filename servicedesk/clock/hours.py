"""Office hours: dated weeks of segments in minutes after midnight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType

from servicedesk.clock.errors import ClockError

Segment = tuple[int, int]
Segments = tuple[Segment, ...]
MONDAY = 0
FULL_DAY = 1440


@dataclass(frozen=True)
class Hours:
    """The office hours of a week, valid from a date until a later set replaces the whole of it.

    `week` maps weekdays (0 is Monday) to segments in minutes after midnight, up to 1440; a weekday that is
    missing is closed. `valid_from=None` has always been valid. Raises ClockError.
    """

    valid_from: date | None
    week: Mapping[int, Segments]

    def __post_init__(self) -> None:
        week = {}
        for weekday, segments in self.week.items():
            if isinstance(weekday, bool) or not isinstance(weekday, int) or not 0 <= weekday <= 6:
                raise ClockError("bad-weekday", weekday=weekday)
            if checked := _checked(segments):
                week[weekday] = checked
        if not week:
            raise ClockError("no-hours")
        object.__setattr__(self, "week", MappingProxyType(week))

    def __hash__(self) -> int:
        return hash((self.valid_from, frozenset(self.week.items())))

    def __reduce__(self) -> tuple[object, ...]:
        return Hours, (self.valid_from, dict(self.week))

    def of(self, weekday: int) -> Segments:
        return self.week.get(weekday, ())

    def made_up(self, weekday: int) -> Segments:
        """Segments of a day switched on (调休): its own, or Monday's where that weekday has none."""
        return self.of(weekday) or self.of(MONDAY)


def _checked(segments: Sequence[Segment]) -> Segments:
    """The segments in order. Raises ClockError if one is no stretch of a day, or two overlap."""
    for begin, end in segments:
        if not 0 <= begin < end <= FULL_DAY:
            raise ClockError("bad-segment", segment=f"{clock_face(begin)}-{clock_face(end)}")
    ordered = tuple(sorted((begin, end) for begin, end in segments))
    for (_, end), (begin, _) in pairwise(ordered):
        if begin < end:
            raise ClockError("segments-overlap", at=clock_face(begin))
    return ordered


def clock_face(minutes: int) -> str:
    """`570` as `09:30`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def dated(hours: Hours | Sequence[Hours]) -> tuple[Hours, ...]:
    """The sets by date; the first also holds before it. Raises ClockError for none, or two of one date."""
    sets = (hours,) if isinstance(hours, Hours) else tuple(hours)
    if not sets:
        raise ClockError("no-hours")
    ordered = tuple(sorted(sets, key=lambda each: each.valid_from or date.min))
    dates = [each.valid_from or date.min for each in ordered]
    if len(set(dates)) < len(dates):
        raise ClockError("hours-twice")
    return ordered


def weekdays(segments: Sequence[Segment]) -> Hours:
    """The same hours from Monday to Friday, always valid."""
    return Hours(None, dict.fromkeys(range(5), tuple(segments)))


# The usual hours of a government office; an office with others has dated rows of its own.
DEFAULT_HOURS = weekdays(((540, 720), (810, 1020)))
