"""Rows in columns, on as many sheets as they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from servicedesk.desk.pdf.flow import Flow
from servicedesk.desk.pdf.sheets import BOTTOM, HAIR, INK, LEFT, MEASURE, PALE, SOFT, TOP, Box, Text
from servicedesk.desk.pdf.typeset import Line

CELL, CELL_LEADING = 10.5, 16
FACT, FACT_LEADING = 12, 20
PAD, LINE = 5, 0.5
LABELS = 0.36  # the widest share of the measure that the labels of facts may take
NARROWEST = 3  # characters a column has at least, while there is room
Cells = list[list[Line]]


@dataclass(frozen=True)
class Style:
    """How the rows of one table stand: where its columns begin, and how its letters look."""

    edges: Sequence[float]
    size: float
    leading: float
    colors: Sequence[str]
    upright: bool = True  # lines between the columns too
    pad: float = PAD


def facts(flow: Flow, rows: Sequence[tuple[str, str]]) -> None:
    """A row for each label and its value, parted by hairs."""
    labels = [flow.one_line(label) for label, _value in rows]
    widest = max((flow.width(each, FACT) for each in labels), default=0)
    column = min(widest + 1, MEASURE * LABELS) + 4 * PAD
    style = Style([0, column, MEASURE], FACT, FACT_LEADING, [SOFT, INK], upright=False)
    for label, (_label, value) in zip(labels, rows, strict=True):
        _lay(flow, _cells(flow, [label, value], style), style, None)


def table(flow: Flow, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table with lines, whose head stands again on every sheet."""
    count = max([len(headers), *map(len, rows)])
    if not count:
        return
    head, *words = (
        [flow.face.clean(str(cell)) for cell in row] + [""] * (count - len(row)) for row in [headers, *rows]
    )
    edges = [0.0, *accumulate(_widths(flow, [head, *words]))]
    style = Style(edges, CELL, CELL_LEADING, [INK] * count)
    heading = _cells(flow, head, style) if any(head) else None
    if heading:
        flow.room(_height(heading, style) * 3)
        _head(flow, heading, style)
    for row in words:
        _lay(flow, _cells(flow, row, style), style, heading)


def _widths(flow: Flow, rows: list[list[str]]) -> list[float]:
    """What each column needs where that is little, and a fair share of the rest where it is much."""
    wanted = [
        max(flow.width(line, CELL) for cell in column for line in cell.split("\n")) + 2 * PAD + 1
        for column in zip(*rows, strict=True)
    ]
    wanted = [max(each, min(NARROWEST * CELL + 2 * PAD, MEASURE / len(wanted))) for each in wanted]
    found: dict[int, float] = {}
    room, open_ = MEASURE, sorted(range(len(wanted)), key=lambda place: wanted[place])
    for done, place in enumerate(open_):
        found[place] = min(wanted[place], room / (len(open_) - done))
        room -= found[place]
    return [found[place] + room / len(wanted) for place in range(len(wanted))]


def _cells(flow: Flow, row: Sequence[str], style: Style) -> Cells:
    pairs = zip(row, style.edges, style.edges[1:], strict=False)
    return [flow.set(cell, style.size, end - start - 2 * style.pad) for cell, start, end in pairs]


def _height(cells: Cells, style: Style) -> float:
    return max(map(len, cells)) * style.leading + 2 * style.pad


def _head(flow: Flow, cells: Cells, style: Style) -> None:
    high = _height(cells, style)
    flow.put(Box(LEFT, flow.y - high, MEASURE, high, PALE), Box(LEFT, flow.y, MEASURE, LINE, HAIR))
    _draw(flow, cells, style, bold=True)


def _lay(flow: Flow, cells: Cells, style: Style, heading: Cells | None) -> None:
    """Set one row; what the sheet cannot hold of a row higher than a sheet goes on on the next one."""
    headed = _height(heading, style) if heading else 0
    whole = TOP - BOTTOM - headed
    while True:
        high = _height(cells, style)
        before = len(flow.sheets)
        flow.room(high if high <= whole else 3 * style.leading + 2 * style.pad)
        if len(flow.sheets) > before and heading and headed < whole / 2:
            _head(flow, heading, style)
        fits = max(int((flow.free() - 2 * style.pad) // style.leading), 1)
        _draw(flow, [cell[:fits] for cell in cells], style)
        cells = [cell[fits:] for cell in cells]
        if not any(cells):
            return


def _draw(flow: Flow, cells: Cells, style: Style, *, bold: bool = False) -> None:
    high = _height(cells, style)
    for cell, start, color in zip(cells, style.edges, style.colors, strict=False):
        for place, line in enumerate(cell):
            y = flow.y - style.pad - place * style.leading - (style.leading + style.size * 0.72) / 2
            flow.put(Text(LEFT + start + style.pad, y, line.text, style.size, color, bold))
    flow.skip(high)
    flow.put(Box(LEFT, flow.y, MEASURE, LINE, HAIR))
    for edge in style.edges if style.upright else ():
        flow.put(Box(LEFT + edge, flow.y, LINE, high + LINE, HAIR))
