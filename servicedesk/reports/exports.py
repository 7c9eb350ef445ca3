"""The report as files: the same tables as on the page, cell by cell, and harmless in a spreadsheet."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.styles import Font  # type: ignore[import-untyped]

from servicedesk.desk.cells import as_csv, defused
from servicedesk.reports.figures import definitions
from servicedesk.reports.overview import period_words
from servicedesk.reports.report import Report

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a sheet may be called.
NAME_LENGTH, NOT_IN_NAMES = 31, str.maketrans("", "", "[]:*?/\\")


def told(report: Report, about: list[tuple[str, str]]) -> Iterator[list[Any]]:
    """What the report is about: its period, the choices made, and when it was counted."""
    yield [_("Period"), period_words(report.scope)]
    yield from ([name, value] for name, value in about)
    yield [_("Counted up to"), f"{timezone.localtime(report.scope.at):%Y-%m-%d %H:%M}"]


def meanings(report: Report) -> Iterator[list[Any]]:
    """What each figure counts, and what is said above the tables."""
    yield from ([each.label, each.meaning] for each in definitions(report.figures))
    yield from (["", str(said)] for said in report.remarks)


def as_text(report: Report, about: list[tuple[str, str]]) -> str:
    """The tables one below the other, as csv that spreadsheet programs take for UTF-8."""
    rows: list[list[Any]] = list(told(report, about))
    for table in report.tables:
        rows += [[], [str(table.title)], *table.flat]
    rows += [[], [_("How it is counted")], *meanings(report)]
    return as_csv(rows)


def as_xlsx(report: Report, about: list[tuple[str, str]]) -> bytes:
    """A workbook with a sheet for each table, and one that says how everything is counted."""
    book = openpyxl.Workbook()
    front = book.active
    front.title = named(_("How it is counted"))
    for row in (*told(report, about), [], *meanings(report)):
        front.append([cell(value) for value in row])
    front.column_dimensions["A"].width, front.column_dimensions["B"].width = 24, 100
    for table in report.tables:
        _add(book.create_sheet(named(str(table.title), book.sheetnames)), table)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _add(sheet: Any, table: Any) -> None:
    for row in table.flat:
        sheet.append([cell(value) for value in row])
    for head in sheet[1]:
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = 24 if head.column == 1 else 16
    sheet.freeze_panes = "B2"


def cell(value: Any) -> Any:
    """Counts as numbers, everything else as text that no spreadsheet program runs."""
    return value if isinstance(value, int | float) else defused(value)


def named(title: str, taken: Sequence[str] = ()) -> str:
    """The title as a sheet may be called, another than those taken."""
    found = title.translate(NOT_IN_NAMES)[:NAME_LENGTH]
    place = 2
    while found in taken:
        found = f"{title.translate(NOT_IN_NAMES)[: NAME_LENGTH - 3]} {place}"
        place += 1
    return found
