"""A stored chart as a drawing: places on a sheet of fixed width, which the template writes as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servicedesk.reports.bars import unbroken
from servicedesk.reports.monthly.cells import Stored

WIDTH, LEFT, RIGHT, TOP = 760, 40, 10, 44
HEIGHT, FOOT = 210, 26
# Lying bars: room for the name, height of a line, room for the number.
NAMES, ROW, THICK, NUMBER = 210, 30, 18, 60
# About as many letters fit into the room for a name.
LONGEST = 14


@dataclass(frozen=True)
class Box:
    """A bar with its number."""

    look: int
    x: float
    y: float
    width: float
    height: float
    said: str
    said_x: float
    said_y: float


@dataclass(frozen=True)
class Word:
    x: float
    y: float
    said: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Drawing:
    name: str
    title: str
    height: int
    boxes: Sequence[Box] = ()
    dots: Sequence[Box] = ()
    lines: Sequence[str] = ()
    words: Sequence[Word] = ()
    legend: Sequence[tuple[int, float, str]] = ()
    base: float | None = None
    width: int = WIDTH


def drawn(chart: Stored) -> Drawing:
    if chart["sort"] == "bars":
        return _lying(chart)
    return _line(chart) if chart["sort"] == "line" else _standing(chart)


def _most(chart: Stored) -> float:
    values = [value for each in chart["series"] for value in each["values"] if value is not None]
    return 100 if chart["percent"] else max([1, *values])


def _said(chart: Stored, value: float | None) -> str:
    return "" if value is None else f"{value:g}%" if chart["percent"] else f"{value:g}"


def _lying(chart: Stored) -> Drawing:
    room, most = WIDTH - NAMES - NUMBER, _most(chart)
    boxes, words = [], []
    for place, (name, value) in enumerate(
        zip(chart["categories"], chart["series"][0]["values"], strict=True)
    ):
        y = 8 + place * ROW
        width = round(room * (value or 0) / most, 1)
        said = _said(chart, value)
        boxes.append(Box(0, NAMES, y, width, THICK, said, NAMES + width + 6, y + 14))
        words.append(Word(NAMES - 8, y + 14, shortened(name), "end"))
    return Drawing(chart["name"], chart["title"], 16 + ROW * len(words), boxes, words=words)


def shortened(name: str) -> str:
    """The table beside has the name in full."""
    most = LONGEST if any(ord(sign) > 0x2E80 for sign in name) else 2 * LONGEST
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _slots(chart: Stored) -> list[float]:
    width = (WIDTH - LEFT - RIGHT) / max(1, len(chart["categories"]))
    return [round(LEFT + width * (place + 0.5), 1) for place in range(len(chart["categories"]))]


def _under(chart: Stored) -> list[Word]:
    return [Word(x, HEIGHT - 8, name) for x, name in zip(_slots(chart), chart["categories"], strict=True)]


def _standing(chart: Stored) -> Drawing:
    most, base = _most(chart), HEIGHT - FOOT
    slot = (WIDTH - LEFT - RIGHT) / max(1, len(chart["categories"]))
    thick = round(min(26.0, slot / (len(chart["series"]) + 0.6)), 1)
    boxes = []
    for look, series in enumerate(chart["series"]):
        start = -thick * len(chart["series"]) / 2 + look * thick
        for x, value in zip(_slots(chart), series["values"], strict=True):
            height = round((base - TOP) * (value or 0) / most, 1)
            left = round(x + start, 1)
            boxes.append(
                Box(
                    look, left, base - height, thick - 2, height, _said(chart, value or None),
                    left + thick / 2 - 1, base - height - 5,
                )
            )  # fmt: skip
    legend = [(look, LEFT + 150 * look, each["name"]) for look, each in enumerate(chart["series"])]
    return Drawing(
        chart["name"], chart["title"], HEIGHT, boxes, words=_under(chart), legend=legend, base=base
    )


def _line(chart: Stored) -> Drawing:
    base, values = HEIGHT - FOOT, chart["series"][0]["values"]
    known = [value for value in values if value is not None]
    # A rate is drawn from the multiple of ten below the lowest one; a flat line at the top says nothing.
    lowest = int(min([*known, 90]) // 10 * 10) if chart["percent"] else 0
    most = _most(chart)
    dots: list[Box | None] = []
    for x, value in zip(_slots(chart), values, strict=True):
        if value is None:
            dots.append(None)
            continue
        y = round(base - (base - TOP) * (value - lowest) / (most - lowest), 1)
        dots.append(Box(0, x, y, 0, 0, _said(chart, value), x, y - 10))
    words = [
        *_under(chart),
        Word(LEFT - 4, TOP + 4, "100%", "end"),
        Word(LEFT - 4, base, f"{lowest}%", "end"),
    ]
    shown = [dot for dot in dots if dot]
    return Drawing(
        chart["name"], chart["title"], HEIGHT, dots=shown, lines=unbroken(dots), words=words, base=base
    )
