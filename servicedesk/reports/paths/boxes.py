"""The boxes of the map: which row each stands in, and where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from servicedesk.desk import moves
from servicedesk.reports.paths.captions import box_lines, box_sentence, end_line
from servicedesk.reports.paths.graph import Edge, Graph, Node
from servicedesk.reports.paths.reading import BEGIN, END
from servicedesk.reports.tables import Number

WIDTH, HEIGHT, PILL = 216, 82, 30
# The heights in a box at which its lines of words stand.
LINES, ONLY = (21, 39, 56, 72), 20
COLUMN, GAP, MARGIN = 250, 84, 16
# More boxes in a row than this begin at the left, where reading begins.
CENTRED = 3


@dataclass(frozen=True)
class Box:
    """A step, or where everything begins (BEGIN) and ends (END), with its top left corner."""

    code: str
    x: float
    y: float
    row: int
    words: Sequence[str]
    says: str
    number: Number
    look: str

    @property
    def height(self) -> float:
        return PILL if self.look == "end" else HEIGHT

    @property
    def middle(self) -> float:
        return self.x + WIDTH / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def lines(self) -> list[tuple[float, str]]:
        """Its lines of words with the heights at which they stand."""
        places = (ONLY,) if self.look == "end" else LINES
        return [(self.y + place, words) for place, words in zip(places, self.words, strict=False)]


def rows_of(graph: Graph) -> dict[str, int]:
    """The row of each step: below all it waits for; what runs beside the path, below what it mostly
    follows."""
    after = {node.code: node.stop.after for node in graph.nodes}
    depth = {code: float(_depth(code, after, frozenset())) for code in after}
    for code in after:
        if code in moves.BESIDE:
            follows = [each for each in graph.edges if each.other == code and each.one in depth]
            # The edges come with the commonest first.
            depth[code] = depth[follows[0].one] + 0.5 if follows else 0
    places = {value: place for place, value in enumerate(sorted(set(depth.values())), 1)}
    rows = {BEGIN: 0} | {code: places[value] for code, value in depth.items()}
    return rows | {END: len(places) + 1} if graph.end.value else rows


def _depth(code: str, after: dict[str, Sequence[str]], above: frozenset[str]) -> int:
    """How many steps come before it at least; a circle, which no kind has, ends where it closes."""
    before = [each for each in after[code] if each in after and each not in above]
    return max((_depth(each, after, above | {code}) + 1 for each in before), default=0)


def by_row(rows: dict[str, int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for code, row in rows.items():
        found[row].append(code)
    return found


def placed(graph: Graph, rows: dict[str, int], left: float, width: float) -> dict[str, Box]:
    nodes = {node.code: node for node in graph.nodes}
    found: dict[str, Box] = {}
    top = float(MARGIN)
    for row, codes in sorted(by_row(rows).items()):
        free = width - (len(codes) * COLUMN - (COLUMN - WIDTH))
        begin = left + (free / 2 if 0 < width <= CENTRED * COLUMN else 0)
        for place, code in enumerate(codes):
            found[code] = _box(graph, nodes.get(code), code, (begin + place * COLUMN, top, row))
        top = found[codes[0]].bottom + GAP
    return found


def _box(graph: Graph, node: Node | None, code: str, place: tuple[float, float, int]) -> Box:
    if node is None:
        name, number = end_line(code, graph)
        words = f"{name} · {number}"
        return Box(code, *place, [words], words, number, "end")
    look = "step" if node.stop.holder == "office" else "applicant"
    return Box(code, *place, box_lines(node), box_sentence(node), node.cases, look)


def span(edge: Edge, rows: dict[str, int]) -> int:
    return rows[edge.other] - rows[edge.one]


def is_drawn(edge: Edge, rows: dict[str, int]) -> bool:
    """What follows what among steps side by side, none of which waits for the other, is chance: the table
    has it, the map would be hidden under it."""
    return edge.one == edge.other or span(edge, rows) != 0
