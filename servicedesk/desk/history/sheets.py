"""A file somebody else's system gave out, as rows: xlsx, or csv in the encodings Chinese offices use."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from servicedesk.desk.errors import BadInput
from servicedesk.desk.history.cells import name_of, words
from servicedesk.desk.sheets import DAMAGED, SheetError, decoded, refuse_bomb

MOST_ROWS = 100_000
MOST_COLUMNS = 200
# What an xlsx file may unpack to; beyond it is a bomb.
MOST_BYTES = 400 * 1024 * 1024
# Above the headings may stand a title and remarks.
HEADINGS_WITHIN = 20
LONGEST_CELL = 10_000_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Sheet:
    """The rows of one sheet with the numbers they have there. `epoch` is what its serial dates count from."""

    name: str
    rows: Sequence[tuple[int, Sequence[Any]]]
    epoch: datetime | None = None

    def headings(self, wanted: Iterable[str]) -> tuple[int, dict[str, int]] | None:
        """Place of the row that names all the wanted columns, with the column of each; None if none does.
        Raises BadInput where one stands there twice."""
        names = {name_of(each): each for each in wanted}
        for place, (_number, cells) in enumerate(self.rows[:HEADINGS_WITHIN]):
            found = [name_of(cell) for cell in cells]
            if names.keys() <= set(found):
                for name, said in names.items():
                    if found.count(name) > 1:
                        raise BadInput(
                            "column-twice",
                            _("The column “%(column)s” stands there twice.") % {"column": said},
                        )
                return place, {said: found.index(name) for name, said in names.items()}
        return None

    def columns(self) -> list[str]:
        """What looks like the headings: the first of the fullest rows at the top."""
        top = [[words(cell) for cell in cells] for _number, cells in self.rows[:HEADINGS_WITHIN]]
        fullest = max(top, key=lambda cells: sum(map(bool, cells)), default=[])
        return [cell for cell in fullest if cell]


def sheets_of(data: bytes, name: str) -> list[Sheet]:
    """Every sheet of the file that has rows. Raises BadInput with a sentence."""
    if PurePath(name).suffix.lower() in {".csv", ".txt", ".tsv"}:
        found = [_from_csv(data)]
    else:
        found = _from_workbook(data)
    filled = [sheet for sheet in found if sheet.rows]
    if not filled:
        raise _refused(_("The file is empty."))
    return filled


def _refused(sentence: str) -> BadInput:
    return BadInput("unreadable-file", sentence, "file")


def _kept(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Sequence[Any]]]:
    """Rows that hold anything, with their numbers. Raises BadInput where there are too many."""
    kept = 0
    for number, cells in enumerate(rows, start=1):
        if any(words(cell) for cell in cells):
            kept += 1
            if kept > MOST_ROWS:
                raise _refused(
                    _("The file has more than %(most)s rows; please split it.") % {"most": MOST_ROWS}
                )
            yield number, cells


def _from_workbook(data: bytes) -> list[Sheet]:
    if data.startswith(OLD_OFFICE):
        raise _refused(_("The file is protected by a password, or an old xls; save it as xlsx without one."))
    try:
        refuse_bomb(data, MOST_BYTES)
        with warnings.catch_warnings():
            # Missing styles and extensions of other programs are nothing to us.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            shown = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
            return [_from_worksheet(sheet, book.epoch) for sheet in shown]
    except BadInput:
        raise
    except SheetError as error:
        raise _refused(str(error)) from error
    except DAMAGED as error:
        raise _refused(_("This is not an xlsx file, or it is damaged.")) from error


def _from_worksheet(sheet: Any, epoch: datetime) -> Sheet:
    # What a program wrote of the sheet's size is not to be trusted.
    sheet.reset_dimensions()
    rows = (cells[:MOST_COLUMNS] for cells in sheet.iter_rows(values_only=True))
    return Sheet(sheet.title, list(_kept(rows)), epoch)


def _from_csv(data: bytes) -> Sheet:
    try:
        text = decoded(data)
    except SheetError as error:
        raise _refused(str(error)) from error
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(LONGEST_CELL)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return Sheet("", list(_kept(rows)))
    except csv.Error as error:
        raise _refused(_("This is not a csv file.")) from error
