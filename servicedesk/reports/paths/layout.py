"""The map as a drawing of fixed size: layers of boxes from top to bottom, and the lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from servicedesk.reports.paths.boxes import (
    COLUMN,
    MARGIN,
    WIDTH,
    Box,
    by_row,
    is_drawn,
    placed,
    rows_of,
    span,
)
from servicedesk.reports.paths.captions import line_sentence
from servicedesk.reports.paths.graph import Graph
from servicedesk.reports.paths.lines import BACK, LEAP, Lanes, Line, Plan, lanes, line


@dataclass(frozen=True)
class Drawing:
    width: float
    height: float
    boxes: Sequence[Box]
    lines: Sequence[Line]


def drawing(graph: Graph, narrow: bool = False) -> Drawing:
    """The map; for a phone, `narrow`, with the boxes at the left and every lane on the right."""
    stops = {node.code: node.stop for node in graph.nodes}
    rows = rows_of(graph)
    drawn = [each for each in graph.edges if is_drawn(each, rows)]
    back = lanes([each for each in drawn if not narrow and span(each, rows) <= 0], rows)
    leap = lanes([each for each in drawn if span(each, rows) > 1 or (narrow and span(each, rows) <= 0)], rows)
    left = MARGIN + lanes_width(back, BACK)
    widest = max((len(each) for each in by_row(rows).values()), default=1)
    middle = widest * COLUMN - (COLUMN - WIDTH)
    plan = Plan(placed(graph, rows, left, 0 if narrow else middle), left, left + middle, narrow)
    most = max([1, *(each.cases.value for each in drawn)])
    slowest = max((each.seconds or 0 for each in drawn), default=0)
    lines = [
        replace(line(plan, each, rows, back | leap, most, slowest), says=line_sentence(each, stops))
        for each in drawn
    ]
    bottom = max(box.bottom for box in plan.boxes.values())
    return Drawing(
        plan.right + lanes_width(leap, LEAP) + MARGIN, bottom + MARGIN, list(plan.boxes.values()), lines
    )


def lanes_width(found: Lanes, apart: float) -> float:
    """What the lanes take, with room for the words of the outermost."""
    return max(found.values()) * apart + LEAP if found else 0
