"""The clock again, walked day by day with plain datetimes: slow, naive, and sharing nothing with the engine.

Rules come as functions, pauses as pairs; every day is looked at, every segment cut by hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE = timedelta(days=1)
NOTHING = timedelta()
Span = tuple[datetime, datetime]
Pairs = list[tuple[datetime, datetime | None]]


@dataclass
class Walk:
    """`hours(day)` gives the office hours of a date in minutes after midnight, none for a day off."""

    hours: Callable[[date], list[tuple[int, int]]]
    zone: ZoneInfo

    def instant(self, day: date, minutes: int) -> datetime:
        wall = datetime.combine(day, time()) + timedelta(minutes=minutes)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def close(self, day: date) -> datetime:
        segments = self.hours(day)
        return self.instant(day, segments[-1][1] if segments else 1440)

    def spans(self, day: date) -> Iterator[Span]:
        for begin, end in self.hours(day):
            yield self.instant(day, begin), self.instant(day, end)

    def local(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    # Minutes: collect the pieces of open time that no pause covers, until there are enough.

    def open_pieces(self, start: datetime, pauses: Pairs) -> Iterator[Span]:
        day = self.local(start)
        while True:
            for begin, end in self.spans(day):
                yield from cut([(max(begin, start.astimezone(UTC)), end)], pauses)
            day += ONE

    def due_minutes(self, start: datetime, minutes: int, pauses: Pairs) -> datetime:
        left = timedelta(minutes=minutes)
        for begin, end in self.open_pieces(start, pauses):
            if end - begin >= left:
                return begin + left
            left -= end - begin
        raise AssertionError

    def elapsed(self, start: datetime, until: datetime, pauses: Pairs) -> timedelta:
        spent, day = NOTHING, self.local(start)
        while day <= self.local(until):
            for begin, end in self.spans(day):
                whole = [(max(begin, start.astimezone(UTC)), min(end, until.astimezone(UTC)))]
                spent += sum((last - first for first, last in cut(whole, pauses)), NOTHING)
            day += ONE
        return spent

    # Days: look at one date after another.

    def lost(self, day: date, pauses: Pairs) -> bool:
        close = self.close(day)
        return any(
            since.astimezone(UTC) < close and (until is None or close < until.astimezone(UTC))
            for since, until in pauses
        )

    def due_days(
        self, start: datetime, days: int, pauses: Pairs, working: bool, rolls: bool, ends: str
    ) -> datetime:
        day, left = self.local(start), days
        while left:
            day += ONE
            if (self.hours(day) or not working) and not self.lost(day, pauses):
                left -= 1
        if not working and rolls and not self.hours(day):
            while not self.hours(day) or self.lost(day, pauses):
                day += ONE
        return self.instant(day, 1440) if ends == "midnight" else self.close(day)

    def counted(self, start: datetime, until: datetime, pauses: Pairs, working: bool) -> int:
        """Dates that count and have closed by the moment."""
        found, day = 0, self.local(start) + ONE
        while self.close(day) <= until.astimezone(UTC):
            found += bool((self.hours(day) or not working) and not self.lost(day, pauses))
            day += ONE
        return found


def cut(pieces: list[Span], pauses: Pairs) -> list[Span]:
    """What the pauses leave of the pieces."""
    for since, until in pauses:
        left = []
        for begin, end in pieces:
            stop = end if until is None else until.astimezone(UTC)
            left += [(begin, min(end, since.astimezone(UTC))), (max(begin, stop), end)]
        pieces = [(begin, end) for begin, end in left if begin < end]
    return [(begin, end) for begin, end in pieces if begin < end]


def months_later(day: date, months: int) -> date:
    """By trying: the same number in the month, or else the largest that exists."""
    month = day.month + months
    year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
    for number in range(day.day, 0, -1):
        try:
            return date(year, month, number)
        except ValueError:
            continue
    raise AssertionError
