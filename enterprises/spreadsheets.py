"""Spreadsheets coming in and going out: xlsx, and csv in the encodings Chinese offices use."""

from __future__ import annotations

import csv
import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]
import tablib
from django.utils.translation import gettext as _
from import_export.formats import base_formats

MOST_ROWS = 20_000
MOST_COLUMNS = 60
# What an xlsx file may unpack to; beyond it is a bomb, not a register.
MOST_BYTES = 200 * 1024 * 1024
# A cell that begins so is run as a formula by spreadsheet programs.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What a damaged workbook makes openpyxl stumble over, according to the part that is broken.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OSError,
    EOFError,
    RuntimeError,
)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


class SheetError(ValueError):
    """A file that cannot be read as a table; the message is a sentence for the person who sent it."""


def defused(value: Any) -> Any:
    """`value` as it may stand in an exported cell: text that begins like a formula gets an apostrophe."""
    if not isinstance(value, str):
        return value
    text = CONTROL.sub("", value)
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(value: Any) -> str:
    """Text of an imported cell; undoes `defused` and the ".0" a spreadsheet gives to whole numbers."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = CONTROL.sub("", str(value))
    return (text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text).strip()


def table(rows: Iterable[Sequence[Any]]) -> tablib.Dataset:
    """A dataset of the first row as headers and the rest padded to it.

    Blank rows stay, so that a row keeps the number it has on the sheet. Raises SheetError.
    """
    found = [list(row) for row in itertools.islice(rows, MOST_ROWS + 2)]
    while found and not any(map(plain, found[-1])):
        found.pop()
    if len(found) < 2:
        raise SheetError(_("The file has no rows under its headers."))
    if len(found) > MOST_ROWS + 1:
        raise SheetError(_("The file has more than %(most)s rows; please split it.") % {"most": MOST_ROWS})
    headers = [plain(cell) for cell in found[0]]
    while headers and not headers[-1]:
        headers.pop()
    if not headers or len(headers) > MOST_COLUMNS:
        raise SheetError(_("The first row must name the columns."))
    return tablib.Dataset(*_padded(found[1:], len(headers)), headers=headers)


def _padded(rows: Iterable[list[Any]], width: int) -> Iterable[list[Any]]:
    for number, row in enumerate(rows, 2):
        if any(map(plain, row[width:])):
            raise SheetError(_("Row %(row)s has more cells than there are columns.") % {"row": number})
        yield row[:width] + [None] * (width - len(row))


def decoded(data: bytes) -> str:
    """Text of a csv file in UTF-8 or, as Chinese Excel saves it, GB 18030. Raises SheetError."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetError(_("This is not a csv file in UTF-8 or GB 18030."))


class Csv(base_formats.CSV):
    def is_binary(self) -> bool:
        # The encoding is our business, not that of the storage in between.
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        try:
            return table(csv.reader(io.StringIO(decoded(in_stream), newline="")))
        except csv.Error as error:
            raise SheetError(_("This is not a csv file.")) from error

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        # With its mark, or Excel takes UTF-8 for GBK.
        return str(dataset.export("csv")).encode("utf-8-sig")


class Xlsx(base_formats.XLSX):
    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        try:
            self._refuse_bomb(in_stream)
            book = openpyxl.load_workbook(io.BytesIO(in_stream), read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()
            return table(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS * 2))
        except SheetError:
            raise
        except DAMAGED as error:
            raise SheetError(_("This is not an xlsx file, or it is damaged.")) from error

    @staticmethod
    def _refuse_bomb(data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
                raise SheetError(_("The file unpacks to more than is allowed."))
