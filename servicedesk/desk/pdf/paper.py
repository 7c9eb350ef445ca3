"""One official paper, laid out like a letter of a Chinese office (信函格式, GB/T 9704-2012, 10.1).

What people wrote is set as it stands: nothing here reads markup, so none can be smuggled in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import segno
from django.utils.translation import gettext as _
from django.utils.translation import override
from reportlab.lib.units import mm

from servicedesk.desk.pdf import tables
from servicedesk.desk.pdf.flow import LEADING, Flow
from servicedesk.desk.pdf.fonts import Face, body_face
from servicedesk.desk.pdf.sheets import INK, LEFT, MEASURE, RED, RIGHT, SOFT, WIDTH, About, Box, Text, written

# 小一, 二号, 小三, 四号 and 小四 in points. A decision of usual length stands on one sheet.
OFFICE, TITLE, HEADING, BODY, SMALL = 24, 22, 15, 14, 12
NOTE, FOOT = 10, 9
# What must have room below a heading: the head of a table and a row or two.
BELOW_HEADING = 100
MIDDLE = WIDTH / 2
CODE, BESIDE = 30 * mm, 16
# A seal of an office of a county is 42 mm across (国发〔1999〕25号); it lies over the name and the date.
SEAL = 42 * mm
LANGUAGES = {"zh-hans": "zh-CN"}


class Paper:
    """One official paper as a PDF. `face` is the typeface, the usual one by default."""

    def __init__(
        self,
        title: str,
        *,
        number: str = "",
        office: str = "",
        language: str = "zh-hans",
        face: Face | None = None,
    ) -> None:
        self._flow = Flow(face or body_face())
        self.language = language
        self.title = self._flow.one_line(title)
        self.number = self._flow.one_line(number)
        self.office = self._flow.one_line(office)
        self._remark = ""
        self._head()

    def _head(self) -> None:
        flow = self._flow
        if self.office:
            flow.skip(-12)
            self._large(self.office, OFFICE, RED)
            flow.skip(14)
            flow.put(Box(LEFT, flow.y, MEASURE, 2.2, RED), Box(LEFT, flow.y - 3, MEASURE, 0.6, RED))
            flow.skip(4)
        if self.number:
            flow.skip(BODY * LEADING - 2)
            flow.put(Text(RIGHT - flow.width(self.number, SMALL), flow.y, self.number, SMALL))
        flow.skip(10)
        self._large(self.title, TITLE, INK)
        flow.skip(14)

    def _large(self, words: str, size: float, color: str) -> None:
        """Centred; smaller where that saves a line, and on several lines at last."""
        flow = self._flow
        size = max(min(size, MEASURE / max(flow.width(words, 1), 1)), size * 0.72)
        for line in flow.set(words, size):
            flow.room(size * 1.5)
            flow.skip(size * 1.5)
            flow.centred(line.text, MIDDLE, size, color, bold=True)

    def heading(self, text: str) -> None:
        flow, found = self._flow, self._flow.set(text, HEADING)
        flow.room(len(found) * HEADING * LEADING + BELOW_HEADING)
        flow.skip(4)
        flow.running(found, HEADING, bold=True)

    def addressee(self, text: str) -> None:
        """Whom the paper speaks to, on a line of its own and not indented (主送机关)."""
        self._flow.running(self._flow.set(text, BODY), BODY)

    def paragraph(self, text: str) -> None:
        """Running text; every line of it is a paragraph. Chinese leaves two characters free before it."""
        first = 2 * BODY if self.language.startswith("zh") else 0
        for each in self._flow.face.clean(text).split("\n"):
            self._flow.running(self._flow.set(each, BODY, first=first), BODY, first=first)

    def note(self, text: str) -> None:
        """A remark in small letters, for what no decision depends on."""
        self._flow.skip(4)
        self._flow.running(self._flow.set(text, NOTE), NOTE, color=SOFT)

    def remark(self, text: str) -> None:
        """One line at the foot of the last sheet: what holds of the paper as such."""
        self._remark = self._flow.one_line(text)

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """A line for each label and its value, in two columns."""
        self._flow.skip(10)
        tables.facts(self._flow, rows)
        self._flow.skip(8)

    def table(self, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A table whose head stands again on every sheet."""
        self._flow.skip(8)
        tables.table(self._flow, headers, rows)
        self._flow.skip(8)

    def numbered(self, items: Sequence[str]) -> None:
        flow = self._flow
        first = 2 * BODY if self.language.startswith("zh") else 0
        hang = first + flow.width(f"{len(items)}. ", BODY)
        for place, item in enumerate(items, start=1):
            flow.room(BODY * LEADING)
            label = Text(LEFT + first, flow.y - BODY * LEADING, f"{place}.", BODY)
            flow.put(label)
            flow.running(flow.set(item, BODY, MEASURE - hang), BODY, indent=hang)
        flow.skip(6)

    def qr(self, address: str, caption: str) -> None:
        """The address as a QR code, 30 mm wide, with its caption beside it."""
        flow = self._flow
        words = flow.set(caption, SMALL, MEASURE - CODE - BESIDE)
        high = max(CODE, len(words) * SMALL * LEADING)
        flow.room(high + 20)
        flow.skip(10)
        top = flow.y
        flow.put(*_modules(address, LEFT, top, CODE))
        flow.skip((high - len(words) * SMALL * LEADING) / 2 - 4)
        flow.running(words, SMALL, indent=CODE + BESIDE)
        flow.skip(flow.y - (top - high) + 10)

    def signature(self, office: str, date: str) -> None:
        """Who gives the paper and when, at the right, where the seal will lie over both (落款)."""
        flow = self._flow
        names = [line.text for line in flow.set(office, BODY, MEASURE * 0.6)]
        words = [*names, flow.one_line(date)]
        wide = max(flow.width(each, BODY) for each in words)
        high = len(words) * BODY * LEADING
        # Closer together rather than alone on a sheet, where nobody sees what was signed.
        seal = SEAL if flow.free() >= SEAL + BODY else high + BODY
        flow.room(seal + BODY)
        flow.skip(max(seal - high, 0) / 2 + BODY)
        for each in words:
            flow.skip(BODY * LEADING)
            flow.centred(each, RIGHT - 2 * BODY - wide / 2, BODY)
        flow.skip(max(seal - high, 0) / 2)

    def bytes(self) -> bytes:
        """The paper as it stands now; the same calls give the same bytes."""
        about = About(self.title, self.office, self.number, LANGUAGES.get(self.language, self.language))
        return written(self._flow.sheets, self._flow.face, about, self._foot)

    def _foot(self, page: int, pages: int) -> list[Text | Box]:
        with override(self.language):
            words = _("Page %(page)d of %(pages)d") % {"page": page, "pages": pages}
        flow, y = self._flow, 17 * mm
        words = flow.one_line(words)
        found: list[Text | Box] = [Text(MIDDLE - flow.width(words, FOOT) / 2, y, words, FOOT, SOFT)]
        if self.number and pages > 1:
            found.append(Text(RIGHT - flow.width(self.number, FOOT), y, self.number, FOOT, SOFT))
        if self.office:
            found += [
                Box(LEFT, y + 15, MEASURE, 0.6, RED),
                Box(LEFT, y + 12, MEASURE, 1.6, RED),
            ]
        if self._remark and page == pages:
            size = min(FOOT, MEASURE / max(flow.width(self._remark, 1), 1))
            found.append(Text(LEFT, y + 21, self._remark, size, SOFT))
        return found


def _modules(address: str, x: float, top: float, size: float) -> Iterator[Box]:
    """The dark modules of the code, each run of a row as one rectangle."""
    rows = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    one = size / len(rows)
    for line, row in enumerate(rows):
        start = None
        for place, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = place
            elif not dark and start is not None:
                yield Box(x + start * one, top - (line + 1) * one, (place - start) * one, one, INK)
                start = None
