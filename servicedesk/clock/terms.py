"""What is counted: the term, its unit, and the pauses that stop it."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime
from math import inf

from servicedesk.clock.errors import ClockError, shown
from servicedesk.clock.instants import to_micros

WORKING_DAYS = "working_days"
WORKING_MINUTES = "working_minutes"
CALENDAR_DAYS = "calendar_days"
MONTHS = "months"
YEARS = "years"
UNITS = (WORKING_DAYS, WORKING_MINUTES, CALENDAR_DAYS, MONTHS, YEARS)
CLOSE = "close"
MIDNIGHT = "midnight"


@dataclass(frozen=True)
class Term:
    """A length of time as law states it.

    `rolls`: a calendar term whose last day is no working day runs on to the next one (民法典 203); a
    licence's validity does not. `ends`: what an office must do ends at the close of office hours, what an
    applicant may still do online at 24:00. Working minutes know neither. Raises ClockError.
    """

    amount: int
    unit: str
    rolls: bool = True
    ends: str = CLOSE

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ClockError("unknown-unit", unit=shown(self.unit))
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise ClockError("term-not-whole")
        if self.amount < 1:
            raise ClockError("term-too-short")
        if not isinstance(self.rolls, bool):
            raise ClockError("rolls-not-bool")
        if self.ends not in (CLOSE, MIDNIGHT):
            raise ClockError("unknown-ends", ends=shown(self.ends))


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stands still (行政许可法 45); with `until=None` it still does.

    Raises ClockError.
    """

    since: datetime
    until: datetime | None
    reason: str = ""
    category: str = ""
    # The same in microseconds since 1970; `end` is infinite while the pause runs.
    begin: int = field(init=False, repr=False, compare=False)
    end: float = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        begin = to_micros(self.since)
        end = inf if self.until is None else to_micros(self.until)
        # By instants, not by wall clock: in a repeated hour the wall clock lies.
        if end < begin:
            raise ClockError("pause-backwards")
        object.__setattr__(self, "begin", begin)
        object.__setattr__(self, "end", end)


def add_months(day: date, months: int) -> date:
    """The corresponding day `months` later, or that month's last day where it has none (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ClockError("out-of-range")
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
