"""The monthly report as xlsx: its text on the first sheet, then a sheet for each table."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from django.utils.translation import gettext as _
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]

from servicedesk.desk.cells import defused
from servicedesk.reports.exports import named
from servicedesk.reports.monthly.cells import CHANGE, COUNT, PERCENT, Stored
from servicedesk.reports.monthly.packing import packed

# One value may take several cells: (value, number format).
Written = tuple[Any, str | None]
SIGNED, SIGNED_PERCENT, WITH_PERCENT = "+0.0;-0.0;0.0", "+0.0%;-0.0%;0.0%", "0.0%"


def as_xlsx(document: Stored, head: list[str], at: datetime) -> bytes:
    """`head` are the lines under the title that say whether this is a draft, or who froze it."""
    book = openpyxl.Workbook()
    front = book.active
    front.title = named(_("Text"))
    for row in _front(document, head):
        front.append([defused(each) for each in row])
    front.column_dimensions["A"].width = 120
    for cell in front["A"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    front["A1"].font = Font(bold=True, size=16)
    for table in document["tables"]:
        _add(book.create_sheet(named(table["title"], book.sheetnames)), table)
    _define(book.create_sheet(named(_("How it is counted"), book.sheetnames)), document["definitions"])
    file = io.BytesIO()
    book.save(file)
    return packed(file.getvalue(), at)


def _front(document: Stored, head: list[str]) -> Iterator[list[str]]:
    yield [document["title"]]
    yield from ([line] for line in [document["scope"], *head])
    for section in document["paragraphs"]:
        yield from ([], [section["heading"]], *([line] for line in section["lines"]))


def _add(sheet: Any, table: Stored) -> None:
    wide = _wide(table)
    sheet.append([defused(each) for each in _head(table, wide)])
    for place, row in enumerate(table["lines"], start=2):
        written: list[Written] = [(defused(row["label"]), None)]
        for column, cell in enumerate(row["cells"]):
            written += _written(cell, wide[column])
        for column, (value, form) in enumerate(written, start=1):
            made = sheet.cell(place, column, value)
            if form:
                made.number_format = form
    for made in sheet[1]:
        made.font = Font(bold=True)
        sheet.column_dimensions[made.column_letter].width = 28 if made.column == 1 else 18
    sheet.freeze_panes = "B2"


def _wide(table: Stored) -> list[bool]:
    """Which columns hold rates, and so take three cells: part, whole, share."""
    rows = [row["cells"] for row in table["lines"]]
    return [any(row[column]["sort"] == PERCENT for row in rows) for column in range(len(table["columns"]))]


def _head(table: Stored, wide: list[bool]) -> Iterator[str]:
    yield table["first"]
    for column, is_rate in zip(table["columns"], wide, strict=True):
        if is_rate:
            yield from (_("%(rate)s: %(what)s") % {"rate": column, "what": each} for each in _parts())
        yield column


def _parts() -> list[str]:
    return [_("part"), _("of")]


def _written(cell: Stored, is_wide: bool) -> list[Written]:
    if cell["sort"] == PERCENT:
        value = None if cell["value"] is None else cell["value"] / 100
        share: Written = (cell["said"], None) if value is None else (value, WITH_PERCENT)
        return [(cell["part"], None), (cell["whole"], None), share]
    one = _one(cell)
    return [(None, None), (None, None), one] if is_wide else [one]


def _one(cell: Stored) -> Written:
    if cell["value"] is None:
        return cell["said"], None
    if cell["sort"] == COUNT:
        return cell["value"], None
    if cell["sort"] == CHANGE:
        return (cell["value"], SIGNED) if cell["points"] else (cell["value"] / 100, SIGNED_PERCENT)
    return defused(cell["said"]), None


def _define(sheet: Any, definitions: list[list[str]]) -> None:
    for row in definitions:
        sheet.append([defused(each) for each in row])
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 100
