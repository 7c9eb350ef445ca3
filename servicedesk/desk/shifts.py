"""What a change of the calendar does to open clocks, counted and shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicedesk.desk.models import Clock

MOST_SHOWN = 20


@dataclass(frozen=True)
class Shift:
    """One date that moves, in words a list can show."""

    number: str | None
    kind: str
    label: str
    office: int
    before: datetime | None
    after: datetime | None


@dataclass
class Moved:
    """A clock whose date is another one now."""

    clock: Clock
    before: datetime | None

    @property
    def is_earlier(self) -> bool:
        due = self.clock.due_at
        return due is not None and self.before is not None and due < self.before

    def is_late_at_once(self, at: datetime) -> bool:
        """Whether the new date is past already, and the old one was not."""
        due = self.clock.due_at
        return due is not None and due < at and (self.before is None or self.before >= at)

    def facts(self, place: dict[str, Any]) -> dict[str, Any]:
        due = self.clock.due_at
        return place | {"calendar": self.clock.calendar_version, "due": due.isoformat() if due else None}

    def shift(self) -> Shift:
        clock = self.clock
        case = clock.case
        return Shift(case.number, case.kind, str(clock), case.office_id, self.before, clock.due_at)


@dataclass
class Redated:
    """How many open cases and clocks there were, and how many cases move: `earlier` of them become due
    earlier, `late` are overdue at once. `firm` clocks are provisional no more. `kinds` and `offices` count
    the cases that move, `first` shows the first dates that do."""

    cases: int = 0
    clocks: int = 0
    moved: int = 0
    earlier: int = 0
    late: int = 0
    firm: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    offices: Counter[int] = field(default_factory=Counter)
    first: list[Shift] = field(default_factory=list)

    def __add__(self, other: Redated) -> Redated:
        return Redated(
            self.cases + other.cases,
            self.clocks + other.clocks,
            self.moved + other.moved,
            self.earlier + other.earlier,
            self.late + other.late,
            self.firm + other.firm,
            self.kinds + other.kinds,
            self.offices + other.offices,
            [*self.first, *other.first][:MOST_SHOWN],
        )

    def __str__(self) -> str:
        told = {"moved": self.moved, "earlier": self.earlier}
        return _("%(moved)d open cases move, %(earlier)d become due earlier.") % told

    def sentences(self) -> list[str]:
        """The sums in words, the first of them always."""
        said = [str(self)]
        if self.late:
            words = ngettext("%d of them is overdue at once.", "%d of them are overdue at once.", self.late)
            said.append(words % self.late)
        if self.firm:
            words = ngettext(
                "%d date is provisional no more.", "%d dates are provisional no more.", self.firm
            )
            said.append(words % self.firm)
        return said

    def sums(self) -> dict[str, int]:
        """The plain counts, as they may stand in an event."""
        return {name: getattr(self, name) for name in ("cases", "clocks", "moved", "earlier", "late", "firm")}


def summed(cases: int, clocks: int, moved: Sequence[Moved], firm: int, at: datetime) -> Redated:
    """The sums of a batch of so many cases and clocks."""
    found = {each.clock.case_id: each.clock.case for each in moved}
    return Redated(
        cases,
        clocks,
        len(found),
        len({each.clock.case_id for each in moved if each.is_earlier}),
        len({each.clock.case_id for each in moved if each.is_late_at_once(at)}),
        firm,
        Counter(case.kind for case in found.values()),
        Counter(case.office_id for case in found.values()),
        [each.shift() for each in moved[:MOST_SHOWN]],
    )
