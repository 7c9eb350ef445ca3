"""The log as csv: a line an event, under the headings process mining programs know."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from servicedesk.desk.cells import MARK, defused
from servicedesk.reports.paths.log import Entry, Log, written

EVENT = (
    *("concept:name", "code", "sort", "lifecycle:transition", "time:timestamp", "org:group", "office"),
    *("org:resource", "round", "waited", "worked"),
)


class _Line:
    """What csv writes into: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def pieces(log: Log) -> Iterator[str]:
    """The file line by line; no cell is one a spreadsheet program would run."""
    writer = csv.writer(_Line())

    def line(cells: list[Any]) -> str:
        return str(writer.writerow([defused(cell) for cell in cells]))

    yield MARK + line(["case:concept:name", *EVENT, *(f"case:{name}" for name in log.fact_names)])
    for trace in log.traces():
        facts = [trace.facts[name] for name in log.fact_names]
        yield "".join(line([trace.number, *_cells(entry), *facts]) for entry in trace.entries)


def _cells(entry: Entry) -> list[Any]:
    return [
        entry.activity,
        entry.code,
        entry.sort,
        entry.transition,
        written(entry.at),
        entry.group,
        entry.office,
        entry.officer,
        entry.round,
        entry.waited,
        entry.worked,
    ]
