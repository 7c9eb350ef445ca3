"""Files of notices as an office would hand them in."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
from django.core.management import call_command

from servicedesk.clock import official_rows
from servicedesk.desk import calendars
from servicedesk.desk.models import CalendarNotice

HEADER = ("日期", "班休", "名称")
Rows = Iterable[Sequence[Any]]


def paper(rows: Rows, header: Sequence[str] = HEADER, encoding: str = "utf-8") -> bytes:
    return "".join(f"{','.join(map(str, row))}\n" for row in [header, *rows]).encode(encoding)


def workbook(rows: Rows, header: Sequence[str] = HEADER) -> bytes:
    book = openpyxl.Workbook()
    for row in (header, *rows):
        book.active.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def official_days(version: int) -> list[tuple[str, str, str]]:
    """The days of an official notice, as rows of a file."""
    row = next(each for each in official_rows() if each.version == version)
    return [(day.day.isoformat(), "班" if day.works else "休", day.name) for day in row.days]


def load(folder: Path, data: bytes, *options: str, name: str = "notice.csv") -> None:
    calendars.forget()
    (folder / name).write_bytes(data)
    call_command("load_calendar", str(folder / name), *options)


def newest() -> CalendarNotice:
    return CalendarNotice.objects.latest("version")
