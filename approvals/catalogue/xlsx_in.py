"""A workbook of the catalogue, read sheet by sheet. A sheet that is missing says nothing; one that is there
says everything of the items the workbook names."""

from __future__ import annotations

import io
import itertools
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from approvals.catalogue.cells import NOTHING, read
from approvals.catalogue.facts import Catalogue, Facts
from approvals.catalogue.sheets import SHEETS, Sheet
from approvals.catalogue.yaml_in import UnreadableFile
from enterprises.spreadsheets import DAMAGED, MOST_COLUMNS, MOST_ROWS, SheetError, Xlsx, plain, table

Cells = dict[tuple[str, str], Any]


def catalogue_of(data: bytes) -> Catalogue:
    """The catalogue in a workbook. Raises UnreadableFile; faults of its rows are for `checking`."""
    try:
        Xlsx._refuse_bomb(data)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        pages = {page.title.strip(): page for page in book.worksheets}
        known = {sheet.title for sheet in SHEETS}
        if not known & pages.keys():
            raise UnreadableFile(
                _("The workbook has none of the sheets %(names)s.") % {"names": "、".join(known)}
            )
        tables = {sheet: _cells(sheet, pages[sheet.title]) for sheet in SHEETS if sheet.title in pages}
    except SheetError as error:
        raise UnreadableFile(str(error)) from error
    except UnreadableFile:
        raise
    except DAMAGED as error:
        raise UnreadableFile(_("This is not an xlsx file, or it is damaged.")) from error
    return _assembled(tables)


def _cells(sheet: Sheet, page: Any) -> list[Cells]:
    """Rows of a sheet by column and language; blank rows are left out. Raises SheetError."""
    page.reset_dimensions()
    found_rows = page.iter_rows(values_only=True, max_col=MOST_COLUMNS * 2)
    rows = [list(row) for row in itertools.islice(found_rows, MOST_ROWS + 2)]
    if len([row for row in rows if any(map(plain, row))]) < 2:
        return []
    found = table(rows)
    columns = _columns(sheet, [plain(header) for header in found.headers])
    return [dict(zip(columns, row, strict=True)) for row in found if any(map(plain, row))]


def _columns(sheet: Sheet, headers: list[str]) -> list[tuple[str, str]]:
    """(column, language) of each heading, which may be the column's name too (`name.en`)."""
    names = {heading: (name, language) for heading, name, language in sheet.headers()}
    for _heading, name, language in sheet.headers():
        names[f"{name}.{language.partition('-')[0]}" if language else name] = (name, language)
    for header in headers:
        if header not in names:
            words = _("Sheet %(sheet)s: the column “%(name)s” is not known.")
            raise SheetError(words % {"sheet": sheet.title, "name": header[:40]})
    if len(set(headers)) < len(headers):
        raise SheetError(_("Sheet %(sheet)s: a column stands there twice.") % {"sheet": sheet.title})
    return [names[header] for header in headers]


def _facts(sheet: Sheet, cells: Cells) -> Facts:
    """What a row says; words of all its languages together."""
    facts: Facts = {}
    for (name, language), cell in cells.items():
        if sheet.of and name in {"owner", "stage"}:
            continue
        sort = sheet.table[name][0]
        if language:
            text = plain(cell)
            facts.setdefault(name, {}).update({language: text} if text else {})
        elif (value := read(sort, sheet.part, name, cell)) is not NOTHING:
            facts[name] = value
    return facts


def _assembled(tables: dict[Sheet, list[Cells]]) -> Catalogue:
    found: Catalogue = {"items": [], "bundles": [], "limits": []}
    for sheet, rows in tables.items():
        if not sheet.of:
            found[sheet.part] += [_facts(sheet, cells) for cells in rows]
    for sheet, rows in tables.items():
        # A sheet with nothing under its headings was left out; it does not take everything away.
        if sheet.of and rows:
            _hang(found, sheet, rows)
    return found


def _hang(found: Catalogue, sheet: Sheet, rows: list[Cells]) -> None:
    """Put the rows of a sheet below the items they name; one the workbook does not list gets a row of its
    own, in which everything else stays as it is."""
    owners = {(row.get("code"), row.get("stage", "published")): row for row in found[sheet.of]}
    for row in owners.values():
        row[sheet.below] = []
    for cells in rows:
        code = plain(cells.get(("owner", ""))) or ""
        stage = read("choice", sheet.of, "stage", cells.get(("stage", "")))
        key = (code, "published" if stage is NOTHING else stage)
        if key not in owners:
            owners[key] = {"code": code, "stage": key[1], sheet.below: []}
            found[sheet.of].append(owners[key])
        owners[key][sheet.below].append(_facts(sheet, cells))
