"""Walking back: the latest moment from which a term would end at a given one."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from servicedesk.clock.errors import ClockError
from servicedesk.clock.instants import FIRST_DAY, MINUTE, day_at, index_of, to_micros
from servicedesk.clock.terms import (
    CALENDAR_DAYS,
    MIDNIGHT,
    MONTHS,
    WORKING_DAYS,
    WORKING_MINUTES,
    Term,
    add_months,
)
from servicedesk.clock.workdays import WorkCalendar


def walk_back(calendar: WorkCalendar, end: datetime, term: Term) -> datetime:
    """The latest moment from which the term ends at `end`, or last ends before it.

    Between two office segments it is the opening rather than the closing. A term in days counts from the day
    after its start, so for these it is the last microsecond of day zero. Raises ClockError before 2000.
    """
    index, zone = calendar.index, calendar.zone_table
    instant = to_micros(end)
    if term.unit == WORKING_MINUTES:
        return zone.moment(index.last_at(index.worked(instant) - term.amount * MINUTE))
    zero = _day_zero(calendar, instant, term)
    if zero < 0:
        raise ClockError("out-of-range")
    return zone.moment(index.starts[zero + 1] - 1)


def _day_zero(calendar: WorkCalendar, instant: int, term: Term) -> int:
    """Place of the last date from which the term has ended by the instant."""
    index = calendar.index
    if term.unit == WORKING_DAYS:
        passed = _passed_working_days(calendar, instant, term)
        return index.working_day(passed - term.amount) - 1
    last = _last_end(calendar, instant, term)
    if term.unit == CALENDAR_DAYS:
        return last - term.amount
    return index_of(_months_before(day_at(last), term.amount * (1 if term.unit == MONTHS else 12)))


def _passed_working_days(calendar: WorkCalendar, instant: int, term: Term) -> int:
    if term.ends == MIDNIGHT:
        return calendar.index.rank(calendar.zone_table.locate(instant))
    return calendar.index.closed_working_days(instant, or_at=True)


def _last_end(calendar: WorkCalendar, instant: int, term: Term) -> int:
    """Place of the last date on which such a term can have ended by the instant."""
    if term.rolls:
        return calendar.index.working_day(_passed_working_days(calendar, instant, term) - 1)
    if term.ends == MIDNIGHT:
        return calendar.zone_table.locate(instant) - 1
    return calendar.index.closed_days(instant, or_at=True) - 1


def _months_before(last: date, months: int) -> date:
    """The latest date whose corresponding day `months` later (民法典 202) is `last` or comes before it."""
    day = add_months(last, -months)
    while add_months(day + timedelta(days=1), months) <= last:
        day += timedelta(days=1)
    if day < FIRST_DAY:
        raise ClockError("out-of-range")
    return day


def due_days(calendar: WorkCalendar, starts: Sequence[date], amount: int) -> list[date]:
    """The last days of a term of `amount` working days from each start, by one table for all starts.

    Worth its while from some thousand starts on. Raises ClockError outside 2000-2060.
    """
    table = _due_table(calendar, amount)
    first = FIRST_DAY.toordinal()
    try:
        found = [table[start.toordinal() - first] if start >= FIRST_DAY else None for start in starts]
    except IndexError:
        raise ClockError("out-of-range") from None
    if None in found:
        raise ClockError("out-of-range")
    return [day for day in found if day is not None]


def _due_table(calendar: WorkCalendar, amount: int) -> list[date | None]:
    """For each date of the tables, the last day of a term that starts on it; None beyond 2060."""
    term = Term(amount, WORKING_DAYS)
    working = [day_at(place) for place in calendar.index.working]
    ends: list[date | None] = []
    previous = 0
    for rank, place in enumerate(calendar.index.working):
        end = working[rank + term.amount - 1] if rank + term.amount <= len(working) else None
        ends.extend([end] * (place - previous))
        previous = place
    return ends
