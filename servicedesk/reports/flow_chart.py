"""In and out as a drawing: two bars a stretch and the line of what was left open, each a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servicedesk.reports.bars import Bar, bar
from servicedesk.reports.tables import Linking, Number

WIDTH, LEFT, RIGHT = 760, 46, 8
LINE_TOP, LINE_BOTTOM = 34, 104
BARS = (156, 280)
GAP = 2
WIDEST = 22
# So many names fit below; of more stretches every second, third … is named.
NAMES = 13


@dataclass(frozen=True)
class Stretch:
    name: str
    is_named: bool
    x: float
    bars: Sequence[Bar]
    backlog: Number
    y: float

    @property
    def above(self) -> float:
        return round(self.y - 9, 1)


@dataclass(frozen=True)
class FlowDrawing:
    stretches: Sequence[Stretch]
    line: str


def flow_drawing(rows: Sequence[tuple[str, Linking]]) -> FlowDrawing | None:
    """None where there is nothing to draw."""
    names = ("received", "closed", "open")
    most = max([1, *(row.number(name).value for _said, row in rows for name in names[:2])])
    left = max([1, *(row.number("open").value for _said, row in rows)])
    step = (WIDTH - LEFT - RIGHT) / max(1, len(rows))
    every = -(-len(rows) // NAMES) or 1
    found = [
        _stretch(
            said, row, LEFT + step * (place + 0.5), min(WIDEST, step / 2 - GAP), most, left, not place % every
        )
        for place, (said, row) in enumerate(rows)
    ]
    if not any(row.number(name).value for _said, row in rows for name in names):
        return None
    return FlowDrawing(found, " ".join(f"{each.x},{each.y}" for each in found) if len(found) > 1 else "")


def _stretch(
    said: str, row: Linking, x: float, width: float, most: int, left: int, is_named: bool
) -> Stretch:
    backlog = row.number("open")
    height = (LINE_BOTTOM - LINE_TOP) * backlog.value / left
    bars = [
        bar("received", x - width - GAP / 2, width, BARS, row.number("received"), most),
        bar("closed", x + GAP / 2, width, BARS, row.number("closed"), most),
    ]
    return Stretch(said, is_named, round(x, 1), bars, backlog, round(LINE_BOTTOM - height, 1))
