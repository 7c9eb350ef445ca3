"""Random clocks, reckoned by index and walked by hand: both must say the same."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from servicedesk.clock import DayFact, Hours, Pause, Reckoning, Term, WorkCalendar, elapsed_seconds, walk_back
from tests.clock.walk import Pairs, Walk, months_later

ZONES = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "UTC",
]
WEEKS: dict[str, dict[int, tuple[tuple[int, int], ...]]] = {
    "office": dict.fromkeys(range(5), ((540, 720), (810, 1020))),
    "nights": dict.fromkeys(range(5), ((0, 300), (1200, 1440))),
    "always": dict.fromkeys(range(7), ((0, 1440),)),
    "uneven": {0: ((480, 960),), 2: ((540, 541), (600, 1439)), 5: ((1, 2),)},
}
FIRST = date(2018, 1, 1)
OFF = {FIRST + timedelta(days=offset) for offset in (44, 45, 46, 47, 48, 120, 121, 273, 274, 275, 276)}
ON = {FIRST + timedelta(days=offset) for offset in (41, 54, 118, 271)}
FIRST_MOMENT = datetime(2018, 1, 1, 1, tzinfo=UTC)
MOMENTS = st.one_of(
    st.integers(0, 340 * 96).map(lambda quarter: FIRST_MOMENT + timedelta(minutes=15 * quarter)),
    st.integers(0, 340 * 86_400_000).map(lambda milli: FIRST_MOMENT + timedelta(milliseconds=milli)),
)


@cache
def calendar(week: str, zone: str) -> WorkCalendar:
    days = {day: DayFact(False, "off", "") for day in OFF} | {day: DayFact(True, "on", "") for day in ON}
    return WorkCalendar(days, Hours(None, WEEKS[week]), zone)


def walked(week: str, zone: str) -> Walk:
    hours = WEEKS[week]

    def of(day: date) -> list[tuple[int, int]]:
        if day in OFF or (day.weekday() > 4 and day not in ON):
            return []
        own = hours.get(day.weekday(), ())
        return list(own or (hours[0] if day in ON else ()))

    return Walk(of, ZoneInfo(zone))


@st.composite
def pauses(draw: st.DrawFn) -> Pairs:
    begins = draw(st.lists(st.tuples(MOMENTS, st.integers(0, 12 * 96)), max_size=4))
    return [(since, since + timedelta(minutes=15 * length)) for since, length in begins]


def near(start: datetime, found: Pairs) -> Pairs:
    """The pauses moved to where they matter: within some weeks of the start."""
    return [
        (start + (since - FIRST_MOMENT) / 12, start + (since - FIRST_MOMENT) / 12 + (until - since))
        for since, until in found
        if until is not None
    ]


def as_pauses(found: Pairs) -> list[Pause]:
    return [Pause(since, until) for since, until in found]


clocks = {
    "week": st.sampled_from(sorted(WEEKS)),
    "zone": st.sampled_from(ZONES),
    "start": MOMENTS,
    "found": pauses(),
}


@settings(max_examples=150, deadline=None)
@given(minutes=st.integers(1, 9000), **clocks)
def test_minutes_end_where_a_walk_ends(
    week: str, zone: str, start: datetime, found: Pairs, minutes: int
) -> None:
    found = near(start, found)
    reckoning = Reckoning(calendar(week, zone), start, Term(minutes, "working_minutes"), as_pauses(found))
    assert reckoning.due() == walked(week, zone).due_minutes(start, minutes, found)


@settings(max_examples=250, deadline=None)
@given(
    days=st.integers(1, 60),
    unit=st.sampled_from(["working_days", "calendar_days", "months"]),
    rolls=st.booleans(),
    ends=st.sampled_from(["close", "midnight"]),
    **clocks,
)
def test_days_end_where_a_walk_ends(
    week: str, zone: str, start: datetime, found: Pairs, days: int, unit: str, rolls: bool, ends: str
) -> None:
    found, walk = near(start, found), walked(week, zone)
    amount = days % 12 + 1 if unit == "months" else days
    if unit == "months":
        zero = walk.local(start)
        days = (months_later(zero, amount) - zero).days
    reckoning = Reckoning(calendar(week, zone), start, Term(amount, unit, rolls, ends), as_pauses(found))
    assert reckoning.due() == walk.due_days(start, days, found, unit == "working_days", rolls, ends)


@settings(max_examples=150, deadline=None)
@given(seconds=st.integers(0, 40 * 86_400), **clocks)
def test_elapsed_time_is_what_a_walk_collects(
    week: str, zone: str, start: datetime, found: Pairs, seconds: int
) -> None:
    found, until = near(start, found), start + timedelta(seconds=seconds)
    walk = walked(week, zone).elapsed(start, until, found)
    assert elapsed_seconds(calendar(week, zone), start, until, as_pauses(found)) == walk.total_seconds()


@settings(max_examples=200, deadline=None)
@given(amount=st.integers(1, 40), unit=st.sampled_from(["working_days", "calendar_days"]), **clocks)
def test_what_remains_while_the_clock_stands_is_what_a_walk_has_not_counted(
    week: str, zone: str, start: datetime, found: Pairs, amount: int, unit: str
) -> None:
    *ended, last = [*near(start, found), (start + timedelta(days=9, hours=3), None)]
    stands = [*ended, last]
    reckoning = Reckoning(calendar(week, zone), start, Term(amount, unit), as_pauses(stands))
    walk, working = walked(week, zone), unit == "working_days"
    without = walk.due_days(start, amount, ended, working, True, "close")
    if without <= last[0]:
        assert (reckoning.due(), reckoning.remaining()) == (without, 0)
        return
    counted = walk.counted(start, last[0], stands, working)
    assert (reckoning.due(), reckoning.remaining()) == (None, max(amount - counted, 0))


@settings(max_examples=200, deadline=None)
@given(
    amount=st.integers(1, 40),
    unit=st.sampled_from(["working_days", "calendar_days", "months"]),
    rolls=st.booleans(),
    ends=st.sampled_from(["close", "midnight"]),
    **{name: clocks[name] for name in ("week", "zone", "start")},
)
def test_walking_back_finds_the_latest_day_zero(
    week: str, zone: str, start: datetime, amount: int, unit: str, rolls: bool, ends: str
) -> None:
    term = Term(amount if unit != "months" else amount % 12 + 1, unit, rolls, ends)
    end = start + timedelta(days=400)
    found = walk_back(calendar(week, zone), end, term)
    this, following = (
        Reckoning(calendar(week, zone), moment, term).due()
        for moment in (found, found + timedelta(microseconds=1))
    )
    assert this is not None and following is not None and this <= end < following
