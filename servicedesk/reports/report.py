"""A report: its figures on top, its tables, its drawings; every surface shows these and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from servicedesk.desk.registry import Words
from servicedesk.reports.countable import Numbers
from servicedesk.reports.counting import merged
from servicedesk.reports.names import names_of
from servicedesk.reports.readers import Reader
from servicedesk.reports.scope import NONE, Scope
from servicedesk.reports.tables import Cell, Line, Linking, Number, Rate, Table


@dataclass(frozen=True)
class Asked:
    """What a report is asked for: its scope, what a row of it stands for, and who reads it."""

    scope: Scope
    first: Words
    reader: Reader


@dataclass(frozen=True, kw_only=True)
class Report:
    """`figures` names the definitions told with it, None those of the overview; `drawings` are by table."""

    scope: Scope
    tables: list[Table]
    head: list[tuple[str, Words, Number]] = field(default_factory=list)
    rates: list[tuple[Words, Rate]] = field(default_factory=list)
    figures: Sequence[str] | None = None
    drawings: Mapping[str, Any] = field(default_factory=dict)
    # Sentences above the tables.
    remarks: Sequence[Words] = ()


Row = tuple[str, Any, Linking]


def rows_of(scope: Scope, *parts: Mapping[Any, Numbers]) -> list[Row]:
    """(label, key, its cells' maker) of every row that has anything, in the order of their register."""
    found = merged(*(dict(part) for part in parts))
    kept = {key: numbers for key, numbers in found.items() if any(numbers.values())}
    return [
        (name, key, Linking(scope, kept[key], {"row": NONE if key is None else str(key)}))
        for key, name in names_of(scope.group, list(kept)).items()
    ]


def numbered(rows: Sequence[Row], *names: str) -> list[Line]:
    """A line of plain counts for each row."""
    return [Line(label, numbers_of(row, *names)) for label, _key, row in rows]


def numbers_of(row: Linking, *names: str) -> list[Cell]:
    return [row.number(name) for name in names]
