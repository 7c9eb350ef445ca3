"""The place where the next thing goes: down the sheet, and on to the next one."""

from __future__ import annotations

from collections.abc import Sequence

from servicedesk.desk.pdf.fonts import Face
from servicedesk.desk.pdf.sheets import BOTTOM, INK, LEFT, MEASURE, TOP, Box, Text
from servicedesk.desk.pdf.typeset import Line, lines

LEADING = 1.75


class Flow:
    """Sheets being filled from the top; `y` is where the next thing begins."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.sheets: list[list[Text | Box]] = [[]]
        self.y = TOP

    def room(self, height: float) -> None:
        """Go to the next sheet unless so much is free on this one."""
        if self.y - height < BOTTOM and self.y < TOP:
            self.sheets.append([])
            self.y = TOP

    def free(self) -> float:
        return self.y - BOTTOM

    def skip(self, height: float) -> None:
        self.y -= height

    def put(self, *marks: Text | Box) -> None:
        self.sheets[-1] += marks

    def width(self, words: str, size: float) -> float:
        return self.face.width(words) * size

    def set(self, text: str, size: float, measure: float = MEASURE, first: float = 0) -> list[Line]:
        return lines(self.face.clean(text), measure, size, self.face, first)

    def one_line(self, text: str) -> str:
        return " ".join(self.face.clean(text).split())

    def centred(self, words: str, middle: float, size: float, color: str = INK, bold: bool = False) -> None:
        self.put(Text(middle - self.width(words, size) / 2, self.y, words, size, color, bold))

    def running(
        self,
        found: Sequence[Line],
        size: float,
        *,
        indent: float = 0,
        first: float = 0,
        bold: bool = False,
        color: str = INK,
    ) -> None:
        """Lines one below the other; `first` is what the first of them leaves free beyond `indent`."""
        for place, line in enumerate(found):
            self.room(size * LEADING)
            self.skip(size * LEADING)
            x = LEFT + indent + (0 if place else first)
            self.put(Text(x, self.y, line.text, size, color, bold, line.space))
