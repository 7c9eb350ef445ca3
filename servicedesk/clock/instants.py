"""Instants as whole microseconds since 1970 (UTC), and the first instant of every local date.

Counting in UTC keeps elapsed time true when a zone changes its clocks. Local times that do not exist or exist
twice are read with fold 0, which moves a time in a gap forward by the gap's length.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from servicedesk.clock.errors import ClockError, shown

FIRST_DAY = date(2000, 1, 1)
LAST_DAY = date(2060, 12, 31)
FIRST_ORDINAL = FIRST_DAY.toordinal()
DAYS = LAST_DAY.toordinal() - FIRST_ORDINAL + 1
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970. Raises ClockError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ClockError("naive-time")
    span = moment - EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def index_of(day: date) -> int:
    """The day's place in the calendar's tables, 2000-01-01 being 0. Raises ClockError outside 2000-2060."""
    index = day.toordinal() - FIRST_ORDINAL
    if not 0 <= index < DAYS:
        raise ClockError("out-of-range")
    return index


def day_at(index: int) -> date:
    return date.fromordinal(FIRST_ORDINAL + index)


def whole(number: float) -> float:
    """`120.0` as the int 120; a true fraction as it is."""
    return int(number) if number == int(number) else number


class Zone:
    """A time zone with the first instant of each of its local dates, 2000-2060."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.info = _zone_info(name)
        self.starts = self._day_starts()
        # The days on which the clocks change: the only ones whose hours are no fixed distance from midnight.
        self.odd_days = [i for i in range(DAYS) if self.starts[i + 1] - self.starts[i] != DAY]

    def _day_starts(self) -> list[int]:
        starts = []
        for ordinal in range(FIRST_ORDINAL, FIRST_ORDINAL + DAYS + 1):
            midnight = datetime.combine(date.fromordinal(ordinal), time(), self.info)
            starts.append(to_micros(midnight))
        return starts

    def locate(self, micros: int) -> int:
        """Index of the local date that holds the instant. Raises ClockError outside 2000-2060."""
        index = bisect_right(self.starts, micros) - 1
        if not 0 <= index < DAYS:
            raise ClockError("out-of-range")
        return index

    def moment(self, micros: int) -> datetime:
        return (EPOCH + timedelta(microseconds=micros)).astimezone(self.info)

    def wall(self, index: int, minutes: int) -> int:
        """The instant at which the wall clock of that date shows `minutes` after midnight."""
        midnight = datetime.combine(day_at(index), time())
        return to_micros((midnight + timedelta(minutes=minutes)).replace(tzinfo=self.info))


@lru_cache(maxsize=64)
def zone_named(name: str) -> Zone:
    """The zone of that IANA name. Raises ClockError for a name nobody knows."""
    return Zone(name)


def _zone_info(name: str) -> ZoneInfo:
    if name != "Asia/Shanghai" and name not in _zone_names():
        raise ClockError("unknown-zone", zone=shown(name))
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _zone_names() -> set[str]:
    return available_timezones()
