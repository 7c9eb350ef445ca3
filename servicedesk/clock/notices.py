"""The State Council's notices on days off and make-up days, and their fold into calendar versions."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from servicedesk.clock.errors import ClockError
from servicedesk.clock.hours import DEFAULT_HOURS, Hours
from servicedesk.clock.statutory import DATA
from servicedesk.clock.workdays import DayFact, WorkCalendar


class NoticeDayLike(Protocol):
    """One day of a notice. An empty name makes the day ordinary again: `works` as its weekday says."""

    @property
    def day(self) -> date: ...
    @property
    def works(self) -> bool: ...
    @property
    def name(self) -> str: ...


class NoticeLike(Protocol):
    """A notice as `fold` reads it: a row of ours, or whatever the engine loads from its tables."""

    @property
    def version(self) -> int: ...
    @property
    def year(self) -> int: ...
    @property
    def source(self) -> str: ...
    @property
    def days(self) -> Iterable[NoticeDayLike]: ...


@dataclass(frozen=True)
class NoticeDay:
    day: date
    works: bool
    name: str


@dataclass(frozen=True)
class Notice:
    """One official document: the year it is for, where it was published, and the days it sets."""

    version: int
    year: int
    published_on: date
    source: str
    title: str
    days: tuple[NoticeDay, ...]


@lru_cache(maxsize=1)
def official_rows() -> tuple[Notice, ...]:
    """Every notice for 2018-2026 by version, which is the order of publication, corrections included."""
    days: dict[int, list[NoticeDay]] = {}
    for row in _rows("days.csv"):
        day = NoticeDay(date.fromisoformat(row["day"]), row["status"] == "work", row["name"])
        days.setdefault(int(row["version"]), []).append(day)
    return tuple(
        Notice(
            version=int(row["version"]),
            year=int(row["year"]),
            published_on=date.fromisoformat(row["published_on"]),
            source=row["source"],
            title=row["title"],
            days=tuple(days[int(row["version"])]),
        )
        for row in _rows("notices.csv")
    )


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_force(notices: Iterable[NoticeLike], version: int | None = None) -> list[NoticeLike]:
    """The notices up to that version, oldest first. Raises ClockError if there is none."""
    known = sorted(notices, key=lambda notice: notice.version)
    chosen = [notice for notice in known if version is None or notice.version <= version]
    if not chosen:
        raise ClockError("unknown-version", version=version)
    return chosen


def fold(notices: Iterable[NoticeLike], version: int | None = None) -> dict[date, DayFact]:
    """What the notices up to that version say of each day; the later notice wins."""
    facts = {}
    for notice in in_force(notices, version):
        for each in notice.days:
            facts[each.day] = DayFact(each.works, each.name, notice.source)
    return facts


def noticed_years(notices: Iterable[NoticeLike], version: int | None = None) -> tuple[int, int]:
    """First and last year that a notice up to that version is for; outside them dates are provisional."""
    years = [notice.year for notice in in_force(notices, version)]
    return min(years), max(years)


def calendar_of(
    notices: Sequence[NoticeLike],
    version: int | None = None,
    hours: Hours | Sequence[Hours] = DEFAULT_HOURS,
    zone: str = "Asia/Shanghai",
) -> WorkCalendar:
    """The calendar of that version (the newest if None). Raises ClockError for a version nobody issued."""
    newest = max((notice.version for notice in notices), default=0)
    if version is not None and not 1 <= version <= newest:
        raise ClockError("unknown-version", version=version)
    return WorkCalendar(
        days=fold(notices, version),
        hours=hours,
        zone=zone,
        known=noticed_years(notices, version),
        version=newest if version is None else version,
    )


@lru_cache(maxsize=32)
def official_calendar(version: int | None = None) -> WorkCalendar:
    """The shipped calendar with the usual office hours, built once for each version."""
    return calendar_of(official_rows(), version)
