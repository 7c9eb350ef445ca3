"""Short ways to write down moments and clocks in tables."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from servicedesk.clock import Pause, Reckoning, Term, WorkCalendar, official_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str, zone: str = "Asia/Shanghai") -> datetime:
    """`2026-03-03 09:00` as a moment of that zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def pause(since: str, until: str | None = None, reason: str = "expert review") -> Pause:
    return Pause(at(since), None if until is None else at(until), reason)


def clock(
    start: str,
    amount: int,
    unit: str,
    *pauses: Pause,
    calendar: WorkCalendar | None = None,
    extensions: Sequence[Term] = (),
    rolls: bool = True,
    ends: str = "close",
) -> Reckoning:
    term = Term(amount, unit, rolls, ends)
    return Reckoning(calendar or official_calendar(), at(start), term, pauses, extensions)


def due(*args: object, **kwargs: object) -> str | None:
    """The due moment of such a clock as `2026-03-03 14:30` local time, or None."""
    found = clock(*args, **kwargs).due()  # type: ignore[arg-type]
    return None if found is None else found.strftime("%Y-%m-%d %H:%M")
