"""A catalogue as a workbook: a sheet for each sort of row, words in a column for each language."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]

from approvals.catalogue.cells import written
from approvals.catalogue.facts import Catalogue, Facts
from approvals.catalogue.sheets import SHEETS, Sheet
from enterprises.spreadsheets import defused


def workbook_of(catalogue: Catalogue) -> bytes:
    """The catalogue as xlsx; `xlsx_in.catalogue_of` reads the same facts from it again."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for sheet in SHEETS:
        page = book.create_sheet(sheet.title)
        page.append([heading for heading, _name, _language in sheet.headers()])
        for row in _rows(sheet, catalogue):
            page.append(row)
        _dress(page)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _rows(sheet: Sheet, catalogue: Catalogue) -> Iterator[list[Any]]:
    if not sheet.of:
        for row in catalogue[sheet.part]:
            yield _row(sheet, row)
        return
    for owner in catalogue[sheet.of]:
        mine = {"owner": owner["code"], "stage": owner.get("stage", "published")}
        for row in owner.get(sheet.below, []):
            yield _row(sheet, {**mine, **row})


def _row(sheet: Sheet, row: Facts) -> list[Any]:
    return [defused(_cell(sheet, name, language, row.get(name))) for _head, name, language in sheet.headers()]


def _cell(sheet: Sheet, name: str, language: str, value: Any) -> Any:
    if name in {"owner", "stage"} and sheet.of:
        return written("choice", sheet.of, "stage", value) if name == "stage" else value
    if language:
        return (value or {}).get(language, "")
    sort = sheet.table[name][0]
    return "" if value is None else written(sort, sheet.part, name, value)


def _dress(page: Any) -> None:
    """Headings stay in sight, long words wrap."""
    page.freeze_panes = "B2"
    for cell in page[1]:
        cell.font = Font(bold=True)
        page.column_dimensions[cell.column_letter].width = 18
    for row in page.iter_rows(min_row=2):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
