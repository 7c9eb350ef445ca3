"""What the requests of one run are measured by, and the rows one of them becomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Min
from django.utils import timezone

from servicedesk.accounts.models import Office, User
from servicedesk.desk.actions.frame import centre
from servicedesk.desk.actions.limits import limits_of
from servicedesk.desk.calendars import current_version
from servicedesk.desk.history.declaring import HistoryDef, Past, Reader
from servicedesk.desk.ladder import Ladders
from servicedesk.desk.models import Alarm, Case, Clock, Event, Limit, Step
from servicedesk.desk.registry import HANDLING, STEP, ClockDef, StepDef, kind_of
from servicedesk.desk.wording import Labels, in_every_language

LONGEST_TITLE = 200


class Epoch:
    """What every request of one run is measured by, read once."""

    def __init__(
        self, declared: HistoryDef, reader: Reader, file: str, at: datetime, by: User | None
    ) -> None:
        self.declared, self.reader, self.file, self.at, self.by = declared, reader, file, at, by
        self.kind = kind_of(declared.kind)
        self.version = current_version()
        self.ladders = Ladders(at)
        self.centre = centre()
        self._offices = {office.code: office for office in Office.objects.all()}
        self._first = _first_limit(self.kind.subject_of({}))
        self._limits: dict[date, dict[str, Limit]] = {}
        self._labels: dict[str, Labels] = {}

    def label(self, declared: StepDef | ClockDef) -> Labels:
        key = f"{type(declared).__name__}:{declared.code}"
        if key not in self._labels:
            self._labels[key] = in_every_language(declared.label)
        return self._labels[key]

    def office(self, code: str, case: Case) -> Office:
        return case.office if code in {HANDLING, STEP} else self._offices.get(code, self.centre)

    def measured_at(self, received: datetime) -> datetime:
        """The moment whose limits hold: before there were any, the first ones there were are the measure."""
        return max(received, self._first) if self._first else received

    def limits(self, opening: dict[str, Any], received: datetime) -> dict[str, Limit]:
        """Limits in force at that moment, read once a day."""
        at = self.measured_at(received)
        if self.kind.limits is not None:
            return self.kind.limits(opening, at)
        day = timezone.localdate(at)
        if day not in self._limits:
            self._limits[day] = limits_of(self.kind.subject_of(opening), at)
        return self._limits[day]


def _first_limit(subject: str) -> datetime | None:
    day = Limit.objects.filter(subject=subject).aggregate(day=Min("valid_from"))["day"]
    return timezone.make_aware(datetime.combine(day, time())) if day else None


@dataclass
class Taken:
    """One request on its way in: the rows that will make up its case."""

    past: Past
    case: Case
    limits: dict[str, Limit]
    steps: list[Step] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
