"""Cells of tables people open in a spreadsheet program."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

# A cell that begins so is run as a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# Without its mark, Excel takes UTF-8 for GBK.
MARK = "\ufeff"


def defused(value: Any) -> str:
    """The value as it may stand in a cell: text that begins like a formula gets an apostrophe."""
    text = CONTROL.sub("", "" if value is None else str(value))
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


def quickly_defused(text: str) -> str:
    """The same of a plain string, quickly where it is plainly harmless."""
    return text if text[:1].isalnum() and text.isprintable() else defused(text)


def as_csv(rows: Iterable[Sequence[Any]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([defused(cell) for cell in row] for row in rows)
    return MARK + file.getvalue()
