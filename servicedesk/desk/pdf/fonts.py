"""The typefaces of papers: one that carries Chinese and is put into the file, or the reader's own Song."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

# Chinese TrueType as Debian installs it, the first that is there. Outlines of PostScript cannot be embedded.
FILES = (
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)
EMBEDDED = "DeskBody"
# Not embedded: every reader of PDF brings a typeface for this name, or asks for its Chinese pack once.
BORROWED = "STSong-Light"
# What printers set for a character they have no type for (GB 2312, row 2).
GETA = "〓"
# Controls, formats (among them the bidirectional ones), lone halves, private and unassigned places.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
BREAK = re.compile(r"\r\n?|[\u000b\u000c\u0085\u2028\u2029]")


@dataclass(frozen=True)
class Face:
    """A typeface by its name in the file. Widths are shares of the size."""

    name: str
    letters: frozenset[int] | None
    _widths: dict[str, float] = field(default_factory=dict, compare=False)

    def has(self, letter: str) -> bool:
        code = ord(letter)
        return code <= 0xFFFF if self.letters is None else code in self.letters

    def width(self, text: str) -> float:
        return sum(map(self._width, text))

    def _width(self, letter: str) -> float:
        if letter not in self._widths:
            self._widths[letter] = pdfmetrics.stringWidth(letter, self.name, 1)
        return self._widths[letter]

    def clean(self, text: str) -> str:
        """The text as it can be printed: visible characters and line breaks; 〓 for a missing character."""
        kept = BREAK.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
        return "".join(self._printed(letter) for letter in kept)

    def _printed(self, letter: str) -> str:
        if letter == "\n":
            return letter
        if unicodedata.category(letter) in INVISIBLE:
            return ""
        if letter.isspace() and letter != "\u3000":
            return " "
        return letter if self.has(letter) else GETA


def body_face() -> Face:
    """The embedded typeface where one of FILES is installed, the borrowed one otherwise."""
    found = next((path for path in FILES if Path(path).is_file()), None)
    return embedded(found) if found else borrowed()


@cache
def embedded(path: str) -> Face:
    font = TTFont(EMBEDDED, path, subfontIndex=0)
    pdfmetrics.registerFont(font)
    return Face(EMBEDDED, frozenset(font.face.charToGlyph))


@cache
def borrowed() -> Face:
    pdfmetrics.registerFont(UnicodeCIDFont(BORROWED))
    return Face(BORROWED, None)
