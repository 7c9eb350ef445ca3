"""Moments and dates of printed cases, through the calendar's own index: what one costs is a bisection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from servicedesk.clock import Pause as Stop
from servicedesk.clock import Reckoning, Term, WorkCalendar
from servicedesk.clock.instants import MINUTE, day_at
from servicedesk.desk.bulk.script import ClockPlan
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models.clock import Unit

SECOND = 1_000_000
Dated = tuple[int | None, bool]


@lru_cache(maxsize=200_000)
def text_of(micros: int) -> str:
    """As events and PostgreSQL write it: in UTC, with microseconds."""
    return datetime.fromtimestamp(micros // SECOND, UTC).isoformat(timespec="microseconds")


class Dates:
    """The dates of clocks; those of plain day terms are remembered by the day they start on."""

    def __init__(self) -> None:
        self.version = current_version()
        self.usual = calendar_of(None, self.version)
        self._days: dict[tuple[int, int, int, str, bool, str], Dated] = {}

    def calendar(self, office: int) -> WorkCalendar:
        return calendar_of(office, self.version)

    def due(
        self, plan: ClockPlan, place: int, office: int, moments: Sequence[int], worked: Sequence[int]
    ) -> Dated:
        """Due moment of a clock as it was known at an act, and whether it rests on a provisional year."""
        pauses, longer = plan.known(place)
        calendar = self.calendar(office)
        if pauses or longer:
            return self._reckoned(plan, calendar, moments, pauses, longer)
        row, begin = plan.row, moments[plan.start]
        if row.unit == Unit.WORKING_MINUTES:
            since = worked[plan.start] if calendar is self.usual else calendar.index.worked(begin)
            end = calendar.index.first_at(since + row.term * MINUTE)
            zone = calendar.zone_table
            first, last = day_at(zone.locate(begin)), day_at(zone.locate(end - 1))
            return end, calendar.is_provisional(first) or calendar.is_provisional(last)
        zero = calendar.zone_table.locate(begin)
        key = (id(calendar), zero, row.term, row.unit, row.rolls, row.ends)
        if key not in self._days:
            self._days[key] = self._reckoned(plan, calendar, moments, (), ())
        return self._days[key]

    def _reckoned(
        self,
        plan: ClockPlan,
        calendar: WorkCalendar,
        moments: Sequence[int],
        pauses: Sequence[tuple[int, int]],
        longer: Sequence[tuple[int, int]],
    ) -> Dated:
        row, moment = plan.row, calendar.zone_table.moment
        account = Reckoning(
            calendar,
            moment(moments[plan.start]),
            Term(row.term, row.unit, row.rolls, row.ends),
            tuple(Stop(moment(moments[since]), moment(moments[until])) for since, until in pauses),
            tuple(Term(term, row.unit, row.rolls, row.ends) for _, term in longer),
        )
        due = account.due()
        return (None if due is None else account.end), account.provisional

    def used(self, plan: ClockPlan, office: int, moments: Sequence[int], worked: Sequence[int]) -> int:
        """Whole seconds of office time between start and stop, less the pauses."""
        assert plan.stop is not None
        calendar = self.calendar(office)
        spent = worked if calendar is self.usual else [calendar.index.worked(each) for each in moments]
        total = spent[plan.stop] - spent[plan.start]
        for since, until in plan.known(plan.stop)[0]:
            first, last = max(since, plan.start), min(until, plan.stop)
            total -= max(spent[last] - spent[first], 0) if first < last else 0
        return total // SECOND
