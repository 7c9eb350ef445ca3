"""Taking a file in, piece by piece: each piece is one transaction, what is there already is left out, and a
run that was killed goes on where it stopped."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.accounts.offices import load_offices
from servicedesk.desk.actions.epoch import Epoch
from servicedesk.desk.actions.history import take_in
from servicedesk.desk.errors import BadInput, DeskError
from servicedesk.desk.history.declaring import Fault, HistoryDef, Past
from servicedesk.desk.history.mapping import mapped
from servicedesk.desk.history.reading import Reading
from servicedesk.desk.history.sheets import Sheet
from servicedesk.desk.models import PastRow
from servicedesk.desk.registry import CENTRE

log = logging.getLogger(__name__)
PIECE = 250
# (rows done, rows to do)
Tell = Callable[[int, int], object]


@dataclass
class Report:
    """What a file holds, and what became of it. `open` of the rows have no answer; `failed` are those faults
    that only the storing brought up."""

    file: str
    total: int = 0
    imported: int = 0
    open: int = 0
    already: int = 0
    waiting: int = 0
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    failed: list[Fault] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        """Rows with a fault; one may have several."""
        return len({fault.row for fault in self.faults})


class Taking:
    """One file that is taken in at a moment."""

    def __init__(
        self,
        declared: HistoryDef,
        sheets: Sequence[Sheet],
        name: str,
        mapping: Mapping[str, str],
        *,
        sheet: str = "",
        at: datetime,
        by: User | None = None,
    ) -> None:
        """Read and check every row; nothing is written but the offices of a desk that has none.

        Raises BadInput where the columns are not there."""
        table = mapped(sheets, mapping, sheet)
        if not Office.objects.filter(code=CENTRE).exists():
            load_offices()
        self.declared, self.at = declared, at
        self.reader = declared.reader()
        reading = Reading(declared, table, self.reader, at).read()
        file = PurePath(name).name
        self.epoch = Epoch(declared, self.reader, file, at, by)
        # In the order they were received: so run their numbers.
        self.pasts = new_ones(sorted(reading.pasts, key=lambda past: past.received), declared.kind)
        self.report = Report(
            file=file,
            total=reading.total,
            already=len(reading.pasts) - len(self.pasts),
            waiting=len(self.pasts),
            open=sum(past.answered is None for past in self.pasts),
            faults=reading.faults,
            remarks=reading.remarks,
        )

    def run(self, tell: Tell = lambda done, of: None, go_on: Callable[[], bool] = lambda: True) -> Report:
        """Take in piece by piece while `go_on` says so; return the report. Its `waiting` is what is left."""
        of = self.report.waiting
        for start in range(0, len(self.pasts), PIECE):
            if not go_on():
                break
            piece = self.pasts[start : start + PIECE]
            self._take(piece)
            self.report.waiting -= len(piece)
            tell(of - self.report.waiting, of)
        return self.report

    @transaction.atomic
    def run_strictly(self, tell: Tell = lambda done, of: None) -> Report:
        """All rows or none. Raises BadInput where any row has a fault; then nothing was written."""
        if not self.report.faults:
            self.run(tell)
        if self.report.faults:
            raise BadInput("faulty-rows", _("Nothing was imported: not all rows are right."))
        return self.report

    def _take(self, pasts: Sequence[Past]) -> None:
        """Take in one piece; if it fails, its halves, down to the row that is at fault."""
        try:
            self.report.imported += len(take_in(pasts, self.epoch))
            return
        except (DatabaseError, DeskError, ValueError) as error:
            fresh = new_ones(pasts, self.declared.kind)
            # Another run may have been quicker with some of them.
            self.report.already += len(pasts) - len(fresh)
            if len(fresh) == 1 == len(pasts):
                log.exception("Row %s of a history could not be stored.", pasts[0].row)
                said = _("It could not be stored: %(error)s") % {"error": str(error)[:200]}
                fault = Fault(pasts[0].row, "", said)
                self.report.faults.append(fault)
                self.report.failed.append(fault)
                return
        if fresh:
            half = (len(fresh) + 1) // 2
            for part in filter(None, (fresh[:half], fresh[half:])):
                self._take(part)


def new_ones(pasts: Sequence[Past], kind: str) -> list[Past]:
    """Those of the requests no case was made of: by their number, by what they say where either has none."""
    numbers: set[str] = set()
    every: set[str] = set()
    unnumbered: set[str] = set()
    for number, said in PastRow.objects.filter(kind=kind).values_list("number", "fingerprint").iterator():
        every.add(said)
        (numbers if number else unnumbered).add(number or said)

    def is_there(past: Past) -> bool:
        if not past.number:
            return past.fingerprint in every
        return past.number in numbers or past.fingerprint in unnumbered

    return [past for past in pasts if not is_there(past)]


def sentence(fault: Fault) -> str:
    """“Row 17, 答复时间: …”"""
    told: dict[str, Any] = {"row": fault.row, "text": fault.text}
    if not fault.column:
        return _("Row %(row)s: %(text)s") % told
    return _("Row %(row)s, %(column)s: %(text)s") % (told | {"column": fault.column})
