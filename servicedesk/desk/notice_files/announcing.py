"""From rows and words to one notice: what was typed wins over what the file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from servicedesk.clock import Notice, NoticeDay
from servicedesk.desk.models import CalendarNotice
from servicedesk.desk.notice_files.reading import NoticeFile, Row, date_in, heading
from servicedesk.desk.notice_files.refusals import NoticeRefused

# How long the words of a notice may be, as its table has them.
WORDS = {"title": 160, "number": 80, "source": 200}


@dataclass(frozen=True)
class Announced:
    """A notice as somebody is about to enter it; `given` names what was said and not filled in for them."""

    year: int
    title: str
    number: str
    source: str
    published_on: date
    rows: tuple[Row, ...]
    given: frozenset[str] = field(default_factory=frozenset)

    def row(self) -> CalendarNotice:
        """The notice as an unsaved row."""
        return CalendarNotice(
            year=self.year,
            title=self.title,
            number=self.number,
            source=self.source,
            published_on=self.published_on,
        )

    def counted(self, version: int) -> Notice:
        """The notice as the clock package reads it."""
        days = tuple(NoticeDay(row.day, row.works, row.name) for row in self.rows)
        return Notice(version, self.year, self.published_on, self.source, self.title, days)

    def days(self) -> set[tuple[date, bool, str]]:
        return {(row.day, row.works, row.name) for row in self.rows}


def announced(file: NoticeFile, typed: Mapping[str, Any], *, name: str, today: date) -> Announced:
    """The notice in a file called `name`, with what was `typed` (title, number, source, published, year).

    Raises NoticeRefused for a year or day of publication that is none, and for words that are too long."""
    said = file.facts | {key: str(value).strip() for key, value in typed.items() if value not in (None, "")}
    faults: list[str] = []
    year, published = _year(said, file, faults), _published(said, today, faults)
    for word, most in WORDS.items():
        if len(said.get(word, "")) > most:
            told = {"name": heading(word), "most": most}
            faults.append(_("%(name)s is longer than %(most)s characters.") % told)
    if faults or year is None or published is None:
        raise NoticeRefused(faults)
    return Announced(
        year=year,
        # The city's own words, in the language of its records.
        title=said.get("title") or f"{year}年节假日安排",
        number=said.get("number", ""),
        source=said.get("source") or name[-200:],
        published_on=published,
        rows=tuple(sorted(file.rows, key=lambda row: row.day)),
        given=frozenset(said),
    )


def _year(said: Mapping[str, str], file: NoticeFile, faults: list[str]) -> int | None:
    """The year that was said, else the one most days of the file lie in."""
    text = said.get("year", "").removesuffix("年")
    if text:
        if text.isdecimal() and len(text) == 4:
            return int(text)
        faults.append(_("“%(text)s” is not a year.") % {"text": text[:40]})
        return None
    years = Counter(row.day.year for row in file.rows).most_common(2)
    if len(years) > 1 and years[0][1] == years[1][1]:
        faults.append(_("Say which year the notice is for: its days lie in two years alike."))
        return None
    return years[0][0]


def _published(said: Mapping[str, str], today: date, faults: list[str]) -> date | None:
    text = said.get("published", "")
    day = date_in(text) if text else today
    if day is None:
        faults.append(_("“%(text)s” is not a day of publication; write 2026-11-04.") % {"text": text[:40]})
    elif day > today:
        faults.append(_("The notice cannot have been published after today."))
    return day
