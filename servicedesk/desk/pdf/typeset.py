"""Lines of text as Chinese sets them: broken between characters, but no mark stands where it must not
(GB/T 15834-2011, 5.1), and a Latin word or a number stays whole while a line can hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from servicedesk.desk.pdf.fonts import Face

TOKEN = re.compile(r"[!-~\u00a1-\u1fff]+|—+|…+|.", re.DOTALL)
NOT_FIRST = frozenset("，。、；：？！）》〉」』】〕］｝％‰℃”’…—·～,.;:?!)]}%")
NOT_LAST = frozenset("（《〈「『【〔［｛“‘￥￡$([{№")
# A line that leaves a larger share of the measure free is left as it is: stretched it would look torn.
STRETCH = 0.12


@dataclass(frozen=True)
class Line:
    text: str
    width: float
    # What to put between its characters so that it fills the measure.
    space: float = 0


def lines(text: str, measure: float, size: float, face: Face, indent: float = 0) -> list[Line]:
    """The text in lines no wider than `measure`; every first line of a paragraph leaves `indent` free.

    The text has been cleaned by the face. An empty text is one empty line."""
    found: list[Line] = []
    for paragraph in text.split("\n"):
        found += _Filling(measure, size, face, indent).of(paragraph.strip())
    return found


class _Filling:
    """One paragraph being filled into lines."""

    def __init__(self, measure: float, size: float, face: Face, indent: float) -> None:
        self.measure, self.size, self.face = measure, size, face
        self.room = measure - indent
        self.done: list[Line] = []
        self.text = ""
        self.used = 0.0

    def of(self, paragraph: str) -> list[Line]:
        for piece in clusters(paragraph):
            width = self._width(piece)
            if self.used + width > self.room and not piece.isspace():
                self._break()
            if self.used + width <= self.room:
                self._add(piece, width)
            elif not piece.isspace():
                self._add_by_letter(piece)
        self.done.append(Line(self.text.rstrip(), self._width(self.text.rstrip())))
        return self.done

    def _width(self, text: str) -> float:
        return self.face.width(text) * self.size

    def _add(self, piece: str, width: float) -> None:
        if self.text or not piece.isspace():
            self.text += piece
            self.used += width

    def _add_by_letter(self, piece: str) -> None:
        for letter in piece:
            width = self._width(letter)
            if self.used + width > self.room:
                self._break()
            self._add(letter, width)

    def _break(self) -> None:
        if not self.text:
            return
        text = self.text.rstrip()
        width = self._width(text)
        self.done.append(Line(text, width, self._stretch(text, width)))
        self.text, self.used, self.room = "", 0.0, self.measure

    def _stretch(self, text: str, width: float) -> float:
        free = self.room - width
        return free / (len(text) - 1) if len(text) > 1 and 0 < free <= STRETCH * self.room else 0


def clusters(text: str) -> Iterator[str]:
    """Pieces between which a line may break."""
    held = ""
    for token in TOKEN.findall(text):
        if held and (token.isspace() or held.isspace() or not _holds(held, token)):
            yield held
            held = ""
        held += token
    if held:
        yield held


def _holds(before: str, token: str) -> bool:
    return before[-1] in NOT_LAST or token[0] in NOT_FIRST
