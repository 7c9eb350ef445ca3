"""The network of a bundle as a drawing: places and lines only, the template gives them their shape."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

WIDTH, HEIGHT, ACROSS, DOWN, STEP, MARGIN = 260, 84, 76, 16, 36, 4
# Room beside the mark for a line of the name and of the small print, in ems of their type; most lines of the
# name; a narrow letter takes about half an em, a Cyrillic one two thirds.
LINE, SMALL, LINES, NARROW, CYRILLIC = 15.0, 17.5, 2, 0.54, 0.66
# Categories of opening brackets and quotation marks.
OPENS = {"Ps", "Pi"}


class Node(Protocol):
    """A part as it is shown: `name` in the reader's language."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def after(self) -> Sequence[str]: ...

    @property
    def words(self) -> Any: ...

    @property
    def office(self) -> str: ...


@dataclass(frozen=True)
class Box:
    node: Node
    x: int
    y: int
    lines: tuple[str, ...]
    is_critical: bool
    width = WIDTH
    height = HEIGHT

    @property
    def rows(self) -> list[tuple[int, str]]:
        """Height of each line of the name within the box, and the line."""
        first = 30 if len(self.lines) == 1 else 22
        return [(first + 17 * place, line) for place, line in enumerate(self.lines)]

    @property
    def state(self) -> str:
        words = str(self.node.words)
        return cut(words[:1].upper() + words[1:], SMALL)

    @property
    def office(self) -> str:
        return cut(self.node.office, SMALL)


@dataclass(frozen=True)
class Line:
    """What leads from one part to the next: the path, and the tip of its arrow."""

    path: str
    tip: str
    is_critical: bool


@dataclass(frozen=True)
class Network:
    shape: str
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def drawn(nodes: Sequence[Node], critical: Collection[str] = ()) -> tuple[Network, Network]:
    """The network as it stands on a wide page, and on a narrow one."""
    return wide_net(nodes, critical), tall_net(nodes, critical)


def wide_net(nodes: Sequence[Node], critical: Collection[str] = ()) -> Network:
    """The nodes in columns, each right of all it waits for, and the lines between them. A line is critical
    where both its ends are."""
    columns = _columns(nodes)
    most = max((len(column) for column in columns), default=0)
    tall = most * HEIGHT + max(most - 1, 0) * DOWN
    boxes: dict[str, Box] = {}
    for place, column in enumerate(columns):
        mine = len(column) * HEIGHT + (len(column) - 1) * DOWN
        top = MARGIN + (tall - mine) // 2
        for row, node in enumerate(column):
            x, y = MARGIN + place * (WIDTH + ACROSS), top + row * (HEIGHT + DOWN)
            boxes[node.code] = Box(node, x, y, wrapped(node.name), node.code in critical)
    # The critical ones last, so that they lie on top.
    lines = sorted((_line(*pair) for pair in _pairs(boxes)), key=lambda line: line.is_critical)
    wide = len(columns) * WIDTH + max(len(columns) - 1, 0) * ACROSS
    return Network("wide", wide + 2 * MARGIN, tall + 2 * MARGIN, tuple(boxes.values()), tuple(lines))


def tall_net(nodes: Sequence[Node], critical: Collection[str] = ()) -> Network:
    """The nodes one below the other, each below and right of all it waits for, and the lines beside them."""
    boxes: dict[str, Box] = {}
    depths = [(depth, node) for depth, column in enumerate(_columns(nodes)) for node in column]
    for row, (depth, node) in enumerate(depths):
        x, y = MARGIN + depth * STEP, MARGIN + row * (HEIGHT + DOWN)
        boxes[node.code] = Box(node, x, y, wrapped(node.name), node.code in critical)
    lines = sorted((_elbow(*pair) for pair in _pairs(boxes)), key=lambda line: line.is_critical)
    wide = WIDTH + max((depth for depth, _node in depths), default=0) * STEP
    tall = len(depths) * (HEIGHT + DOWN) - DOWN if depths else 0
    return Network("tall", wide + 2 * MARGIN, tall + 2 * MARGIN, tuple(boxes.values()), tuple(lines))


def _pairs(boxes: dict[str, Box]) -> list[tuple[Box, Box]]:
    return [(boxes[code], box) for box in boxes.values() for code in box.node.after if code in boxes]


def _columns(nodes: Sequence[Node]) -> list[list[Node]]:
    known = {node.code for node in nodes}
    depth: dict[str, int] = {}
    while len(depth) < len(nodes):
        ready = [
            node
            for node in nodes
            if node.code not in depth and all(code in depth for code in node.after if code in known)
        ]
        for node in ready or [node for node in nodes if node.code not in depth]:
            depth[node.code] = 1 + max((depth[code] for code in node.after if code in depth), default=-1)
    wide = 1 + max(depth.values(), default=-1)
    return [[node for node in nodes if depth[node.code] == place] for place in range(wide)]


def _line(begin: Box, end: Box) -> Line:
    x, y = begin.x + WIDTH, begin.y + HEIGHT // 2
    to, at = end.x, end.y + HEIGHT // 2
    half = (to - x) // 2
    path = f"M{x} {y}C{x + half} {y} {to - half} {at} {to - 8} {at}"
    tip = f"{to},{at} {to - 10},{at - 5} {to - 10},{at + 5}"
    return Line(path, tip, begin.is_critical and end.is_critical)


def _elbow(begin: Box, end: Box) -> Line:
    x, y = begin.x + STEP // 2, begin.y + HEIGHT
    to, at = end.x, end.y + HEIGHT // 2
    path = f"M{x} {y}V{at - 8}Q{x} {at} {x + 8} {at}H{to - 8}"
    tip = f"{to},{at} {to - 9},{at - 5} {to - 9},{at + 5}"
    return Line(path, tip, begin.is_critical and end.is_critical)


def wrapped(text: str) -> tuple[str, ...]:
    """The text in as many lines as there is room for, cut with an ellipsis where it is longer."""
    lines = [""]
    for word in _words(text):
        if lines[-1] and wide(lines[-1] + word.rstrip()) > LINE:
            lines.append("")
        lines[-1] += word
    found = [line.strip() for line in lines]
    if len(found) > LINES:
        found = [*found[: LINES - 1], cut(" ".join(found[LINES - 1 :]))]
    return tuple(cut(line) for line in found)


def _words(text: str) -> list[str]:
    """What may begin a new line: words, and each Chinese character for itself."""
    found: list[str] = []
    for sign in text:
        if found and _belongs(sign, found[-1]):
            found[-1] += sign
        else:
            found.append(sign)
    return found


def _belongs(sign: str, before: str) -> bool:
    """Whether no line may begin between the two: blanks and punctuation stay with what they follow, an
    opening bracket with what comes after it."""
    sort = unicodedata.category(sign)
    if sign == " " or (sort[0] == "P" and sort not in OPENS) or unicodedata.category(before[-1]) in OPENS:
        return True
    if sort in OPENS:
        return False
    return not (_is_wide(sign) or _is_wide(before[-1]) or before.endswith(" "))


def cut(line: str, room: float = LINE) -> str:
    """The line, ended by an ellipsis where it is wider than `room` ems."""
    if wide(line) <= room:
        return line
    while line and wide(line) > room - 1:
        line = line[:-1]
    return f"{line.rstrip()}…"


def wide(text: str) -> float:
    """About how many ems the text takes."""
    return sum(_ems(sign) for sign in text)


def _ems(sign: str) -> float:
    if _is_wide(sign):
        return 1
    return CYRILLIC if "\u0400" <= sign <= "\u04ff" else NARROW


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in {"W", "F"}
