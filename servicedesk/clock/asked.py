"""Reading a question from JSON: every value is checked, and refused with a sentence that names it."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache

from servicedesk.clock.errors import ClockError, shown
from servicedesk.clock.hours import DEFAULT_HOURS, Hours, Segment, weekdays
from servicedesk.clock.instants import Zone, to_micros, zone_named
from servicedesk.clock.notices import official_calendar
from servicedesk.clock.terms import (
    CALENDAR_DAYS,
    CLOSE,
    MIDNIGHT,
    MONTHS,
    UNITS,
    WORKING_DAYS,
    WORKING_MINUTES,
    YEARS,
    Pause,
    Term,
)
from servicedesk.clock.workdays import DayFact, WorkCalendar

Asked = Mapping[str, object]

WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
KEYS = {
    *("start", "term", "unit", "until", "back", "pauses"),
    *("calendar", "tz", "hours", "off", "on", "roll", "ends"),
}
SEGMENT = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})", re.ASCII)
MOST_DAYS = 1000
MOST_PAUSES = 1000
# Ten years in each unit, leap days included.
TEN_YEARS = {
    WORKING_DAYS: 3653,
    WORKING_MINUTES: 3653 * 1440,
    CALENDAR_DAYS: 3653,
    MONTHS: 120,
    YEARS: 10,
}


def only_known_keys(asked: Asked) -> None:
    for key in asked:
        if key not in KEYS:
            raise ClockError("unknown-key", key=shown(key))


def required(asked: Asked, key: str) -> object:
    if key not in asked:
        raise ClockError("missing-key", key=key)
    return asked[key]


def flag(asked: Asked, key: str, default: bool) -> bool:
    value = asked.get(key, default)
    if not isinstance(value, bool):
        raise ClockError("bad-flag", key=key)
    return value


def unit_of(asked: Asked) -> str:
    unit = required(asked, "unit")
    if not isinstance(unit, str) or unit not in UNITS:
        raise ClockError("unknown-unit", unit=shown(unit))
    return unit


def term(asked: Asked) -> Term:
    """The term asked for. `roll` and `ends` are checked, but mean nothing to terms in working time."""
    unit = unit_of(asked)
    ends = asked.get("ends", CLOSE)
    if ends not in (CLOSE, MIDNIGHT):
        raise ClockError("unknown-ends", ends=shown(ends))
    rolls = flag(asked, "roll", True)
    amount = required(asked, "term")
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ClockError("term-not-whole")
    if amount > TEN_YEARS[unit]:
        raise ClockError("term-too-long", limit=TEN_YEARS[unit], unit=unit)
    if unit in (WORKING_DAYS, WORKING_MINUTES):
        return Term(amount, unit)
    return Term(amount, unit, rolls, str(ends))


def moment(value: object, key: str, zone: Zone) -> datetime:
    """An ISO date and time; without an offset it is local. Raises ClockError outside 2000-2060."""
    if not isinstance(value, str):
        raise ClockError("bad-time", key=key)
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        raise ClockError("bad-time", key=key) from None
    # A year either side, so that no offset can carry the moment out of what Python can count.
    if not 1999 <= found.year <= 2061:
        raise ClockError("out-of-range")
    if found.tzinfo is None:
        found = found.replace(tzinfo=zone.info)
    zone.locate(to_micros(found))
    return found


def pauses(asked: Asked, zone: Zone) -> list[Pause]:
    pairs = asked.get("pauses", [])
    if not isinstance(pairs, list):
        raise ClockError("bad-pauses")
    if len(pairs) > MOST_PAUSES:
        raise ClockError("too-many-pauses", limit=MOST_PAUSES)
    return [_pause(pair, zone) for pair in pairs]


def _pause(pair: object, zone: Zone) -> Pause:
    if not isinstance(pair, list) or len(pair) != 2:
        raise ClockError("bad-pauses")
    since, until = pair
    return Pause(
        since=moment(since, "pauses", zone),
        until=None if until is None else moment(until, "pauses", zone),
    )


def calendar(asked: Asked) -> WorkCalendar:
    """The calendar asked for; equal definitions share one, so that its index is built once."""
    parts = {key: asked[key] for key in ("calendar", "tz", "hours", "off", "on") if key in asked}
    return _calendar_defined(json.dumps(parts, sort_keys=True, default=repr))


@lru_cache(maxsize=64)
def _calendar_defined(definition: str) -> WorkCalendar:
    parts = json.loads(definition)
    name, zone = parts.get("calendar", "official"), parts.get("tz", "Asia/Shanghai")
    if not isinstance(zone, str):
        raise ClockError("bad-text", key="tz")
    zone_named(zone)
    if name not in ("official", "plain"):
        raise ClockError("bad-calendar", calendar=shown(name))
    hours = _hours(parts["hours"]) if "hours" in parts else DEFAULT_HOURS
    off, on = _switched(parts)
    plain = name == "plain"
    known = WorkCalendar({}, hours, zone, weekend=frozenset()) if plain else _official(hours, zone)
    if not off and not on:
        return known
    return _with_switches(known, off, on)


def _official(hours: Hours, zone: str) -> WorkCalendar:
    shipped = official_calendar()
    return WorkCalendar(shipped.days, hours, zone, shipped.known, shipped.version)


def _with_switches(known: WorkCalendar, off: set[date], on: set[date]) -> WorkCalendar:
    days = dict(known.days)
    # A day that is off, or works, anyhow keeps its own reason in the statement.
    for day in off:
        if known.is_working(day):
            days[day] = DayFact(works=False, name="switched off", source="")
    for day in on:
        if not known.is_working(day):
            days[day] = DayFact(works=True, name="switched on", source="")
    return WorkCalendar(days, known.hours, known.zone, known.known, known.version, known.weekend)


def _switched(parts: Asked) -> tuple[set[date], set[date]]:
    lists = [parts.get("off", []), parts.get("on", [])]
    if sum(len(days) for days in lists if isinstance(days, list)) > MOST_DAYS:
        raise ClockError("too-many-days", limit=MOST_DAYS)
    off, on = _dates(lists[0], "off"), _dates(lists[1], "on")
    if off & on:
        raise ClockError("off-and-on", day=min(off & on))
    return off, on


def _dates(value: object, key: str) -> set[date]:
    if not isinstance(value, list):
        raise ClockError("bad-date", key=key)
    return {_date(text, key) for text in value}


def _date(text: object, key: str) -> date:
    try:
        found = date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        found = None
    # Python also reads 20260303 and week dates; a list of days is written in one way only.
    if found is None or found.isoformat() != text:
        raise ClockError("bad-date", key=key)
    if not 2000 <= found.year <= 2060:
        raise ClockError("out-of-range")
    return found


def _hours(value: object) -> Hours:
    if isinstance(value, list):
        return weekdays([_segment(text) for text in value])
    if not isinstance(value, dict) or not all(isinstance(each, list) for each in value.values()):
        raise ClockError("bad-hours")
    if not WEEKDAYS.keys() >= value.keys():
        raise ClockError("bad-hours")
    return Hours(None, {WEEKDAYS[day]: tuple(map(_segment, texts)) for day, texts in value.items()})


def _segment(text: object) -> Segment:
    found = SEGMENT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ClockError("bad-hours")
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    if begin_minute > 59 or end_minute > 59:
        raise ClockError("bad-hours")
    return begin_hour * 60 + begin_minute, end_hour * 60 + end_minute
