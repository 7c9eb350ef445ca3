"""The lines of the map: straight down to the next row, back along lanes on the left, leaps on the right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from servicedesk.reports.paths.boxes import GAP, WIDTH, Box, span
from servicedesk.reports.paths.captions import SLOWEST, line_counts
from servicedesk.reports.paths.graph import Edge

# How far apart lanes run on the left, where a phone begins to look, and on the right; where the first
# runs beside the boxes; how far from a line its words stand.
BACK, LEAP, FIRST, ASIDE = 60, 100, 24, 6
CORNER, PORT, TIP = 10, 14, 6
THIN, THICK, MINUTE = 1.5, 7.0, 60
Lanes = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Line:
    """A connection: its way as SVG writes it, the tip at its end, and the place of its words."""

    edge: Edge
    path: str
    tip: str
    x: float
    y: float
    width: float
    look: str
    # How the words stand to their place: they begin or end there.
    anchor: str = "start"
    says: str = ""

    @property
    def counts(self) -> str:
        return line_counts(self.edge)

    @property
    def wait(self) -> str:
        """The wait, unless there was none to speak of."""
        if (self.edge.seconds or 0) < MINUTE:
            return ""
        return (SLOWEST if self.look == "slow" else "") + self.edge.wait

    @property
    def under(self) -> float:
        return self.y + 14


@dataclass
class Plan:
    """What is known while the map is laid out."""

    boxes: dict[str, Box]
    left: float = 0
    right: float = 0
    # Whether every lane runs on the right.
    narrow: bool = False
    # How many lines leave or reach each side of a box so far.
    ports: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def port(self, code: str, side: str) -> float:
        """The height of the next free place at a side of a box: the middle first, then above and below."""
        place = self.ports[code, side]
        self.ports[code, side] += 1
        box = self.boxes[code]
        step = min(PORT, (box.height / 2 - 6) / 2)
        offset = (place + 1) // 2 * step * (1 if place % 2 else -1)
        return box.y + box.height / 2 + max(-box.height / 2 + 6, min(box.height / 2 - 6, offset))


def lanes(edges: Iterable[Edge], rows: dict[str, int]) -> Lanes:
    """The lane of each line at one side: the shorter nearer, and no two that overlap in the same."""
    found: Lanes = {}
    taken: list[list[tuple[int, int]]] = []
    for each in sorted(edges, key=lambda each: (abs(span(each, rows)), rows[each.one], each.one, each.other)):
        low, high = sorted((rows[each.one], rows[each.other]))
        lane = next((n for n, used in enumerate(taken) if all(high < a or b < low for a, b in used)), None)
        if lane is None:
            taken.append([])
            lane = len(taken) - 1
        taken[lane].append((low, high))
        found[each.one, each.other] = lane
    return found


def line(
    plan: Plan,
    edge: Edge,
    rows: dict[str, int],
    lane: Lanes,
    most: int,
    slowest: float,
) -> Line:
    width = round(THIN + (THICK - THIN) * edge.cases.value / most, 1)
    steps = span(edge, rows)
    look = "back" if steps <= 0 else "slow" if slowest and edge.seconds == slowest else "on"
    if steps == 1:
        return _straight(plan, edge, width, look)
    side = "left" if steps <= 0 and not plan.narrow else "right"
    way = -1 if side == "left" else 1
    near = plan.left if way < 0 else plan.right
    x = near + way * (lane[edge.one, edge.other] * (BACK if way < 0 else LEAP) + FIRST)
    return _around(plan, edge, side, x, width, look)


def _straight(plan: Plan, edge: Edge, width: float, look: str) -> Line:
    """From the foot of one box down to the head of the other."""
    one, other = plan.boxes[edge.one], plan.boxes[edge.other]
    end = other.y - TIP
    half = (one.bottom + end) / 2
    path = f"M{one.middle} {one.bottom}C{one.middle} {half} {other.middle} {half} {other.middle} {end}"
    x, y, way = _beside(plan, one, other, half - 4)
    x += way * (ASIDE + width / 2)
    tip = _tip(other.middle, other.y, "down")
    return Line(edge, path, tip, x, y, width, look, "start" if way > 0 else "end")


def _beside(plan: Plan, one: Box, other: Box, half: float) -> tuple[float, float, int]:
    """Where the words of a straight line stand, and on which side of it: half-way; where lines fan out or
    in, at their own box, outside the fan."""
    if one.middle == other.middle:
        return one.middle, half, 1
    rows = [box.row for box in plan.boxes.values()]
    if rows.count(other.row) > rows.count(one.row):
        return other.middle, other.y - GAP * 0.38, 1 if other.middle > one.middle else -1
    return one.middle, one.bottom + GAP * 0.2, 1 if one.middle > other.middle else -1


def _around(plan: Plan, edge: Edge, side: str, x: float, width: float, look: str) -> Line:
    """From the side of one box along a lane to the same side of the other."""
    one, other = plan.boxes[edge.one], plan.boxes[edge.other]
    begin, end = plan.port(edge.one, side), plan.port(edge.other, side)
    if begin == end:
        end += PORT
    way = -1 if side == "left" else 1
    near = [box.x if way < 0 else box.x + WIDTH for box in (one, other)]
    corner = min(CORNER, abs(end - begin) / 2)
    bend = corner if end > begin else -corner
    stop = near[1] + way * TIP
    path = (
        f"M{near[0]} {begin}H{x - way * CORNER}Q{x} {begin} {x} {begin + bend}"
        f"V{end - bend}Q{x} {end} {x - way * CORNER} {end}H{stop}"
    )
    tip = _tip(near[1], end, "right" if way < 0 else "left")
    words = x + way * (ASIDE + width / 2)
    anchor = "end" if way < 0 else "start"
    return Line(edge, path, tip, words, _label(plan, one, other) - 4, width, look, anchor)


def _label(plan: Plan, one: Box, other: Box) -> float:
    """In the gap between two rows nearest the middle, where no box's lines come out."""
    low, high = sorted((one.row, other.row))
    if low == high:
        return one.y + one.height / 2
    row = low + (high - low - 1) // 2
    above = next(box for box in plan.boxes.values() if box.row == row)
    return above.bottom + GAP / 2


def _tip(x: float, y: float, way: str) -> str:
    """An arrow's head whose point is at (x, y)."""
    wide, long = TIP, TIP * 1.7
    if way == "down":
        return f"{x},{y} {x - wide},{y - long} {x + wide},{y - long}"
    back = -long if way == "right" else long
    return f"{x},{y} {x + back},{y - wide} {x + back},{y + wide}"
