"""The trend as a drawing: places on a sheet of fixed size, which the template writes as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servicedesk.reports.bars import Bar, bar, unbroken
from servicedesk.reports.scope import Scope
from servicedesk.reports.tables import Linking, Rate
from servicedesk.reports.trend import Month

WIDTH, LEFT, RIGHT = 760, 46, 8
# The upper panel holds the rate, the lower one the bars.
RATE_TOP, RATE_BOTTOM = 34, 124
BARS = (176, 300)
BAR, GAP = 20, 3
# A rate is drawn from the multiple of ten below the lowest one; a flat line at the top says nothing.
STEP = 10


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    rate: Rate

    @property
    def above(self) -> float:
        return self.y - 10


@dataclass(frozen=True)
class Slot:
    """One month of the drawing, and the marks of the same month a year before."""

    month: Month
    x: float
    bars: Sequence[Bar]
    point: Point | None
    marks: Sequence[Bar] = ()
    dot: Point | None = None


@dataclass(frozen=True)
class Drawing:
    slots: Sequence[Slot]
    # Unbroken stretches of the rate: a month without promises interrupts the line.
    lines: Sequence[str]
    lowest: int
    has_rates: bool
    has_before: bool = False


def drawing(scope: Scope, months: Sequence[Month], before: Sequence[Month] = ()) -> Drawing:
    earlier = {month.first: month for month in before}
    shown = [*months, *before]
    most = max([1, *(month.received for month in shown), *(month.closed for month in shown)])
    rates = [month.kept.percent for month in shown if month.kept.percent is not None]
    lowest = int(min([*rates, 90]) // STEP * STEP)
    slots = [
        _slot(scope, month, earlier.get(month.first.replace(year=month.first.year - 1)), place, most, lowest)
        for place, month in enumerate(months)
    ]
    has_before = any(slot.marks or slot.dot for slot in slots)
    return Drawing(slots, unbroken(slot.point for slot in slots), lowest, bool(rates), has_before)


def _slot(scope: Scope, month: Month, then: Month | None, place: int, most: int, lowest: int) -> Slot:
    width = (WIDTH - LEFT - RIGHT) / 12
    middle = round(LEFT + width * (place + 0.5), 1)
    bars, point = _drawn(scope, month, middle, most, lowest)
    if then is None:
        return Slot(month, middle, bars, point)
    marks, dot = _drawn(scope, then, middle, most, lowest)
    return Slot(month, middle, bars, point, [mark for mark in marks if mark.number.value], dot)


def _drawn(
    scope: Scope, month: Month, middle: float, most: int, lowest: int
) -> tuple[list[Bar], Point | None]:
    row = month_row(scope, month)
    bars = [
        bar("received", middle - BAR - GAP / 2, BAR, BARS, row.number("received"), most),
        bar("closed", middle + GAP / 2, BAR, BARS, row.number("closed"), most),
    ]
    rate, percent = row.rate("kept", "due"), month.kept.percent
    return bars, Point(middle, _height(percent, lowest), rate) if percent is not None else None


def month_row(scope: Scope, month: Month) -> Linking:
    """The numbers of one month, linked to its cases."""
    numbers = {
        "received": month.received,
        "closed": month.closed,
        "kept": month.kept.part,
        "due": month.kept.whole,
    }
    return Linking(scope, numbers, month.asked)


def _height(percent: float, lowest: int) -> float:
    share = (percent - lowest) / (100 - lowest)
    return round(RATE_BOTTOM - (RATE_BOTTOM - RATE_TOP) * share, 1)
