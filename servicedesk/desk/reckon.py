"""From a clock's rows to its dates. `due_at` is a cache of one pure function of start, term, extensions,
pauses and calendar; `redate` is the only place that assigns it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from servicedesk.clock import Pause as Stop
from servicedesk.clock import Reckoning, Term, WorkCalendar, elapsed_seconds
from servicedesk.clock.statement import Row
from servicedesk.desk.calendars import calendar_of
from servicedesk.desk.models import Clock, Extension, Pause

# A clock is "soon" when this share of its term, or less, is left.
SOON = 0.25
# Seconds of the usual office day, 09:00–12:00 and 13:30–17:00, where the last day has no hours.
USUAL_DAY = 23_400


def stops_of(clock: Clock, pauses: Iterable[Pause]) -> tuple[Stop, ...]:
    """Pauses that stop this clock: of a category it names, on its case or on its own step. A planned pause
    ends at its planned moment by computation."""
    mine = (
        pause
        for pause in pauses
        if pause.category in clock.pausable and pause.step_id in (None, clock.step_id)
    )
    return tuple(Stop(pause.since, pause.until or pause.planned_until, pause.category) for pause in mine)


def reckoning(
    clock: Clock,
    pauses: Iterable[Pause],
    extensions: Sequence[Extension],
    calendar: WorkCalendar | None = None,
) -> Reckoning:
    """The clock as the pure package counts it, by its own calendar version unless another is given."""
    term = Term(clock.term, clock.unit, clock.rolls, clock.ends)
    more = tuple(Term(each.term, clock.unit, clock.rolls, clock.ends) for each in extensions)
    if calendar is None:
        calendar = calendar_of(clock.office_id, clock.calendar_version)
    return Reckoning(calendar, clock.started_at, term, stops_of(clock, pauses), more)


def account_of(clock: Clock) -> Reckoning:
    """The clock as the pure package counts it, from its rows (prefetched ones are used)."""
    return reckoning(clock, clock.case.pauses.all(), list(clock.extensions.all()))


def redate(
    clock: Clock,
    pauses: Iterable[Pause],
    extensions: Sequence[Extension],
    calendar: WorkCalendar | None = None,
) -> bool:
    """Compute the due moment anew; return whether it moved. The caller saves and keeps the promise ledger."""
    account = reckoning(clock, pauses, extensions, calendar)
    before = clock.due_at
    clock.due_at = account.due()
    clock.provisional = account.provisional
    return clock.due_at != before


@dataclass(frozen=True)
class Reading:
    """What a clock shows at a moment.

    `state` is running, soon, late, paused, kept or missed (the last two of a stopped clock); `days` and
    `seconds` are working time left, or past the due moment where late; `used` seconds once stopped."""

    state: str
    days: int = 0
    seconds: int = 0
    due_at: datetime | None = None
    provisional: bool = False
    category: str = ""
    used: int = 0


def reading(clock: Clock, at: datetime) -> Reading:
    """Read the clock at `at`: a pure computation on its stored due moment; only a paused one asks more."""
    calendar = calendar_of(clock.office_id, clock.calendar_version)
    if clock.stopped_at is not None:
        state = "missed" if clock.late else "kept"
        return Reading(state, due_at=clock.due_at, used=clock.used or 0, provisional=clock.provisional)
    if clock.due_at is None:
        open_pause = next(
            (p for p in clock.case.pauses.all() if p.until is None and p.category in clock.pausable), None
        )
        remaining = account_of(clock).remaining(at)
        by_minutes = clock.unit == "working_minutes"
        return Reading(
            "paused",
            days=0 if by_minutes else int(remaining),
            seconds=int(remaining * 60) if by_minutes else 0,
            category=open_pause.category if open_pause else "",
        )
    late = clock.due_at < at
    days, seconds = distance(calendar, clock.due_at, at) if late else distance(calendar, at, clock.due_at)
    if not late and days == clock.term + 1 and _is_day_zero(clock, at):
        # Before the office opens on day zero the whole of that day still lies ahead; it counts for nothing.
        days, seconds = clock.term, 0
    state = "late" if late else ("soon" if _is_soon(clock, days, seconds) else "running")
    return Reading(state, days, seconds, clock.due_at, clock.provisional)


def _is_day_zero(clock: Clock, at: datetime) -> bool:
    """Whether it is the day of the event, from which a term in working days counts (民法典 201)."""
    today = timezone.localdate(at) == timezone.localdate(clock.started_at)
    return clock.unit == "working_days" and today


def distance(calendar: WorkCalendar, since: datetime, until: datetime) -> tuple[int, int]:
    """Office time between two moments as whole office days of the last day's length, and seconds."""
    end = timezone.localtime(until).replace(hour=0, minute=0, second=0, microsecond=0)
    total = int(elapsed_seconds(calendar, since, until))
    day = int(elapsed_seconds(calendar, end, end + timedelta(days=1))) or USUAL_DAY
    return divmod(total, day)


def _is_soon(clock: Clock, days: int, seconds: int) -> bool:
    if clock.unit == "working_minutes":
        return days == 0 and seconds <= clock.term * 60 * SOON
    return days == 0 or days <= clock.term * SOON - 1


def statement(clock: Clock, at: datetime) -> list[Row]:
    """The clock's statement 办件时钟账单 from its start to its stop, or to `at` while it runs."""
    return account_of(clock).statement(clock.stopped_at or max(at, clock.started_at))
