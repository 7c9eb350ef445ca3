"""A csv or xlsx file as the rows of a notice. Nothing is asked of the database here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils.translation import gettext as _

from servicedesk.desk import sheets
from servicedesk.desk.notice_files.refusals import NoticeRefused
from servicedesk.desk.sheets import SheetError, plain

MOST_BYTES = 1024 * 1024
MOST_UNPACKED = 20 * MOST_BYTES
# Every day of a year and the edges of its neighbours.
MOST_ROWS = 430
# column: the headings that mean it.
HEADINGS = {
    "day": ("日期", "date"),
    "works": ("班休", "休班", "status"),
    "name": ("名称", "节日", "节假日"),
    "year": ("年份", "年度", "notice_year"),
    "number": ("文号",),
    "title": ("标题",),
    "source": ("来源",),
    "published": ("发布日期", "published_on"),
}
NEEDED = ("day", "works", "name")
WORKING = frozenset({"班", "上班", "work", "works", "working", "1", "true"})
OFF = frozenset({"休", "休息", "放假", "off", "0", "false"})
# Text that spreadsheet programs run; a notice has none.
RUN = ("=", "+", "-", "@")
DATE = re.compile(r"(\d{4})(?:(\d{2})(\d{2})|[-/.年](\d{1,2})[-/.月](\d{1,2})日?)(?: 00:00:00)?")
NAME_LENGTH = 40
CELLS = (str, int, float, date, time)


@dataclass(frozen=True)
class Row:
    """One day as a row of the file has it. Without a name it is ordinary again."""

    number: int
    day: date
    works: bool
    name: str


@dataclass
class NoticeFile:
    """The days of a file, and what it says of the notice itself."""

    rows: list[Row] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)


def read(data: bytes) -> NoticeFile:
    """The notice in the bytes of a file. Raises NoticeRefused, and nothing else, with all that is wrong."""
    if len(data) > MOST_BYTES:
        raise NoticeRefused([_("The file is larger than a calendar notice can be.")])
    try:
        headers, lines = sheets.grid(_rows(data), MOST_ROWS)
    except SheetError as error:
        raise NoticeRefused([str(error)]) from error
    columns, faults, found = _columns(headers), list[str](), NoticeFile()
    given: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(lines, 2):
        if not any(map(plain, line)):
            continue
        cells = dict(zip(columns, line, strict=True))
        wrong = [*_formulas(number, cells), *_gathered(number, cells, given)]
        faults += wrong
        if not wrong:
            _take(number, cells, found, faults)
    if faults:
        raise NoticeRefused(faults)
    found.facts = {name: text for name, (text, _number) in given.items()}
    return found


def _rows(data: bytes) -> Iterator[Any]:
    if data.startswith(sheets.ARCHIVE):
        return sheets.xlsx_rows(data, formulas=True, most=MOST_UNPACKED)
    return sheets.csv_rows(data)


def _columns(headers: list[str]) -> list[str]:
    meant = {word: name for name, words in HEADINGS.items() for word in (name, *words)}
    faults = [
        _("The column “%(name)s” is not known.") % {"name": header[:40]}
        for header in headers
        if header.lower() not in meant
    ]
    columns = [meant.get(header.lower(), "") for header in headers]
    known = [name for name in columns if name]
    faults += [
        _("The column “%(name)s” stands there twice.") % {"name": heading(name)} for name in _twice(known)
    ]
    faults += [
        _("The column “%(name)s” is missing.") % {"name": heading(name)}
        for name in NEEDED
        if name not in known
    ]
    if faults:
        raise NoticeRefused(faults)
    return columns


def heading(name: str) -> str:
    return f"{HEADINGS[name][0]} / {name}"


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _formulas(number: int, cells: dict[str, Any]) -> Iterator[str]:
    for name, value in cells.items():
        odd = value is not None and not isinstance(value, CELLS)
        if odd or (isinstance(value, str) and value.strip().startswith(RUN)):
            told = {"row": number, "name": heading(name)}
            yield _("Row %(row)s, %(name)s: this is a formula; put the value itself there.") % told


def _gathered(number: int, cells: dict[str, Any], given: dict[str, tuple[str, int]]) -> Iterator[str]:
    """Gather what a row says of the notice itself; one file holds one notice."""
    for name in cells.keys() - set(NEEDED):
        text = _text(cells[name])
        if not text:
            continue
        before, row = given.setdefault(name, (text, number))
        if before != text:
            told = {"row": number, "name": heading(name), "before": row}
            yield _("Row %(row)s, %(name)s: not what row %(before)s says; a file holds one notice.") % told


def _take(number: int, cells: dict[str, Any], found: NoticeFile, faults: list[str]) -> None:
    day, works, name = date_in(cells["day"]), _works(cells["works"]), _text(cells["name"])
    told = {"row": number, "text": _text(cells["day"])[:40]}
    if day is None:
        faults.append(_("Row %(row)s: “%(text)s” is not a date; write 2027-01-31.") % told)
    if works is None:
        told["text"] = _text(cells["works"])[:40]
        faults.append(_("Row %(row)s: “%(text)s” says neither 休 (off) nor 班 (work).") % told)
    if len(name) > NAME_LENGTH:
        faults.append(
            _("Row %(row)s: the name is longer than %(most)s characters.") % {**told, "most": NAME_LENGTH}
        )
    if day is not None and works is not None:
        found.rows.append(Row(number, day, works, name))


def _text(value: Any) -> str:
    return " ".join(unicodedata.normalize("NFC", plain(value)).split())


def _works(value: Any) -> bool | None:
    word = unicodedata.normalize("NFKC", _text(value)).lower()
    return True if word in WORKING else False if word in OFF else None


def date_in(value: Any) -> date | None:
    """The date in a cell, or None where there is none: a time of day or a bare number is no date."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else None
    if isinstance(value, date):
        return value
    match = DATE.fullmatch(unicodedata.normalize("NFKC", _text(value)))
    if match is None:
        return None
    year, *parts = (int(part) for part in match.groups() if part)
    try:
        return date(year, *parts)
    except ValueError:
        return None
