"""The hand-over sheet as a workbook."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl.styles import Font  # type: ignore[import-untyped]

from enterprises.direct_line.board.shift import PARTS, Line, told
from enterprises.models import HandOver
from servicedesk.accounts.models import User
from servicedesk.desk.cells import defused
from servicedesk.desk.masks import masked, masked_text
from servicedesk.desk.models import Party

WIDTHS = {"A": 20, "B": 44, "C": 30, "D": 18, "E": 24, "F": 30}


def titles() -> dict[str, str]:
    """What each part is called, in the order of the sheet."""
    named = {
        "came_in": _("Came in"),
        "dispatched": _("Dispatched"),
        "returned": _("Returned by offices"),
        "waiting": _("Still to dispatch"),
        "calls": _("Calls the centre has promised"),
    }
    return {part: named[part] for part in PARTS}


def heads() -> list[str]:
    return [_("number"), _("title"), _("company"), _("moment"), _("office"), _("remark")]


def as_xlsx(row: HandOver, user: User, at: datetime) -> bytes:
    """A front page with who and when, and a page for each part."""
    book = openpyxl.Workbook()
    front = book.active
    front.title = _("Hand-over")
    parts = told(row.snapshot, user, at)
    for line in _front(row, parts):
        front.append([defused(cell) if isinstance(cell, str) else cell for cell in line])
    front.column_dimensions["A"].width, front.column_dimensions["B"].width = 24, 80
    for part, title in titles().items():
        _add(book.create_sheet(title[:31]), parts[part])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _front(row: HandOver, parts: dict[str, list[Line]]) -> Iterator[list[Any]]:
    yield [_("From"), _local(row.since)]
    yield [_("To"), _local(row.until)]
    yield [_("Handed over by"), str(row.by)]
    yield [_("Taken over by"), f"{row.taken_by} {_local(row.taken_at)}" if row.taken_by else _("not yet")]
    yield [_("Note of the dispatcher"), row.note]
    yield from ([title, len(parts[part])] for part, title in titles().items())


def _add(sheet: Any, lines: list[Line]) -> None:
    sheet.append(heads())
    for line in lines:
        office = line.office.title() if line.office else ""
        case = line.case
        cells = [
            case.number,
            masked_text(case.title),
            _named(case.applicant),
            _local(line.at),
            office,
            line.words,
        ]
        sheet.append([defused(cell) for cell in cells])
    for head in sheet[1]:
        head.font = Font(bold=True)
        sheet.column_dimensions[head.column_letter].width = WIDTHS[head.column_letter]
    sheet.freeze_panes = "B2"


def _named(party: Party) -> str:
    """A sheet leaves the house: a natural person is masked in it, whoever takes it along."""
    return party.name if party.sort == Party.Sort.COMPANY else masked(party.name, "name")


def _local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""
