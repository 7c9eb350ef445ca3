"""Spreadsheets of the registers as the import library wants them; reading itself is the desk's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import tablib
from import_export.formats import base_formats

from servicedesk.desk.cells import CONTROL, FORMULA
from servicedesk.desk.sheets import (
    DAMAGED,
    MOST_BYTES,
    MOST_COLUMNS,
    MOST_ROWS,
    SheetError,
    csv_rows,
    decoded,
    grid,
    plain,
    refuse_bomb,
    xlsx_rows,
)

__all__ = [
    "DAMAGED",
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Csv",
    "SheetError",
    "Xlsx",
    "decoded",
    "defused",
    "plain",
    "table",
]


def defused(value: Any) -> Any:
    """`value` as it may stand in an exported cell: text that begins like a formula gets an apostrophe."""
    if not isinstance(value, str):
        return value
    text = CONTROL.sub("", value)
    return f"'{text}" if text.startswith(FORMULA) else text


def table(rows: Iterable[Sequence[Any]]) -> tablib.Dataset:
    """A dataset of the first row as headers and the rest padded to it. Raises SheetError."""
    headers, found = grid(rows, MOST_ROWS)
    return tablib.Dataset(*found, headers=headers)


class Csv(base_formats.CSV):
    def is_binary(self) -> bool:
        # The encoding is our business, not that of the storage in between.
        return True

    def get_read_mode(self) -> str:
        return "rb"

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        return table(csv_rows(in_stream))

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        # With its mark, or Excel takes UTF-8 for GBK.
        return str(dataset.export("csv")).encode("utf-8-sig")


class Xlsx(base_formats.XLSX):
    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        return table(xlsx_rows(in_stream, most=MOST_BYTES))

    @staticmethod
    def _refuse_bomb(data: bytes) -> None:
        refuse_bomb(data)
