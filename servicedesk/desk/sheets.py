"""Tables that come in as files: xlsx, and csv in the encodings Chinese offices use."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from servicedesk.desk.cells import CONTROL, FORMULA

MOST_ROWS = 20_000
MOST_COLUMNS = 60
# What an xlsx file may unpack to; beyond it is a bomb, not a register.
MOST_BYTES = 200 * 1024 * 1024
# Every xlsx file is a zip archive.
ARCHIVE = b"PK\x03\x04"
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
    NotImplementedError,
)


class SheetError(ValueError):
    """A file that cannot be read as a table; the message is a sentence for the person who sent it."""


def plain(value: Any) -> str:
    """Text of an imported cell; undoes `defused` and the ".0" a spreadsheet gives to whole numbers."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = CONTROL.sub("", str(value))
    return (text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text).strip()


def grid(rows: Iterable[Sequence[Any]], most: int = MOST_ROWS) -> tuple[list[str], list[list[Any]]]:
    """The first row as headers and the others padded to it, at most so many.

    Blank rows stay, so that a row keeps the number it has on the sheet. Raises SheetError."""
    found = [list(row) for row in itertools.islice(rows, most + 2)]
    while found and not any(map(plain, found[-1])):
        found.pop()
    if len(found) < 2:
        raise SheetError(_("The file has no rows under its headers."))
    if len(found) > most + 1:
        raise SheetError(_("The file has more than %(most)s rows; please split it.") % {"most": most})
    headers = [plain(cell) for cell in found[0]]
    while headers and not headers[-1]:
        headers.pop()
    if not headers or len(headers) > MOST_COLUMNS:
        raise SheetError(_("The first row must name the columns."))
    return headers, list(_padded(found[1:], len(headers)))


def _padded(rows: Iterable[list[Any]], width: int) -> Iterator[list[Any]]:
    for number, row in enumerate(rows, 2):
        if any(map(plain, row[width:])):
            raise SheetError(_("Row %(row)s has more cells than there are columns.") % {"row": number})
        yield row[:width] + [None] * (width - len(row))


def decoded(data: bytes) -> str:
    """Text of a csv file in UTF-8 or, as Chinese Excel saves it, GB 18030; UTF-16 by its mark. Raises
    SheetError."""
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    for encoding in (marked, "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise SheetError(_("This is not a csv file in UTF-8 or GB 18030."))


def csv_rows(data: bytes) -> Iterator[list[str]]:
    """Rows of a csv file. Raises SheetError, the last of them while it is read."""
    text = decoded(data)
    try:
        yield from csv.reader(io.StringIO(text, newline=""))
    except csv.Error as error:
        raise SheetError(_("This is not a csv file.")) from error


def xlsx_rows(data: bytes, *, formulas: bool = False, most: int = MOST_BYTES) -> Iterator[Sequence[Any]]:
    """Rows of the first sheet of a workbook: what was last computed, or with `formulas` the formulas
    themselves. Raises SheetError, the last of them while it is read."""
    try:
        refuse_bomb(data, most)
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=not formulas)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS * 2)
    except SheetError:
        raise
    except DAMAGED as error:
        raise SheetError(_("This is not an xlsx file, or it is damaged.")) from error


def refuse_bomb(data: bytes, most: int = MOST_BYTES) -> None:
    """Raise SheetError for an archive that unpacks to more than `most` bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(part.file_size for part in archive.infolist()) > most:
            raise SheetError(_("The file unpacks to more than is allowed."))
