"""Sheets of A4 with text, rules and squares on them, and how they become the bytes of a PDF."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from servicedesk.desk.pdf.fonts import Face

WIDTH, HEIGHT = A4
# GB/T 9704-2012, 5.2: the type area is 156 mm wide, its left edge 28 mm from the edge of the sheet.
LEFT, MEASURE = 28 * mm, 156 * mm
RIGHT = LEFT + MEASURE
TOP, BOTTOM = HEIGHT - 28 * mm, 29 * mm
INK, SOFT, RED, PALE, HAIR = "#1b1f23", "#5a6672", "#b3261e", "#f1f4f6", "#b9c2ca"

# One typeface object keeps what one document needs of it: two threads must not write with it at once.
_writing = threading.Lock()


@dataclass(frozen=True)
class Text:
    x: float
    y: float
    words: str
    size: float
    color: str = INK
    bold: bool = False
    space: float = 0

    def draw(self, canvas: Canvas, face: Face) -> None:
        canvas.setFillColor(HexColor(self.color))
        canvas.setFont(face.name, self.size)
        if self.bold:  # the typeface has one weight: a hair of outline makes the second
            canvas.setStrokeColor(HexColor(self.color))
            canvas.setLineWidth(self.size * (0.028 if self.size > 14 else 0.018))
        canvas.drawString(self.x, self.y, self.words, mode=2 if self.bold else 0, charSpace=self.space)


@dataclass(frozen=True)
class Box:
    """A filled rectangle: a rule, a ground, a module of a QR code."""

    x: float
    y: float
    width: float
    height: float
    color: str = HAIR

    def draw(self, canvas: Canvas, face: Face) -> None:
        canvas.setFillColor(HexColor(self.color))
        canvas.rect(self.x, self.y, self.width, self.height, stroke=0, fill=1)


Sheet = list[Text | Box]
Foot = Callable[[int, int], Sheet]


@dataclass(frozen=True)
class About:
    """What the file says of itself."""

    title: str
    author: str
    subject: str
    language: str


def written(sheets: list[Sheet], face: Face, about: About, foot: Foot) -> bytes:
    """The PDF of these sheets: always the same bytes for the same sheets, with no moment in them.

    `foot` says what stands at the foot of page n of m."""
    out = io.BytesIO()
    with _writing:
        canvas = Canvas(out, pagesize=A4, invariant=1, pageCompression=1, lang=about.language)
        canvas.setTitle(about.title)
        canvas.setAuthor(about.author)
        canvas.setSubject(about.subject)
        canvas.setCreator("")
        canvas.setProducer("")
        canvas.setViewerPreference("DisplayDocTitle", "true")
        for page, sheet in enumerate(sheets, start=1):
            for mark in [*sheet, *foot(page, len(sheets))]:
                mark.draw(canvas, face)
            canvas.showPage()
        canvas.save()
    return out.getvalue()
