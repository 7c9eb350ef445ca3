"""What the drawings share: a standing bar with its number, and a line that breaks where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from servicedesk.reports.tables import Number


@dataclass(frozen=True)
class Bar:
    """One count: its place on the sheet, and the number that is linked to its cases."""

    look: str
    x: float
    y: float
    width: float
    height: float
    number: Number

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)

    @property
    def above(self) -> float:
        return round(self.y - 5, 1)

    @property
    def right(self) -> float:
        return round(self.x + self.width, 1)


def bar(look: str, x: float, width: float, room: tuple[int, int], number: Number, most: int) -> Bar:
    """A bar that stands on the bottom of its room (top, bottom); `most` would fill it."""
    top, bottom = room
    height = round((bottom - top) * number.value / most, 1)
    return Bar(look, round(x, 1), round(bottom - height, 1), round(width, 1), height, number)


def unbroken(points: Iterable[Any]) -> list[str]:
    """The stretches of a line through what has `x` and `y`, as SVG has them: None interrupts it."""
    found: list[list[str]] = [[]]
    for point in points:
        if point:
            found[-1].append(f"{point.x},{point.y}")
        elif found[-1]:
            found.append([])
    return [" ".join(places) for places in found if len(places) > 1]
