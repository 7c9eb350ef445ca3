"""From rows of a sheet to requests of the past. A row with a fault is left out whole, and told."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.history.cells import Told, known, moment, name_of
from servicedesk.desk.history.declaring import COMMON, Fault, HistoryDef, Past, Reader
from servicedesk.desk.history.mapping import Mapped

LONGEST_TITLE = 200
LONGEST_NUMBER = 80
OWN = frozenset(each.name for each in COMMON)


class Reading:
    """One look at every row of a mapped sheet, at the moment `at`."""

    def __init__(self, declared: HistoryDef, table: Mapped, reader: Reader, at: datetime) -> None:
        self.declared, self.table, self.reader, self.at = declared, table, reader, at
        self.fields = declared.every_field()
        self.zone = timezone.get_current_timezone()
        self.calendar = calendar_of(None, current_version())
        self.offices = {
            name: office for office in Office.objects.all() for name in (office.code, office.name)
        }
        self.faults: list[Fault] = []
        self.remarks: list[Fault] = []
        self.pasts: list[Past] = []
        self.total = 0
        self._numbers: dict[str, Past] = {}
        self._prints: dict[str, Past] = {}

    def read(self) -> Reading:
        """Look at every row; return self."""
        for number, cells in self.table.sheet.rows[self.table.first :]:
            if self._is_heading(cells):
                continue
            self.total += 1
            past = _Row(self, number, cells).past()
            if past is not None and not self._repeats(past):
                self.pasts.append(past)
        return self

    def value(self, name: str, cells: Sequence[Any]) -> Any:
        column = self.table.columns.get(name)
        return cells[column] if column is not None and column < len(cells) else None

    def heading(self, name: str) -> str:
        return self.table.headings.get(name) or (str(self.fields[name].label) if name in self.fields else "")

    def close_of(self, told: Told) -> datetime:
        """The moment that stands for a day without a time of day when somebody answered."""
        close = self.calendar.close(told.day)
        ends = datetime.combine(told.day, time(23, 59, 59), told.at.tzinfo)
        return min(close.astimezone(told.at.tzinfo), ends)

    def _is_heading(self, cells: Sequence[Any]) -> bool:
        """Whether it is the headings again, as on every page of a printed sheet."""
        return all(
            name_of(self.value(name, cells)) == name_of(said) for name, said in self.table.headings.items()
        )

    def _repeats(self, past: Past) -> bool:
        numbered = self._numbers.setdefault(past.number, past) if past.number else past
        printed = self._prints.setdefault(past.fingerprint, past)
        if numbered is not past and numbered.fingerprint != past.fingerprint:
            said = _("Row %(row)s has this number already, with other words.") % {"row": numbered.row}
            self.faults.append(Fault(past.row, self.heading("number"), said))
            return True
        both = past.number and printed.number
        first = numbered if numbered is not past else (past if both else printed)
        if first is not past:
            self.faults.append(Fault(past.row, "", _("This repeats row %(row)s.") % {"row": first.row}))
        return first is not past


class _Row:
    """One row on its way to be a Past."""

    def __init__(self, reading: Reading, number: int, cells: Sequence[Any]) -> None:
        self.reading, self.number, self.cells = reading, number, cells
        self.faults: list[Fault] = []

    def past(self) -> Past | None:
        """What the row tells, or None where it has a fault; both kinds of sentence go to the reading."""
        received, answered = self._moment("received"), self._moment("answered")
        subject, text = self._words("subject"), self._words("text")
        answer = self._words("answer")
        self._check_words(subject, text)
        self._check_answer(answer, answered)
        if received is None and not self.faults:
            self._fault("received", _("The date is missing."))
        if not self.faults and received is not None:
            past = Past(
                row=self.number,
                subject=subject,
                text=text or subject,
                received=received.at,
                answer=answer,
                answered=self._answered(received, answered),
                number=self._number(),
                office=self._office(),
                words={name: self._words(name) for name in self.reading.table.headings if name not in OWN},
            )
            past.fingerprint = fingerprint(past)
            self._check_order(past)
            self.reading.reader.look(past, self._fault, self._remark)
        self.reading.faults += self.faults
        return None if self.faults else past

    def _fault(self, name: str, text: str) -> None:
        self.faults.append(Fault(self.number, self.reading.heading(name), text))

    def _remark(self, name: str, text: str) -> None:
        self.reading.remarks.append(Fault(self.number, self.reading.heading(name), text))

    def _words(self, name: str) -> str:
        return known(self.reading.value(name, self.cells))

    def _moment(self, name: str) -> Told | None:
        try:
            value = self.reading.value(name, self.cells)
            return moment(value, self.reading.zone, self.reading.table.sheet.epoch)
        except ValueError as error:
            self._fault(name, str(error))
            return None

    def _check_words(self, subject: str, text: str) -> None:
        if not (subject or text):
            self._fault("text", _("There are no words."))
        elif not text:
            self._remark("text", _("Empty; the subject stands for it."))
        elif "subject" in self.reading.table.headings and not subject:
            self._remark("subject", _("Empty; the first words of the text stand for it."))
        elif len(subject) > LONGEST_TITLE:
            self._remark("subject", _("Longer than a title; it is cut there and kept in full beside it."))

    def _check_answer(self, answer: str, answered: Told | None) -> None:
        if answer and answered is None and not self.faults:
            self._fault("answered", _("There is an answer, but not its date."))
        if answered is not None and not answer and "answer" in self.reading.table.headings:
            self._fault("answer", _("There is a date of an answer, but no answer."))
        if answered is None and not answer and "answered" in self.reading.table.headings and not self.faults:
            self._remark("answered", _("No answer: it comes in as an open matter."))

    def _check_order(self, past: Past) -> None:
        at = self.reading.at
        if past.received > at:
            self._fault("received", _("This lies in the future."))
        if past.answered is not None and past.answered > at:
            self._fault("answered", _("This lies in the future."))
        if past.answered is not None and past.answered < past.received:
            self._fault("answered", _("It was answered before it was received."))

    def _answered(self, received: Told, answered: Told | None) -> datetime | None:
        """A day alone is its close of office, but not before the receipt on that day, nor in the future."""
        if answered is None or not answered.day_only:
            return answered.at if answered else None
        closed = self.reading.close_of(answered)
        if answered.day == received.day:
            return max(closed, received.at)
        today = self.reading.at - timedelta(microseconds=self.reading.at.microsecond)
        return min(closed, today) if answered.at <= today else closed

    def _number(self) -> str:
        number = self._words("number")
        if len(number) > LONGEST_NUMBER:
            self._fault("number", _("The number is too long."))
        return number

    def _office(self) -> Office | None:
        said = self._words("office")
        office = self.reading.offices.get(said)
        if said and office is None:
            self._remark(
                "office", _("No office is called “%(name)s”; the centre stands for it.") % {"name": said}
            )
        return office


def fingerprint(past: Past) -> str:
    """A hash of what makes a request this one."""
    told = "\0".join([past.received.isoformat(), past.subject, past.text])
    return hashlib.sha256(told.encode()).hexdigest()
