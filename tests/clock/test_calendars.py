"""Office hours, zones, calendars that are refused, walking back, and what must always hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicedesk.clock import (
    DEFAULT_HOURS,
    ClockError,
    DayFact,
    Hours,
    Pause,
    Reckoning,
    Term,
    WorkCalendar,
    due_days,
    elapsed_seconds,
    official_calendar,
    official_rows,
    walk_back,
    weekdays,
)
from servicedesk.clock.notices import calendar_of
from tests.clock.moments import at, clock, due, pause

WINTER, SUMMER = ((540, 720), (810, 1020)), ((510, 720), (840, 1080))
TWO_SEASONS = calendar_of(
    official_rows(),
    hours=[Hours(None, weekdays(WINTER).week), Hours(date(2026, 5, 1), weekdays(SUMMER).week)],
)


def test_summer_hours_replace_the_whole_week_from_their_date() -> None:
    assert TWO_SEASONS.opening(date(2026, 4, 30)) == at("2026-04-30 09:00")
    assert TWO_SEASONS.opening(date(2026, 5, 6)) == at("2026-05-06 08:30")
    assert due("2026-04-30 16:00", 90, "working_minutes", calendar=TWO_SEASONS) == "2026-05-06 09:00"
    assert due("2026-04-29 16:00", 2, "working_days", calendar=TWO_SEASONS) == "2026-05-06 18:00"


def test_a_make_up_day_whose_weekday_has_no_hours_takes_mondays() -> None:
    week = {0: ((600, 660),), 1: ((540, 1020),), 5: ((480, 540),)}
    calendar = calendar_of(official_rows(), hours=Hours(None, week))
    assert calendar.close(date(2026, 2, 14)) == at("2026-02-14 09:00")
    assert calendar.close(date(2026, 1, 4)) == at("2026-01-04 11:00")
    assert not calendar.is_working(date(2026, 3, 7))
    assert calendar.day(date(2026, 3, 4)).kind == "closed"


def test_half_a_working_day_is_half_of_its_office_minutes() -> None:
    assert official_calendar().office_minutes(date(2026, 3, 3)) / 2 == 195
    assert official_calendar().office_minutes(date(2026, 3, 7)) == 0


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-03-03 10:00", "2026-03-03 10:00"),
        ("2026-03-03 12:00", "2026-03-03 13:30"),
        ("2026-03-06 17:00", "2026-03-09 09:00"),
        ("2026-02-14 17:00", "2026-02-24 09:00"),
        ("2026-03-03 08:00", "2026-03-03 09:00"),
    ],
)
def test_the_next_opening_is_now_or_when_the_office_opens(moment: str, opens: str) -> None:
    assert official_calendar().next_open(at(moment)) == at(opens)
    assert official_calendar().is_open(at(moment)) == (moment == opens)


@pytest.mark.parametrize(
    ("week", "code"),
    [
        ({}, "no-hours"),
        ({0: ()}, "no-hours"),
        ({7: ((0, 60),)}, "bad-weekday"),
        ({0: ((600, 600),)}, "bad-segment"),
        ({0: ((600, 1441),)}, "bad-segment"),
        ({0: ((-1, 60),)}, "bad-segment"),
        ({0: ((600, 720), (719, 780))}, "segments-overlap"),
    ],
)
def test_hours_that_are_none_are_refused(week: dict[int, tuple[tuple[int, int], ...]], code: str) -> None:
    with pytest.raises(ClockError) as error:
        Hours(None, week)
    assert error.value.code == code


# 20 a calendar without working days is refused, and nothing loops for ever
def test_a_calendar_without_working_days_is_refused() -> None:
    only_saturdays = WorkCalendar({}, Hours(None, {5: ((540, 720),)}))
    with pytest.raises(ClockError, match="no working days"):
        due("2026-03-03 09:00", 1, "working_days", calendar=only_saturdays)


def test_a_term_that_outlasts_the_known_moon_is_refused() -> None:
    for unit in ("working_days", "calendar_days", "months", "years", "working_minutes"):
        with pytest.raises(ClockError, match="2000 to 2060"):
            due("2060-12-20 10:00", 9000, unit)
    with pytest.raises(ClockError, match="2000 to 2060"):
        due("1999-12-31 10:00", 1, "working_days")


def test_two_sets_of_hours_of_one_date_and_an_unknown_zone_are_refused() -> None:
    with pytest.raises(ClockError, match="same date"):
        WorkCalendar({}, [DEFAULT_HOURS, DEFAULT_HOURS])
    with pytest.raises(ClockError, match="Mars/Olympus"):
        WorkCalendar({}, DEFAULT_HOURS, "Mars/Olympus").is_working(date(2026, 3, 3))


# Zones whose clocks change: hours are read on the wall, time passes in reality
@pytest.mark.parametrize(
    ("zone", "start", "minutes", "ends"),
    [
        ("America/New_York", "2026-03-08 00:00", 180, "2026-03-08T04:00:00-04:00"),
        ("America/New_York", "2026-11-01 00:00", 180, "2026-11-01T02:00:00-05:00"),
        ("America/New_York", "2026-11-01 00:00", 90, "2026-11-01T01:30:00-04:00"),
        ("America/New_York", "2026-11-01 00:00", 150, "2026-11-01T01:30:00-05:00"),
        ("America/New_York", "2026-03-08 02:30", 60, "2026-03-08T04:30:00-04:00"),
        ("Europe/Berlin", "2026-03-29 00:00", 1380, "2026-03-30T00:00:00+02:00"),
        ("Europe/Berlin", "2026-10-25 00:00", 1500, "2026-10-26T00:00:00+01:00"),
        ("Australia/Lord_Howe", "2026-04-05 00:00", 1470, "2026-04-06T00:00:00+10:30"),
        ("Pacific/Apia", "2011-12-29 23:00", 120, "2011-12-31T01:00:00+14:00"),
    ],
)
def test_round_the_clock_hours_count_real_minutes(zone: str, start: str, minutes: int, ends: str) -> None:
    always = WorkCalendar({}, Hours(None, dict.fromkeys(range(7), ((0, 1440),))), zone, weekend=frozenset())
    found = Reckoning(always, at(start, zone), Term(minutes, "working_minutes")).due()
    assert found is not None and found.isoformat() == ends


def test_office_hours_keep_to_the_wall_clock_on_both_sides_of_the_change() -> None:
    berlin = WorkCalendar({}, DEFAULT_HOURS, "Europe/Berlin")
    found = Reckoning(berlin, at("2026-03-27 16:00", "Europe/Berlin"), Term(120, "working_minutes")).due()
    assert found is not None and found.isoformat() == "2026-03-30T10:00:00+02:00"


# 25 walking back
@pytest.mark.parametrize(
    ("end", "amount", "unit", "moment"),
    [
        ("2026-03-03 17:00", 240, "working_minutes", "2026-03-03 11:30"),
        ("2026-03-03 10:00", 240, "working_minutes", "2026-03-02 14:00"),
        ("2026-02-24 10:00", 120, "working_minutes", "2026-02-14 16:00"),
        ("2026-03-03 12:00", 180, "working_minutes", "2026-03-03 09:00"),
        ("2026-03-03 17:00", 210, "working_minutes", "2026-03-03 13:30"),
        ("2026-03-03 10:00", 60, "working_minutes", "2026-03-03 09:00"),
        ("2026-03-03 20:00", 60, "working_minutes", "2026-03-03 16:00"),
        ("2026-03-06 17:00", 1, "working_days", "2026-03-05 23:59:59.999999"),
        ("2026-02-24 17:00", 1, "working_days", "2026-02-23 23:59:59.999999"),
        ("2026-02-24 17:00", 2, "working_days", "2026-02-13 23:59:59.999999"),
        ("2026-03-06 16:59", 1, "working_days", "2026-03-04 23:59:59.999999"),
        ("2026-03-09 17:00", 5, "calendar_days", "2026-03-04 23:59:59.999999"),
        ("2026-02-28 17:00", 1, "months", "2026-01-31 23:59:59.999999"),
        ("2025-02-28 17:00", 1, "years", "2024-02-29 23:59:59.999999"),
    ],
)
def test_walking_back_finds_the_latest_start(end: str, amount: int, unit: str, moment: str) -> None:
    assert walk_back(official_calendar(), at(end), Term(amount, unit)) == at(moment)


def test_walking_back_beyond_the_tables_is_refused() -> None:
    for unit in ("working_days", "calendar_days", "months", "years", "working_minutes"):
        with pytest.raises(ClockError, match="2000 to 2060"):
            walk_back(official_calendar(), at("2000-01-10 10:00"), Term(9000, unit))


def test_dating_in_bulk_says_the_same_as_one_by_one() -> None:
    starts = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(300)]
    one_by_one = [clock(f"{start} 10:00", 20, "working_days").due() for start in starts]
    assert due_days(official_calendar(), starts, 20) == [moment.date() for moment in one_by_one if moment]
    with pytest.raises(ClockError, match="2000 to 2060"):
        due_days(official_calendar(), [date(1999, 12, 31)], 1)
    with pytest.raises(ClockError, match="2000 to 2060"):
        due_days(official_calendar(), [date(2060, 12, 31)], 1)


# 24 what must always hold
MOMENTS = st.datetimes(datetime(2018, 1, 1), datetime(2027, 6, 1)).map(
    lambda naive: naive.replace(tzinfo=UTC)
)
UNITS = st.sampled_from(["working_days", "working_minutes", "calendar_days", "months"])
SHORT = st.timedeltas(timedelta(0), timedelta(days=40))


@settings(max_examples=150, deadline=None)
@given(first=MOMENTS, one=SHORT, two=SHORT)
def test_elapsed_time_adds_up(first: datetime, one: timedelta, two: timedelta) -> None:
    calendar, second, third = official_calendar(), first + one, first + one + two
    parts = elapsed_seconds(calendar, first, second) + elapsed_seconds(calendar, second, third)
    assert parts == pytest.approx(elapsed_seconds(calendar, first, third))


@settings(max_examples=150, deadline=None)
@given(start=MOMENTS, length=st.timedeltas(timedelta(days=1), timedelta(days=40)))
def test_the_time_that_has_elapsed_is_used_up_by_then(start: datetime, length: timedelta) -> None:
    minutes = int(elapsed_seconds(official_calendar(), start, start + length) // 60)
    if minutes:
        found = Reckoning(official_calendar(), start, Term(minutes, "working_minutes")).due()
        assert found is not None and found <= start + length


@settings(max_examples=200, deadline=None)
@given(start=MOMENTS, amount=st.integers(1, 30), unit=UNITS, gap=SHORT, length=SHORT, more=SHORT)
def test_a_longer_pause_never_makes_a_date_earlier(
    start: datetime, amount: int, unit: str, gap: timedelta, length: timedelta, more: timedelta
) -> None:
    term, since = Term(amount, unit), start + gap
    dates = [
        Reckoning(official_calendar(), start, term, [Pause(since, since + each)] if each else []).due()
        for each in (timedelta(0), length, length + more)
    ]
    assert dates == sorted(each for each in dates if each is not None)


@settings(max_examples=60, deadline=None)
@given(start=MOMENTS, amount=st.integers(1, 400), unit=UNITS, gap=st.integers(0, 60))
def test_one_more_holiday_never_makes_a_date_earlier(
    start: datetime, amount: int, unit: str, gap: int
) -> None:
    calendar, amount = official_calendar(), amount if unit != "months" else amount % 24 + 1
    day = (start + timedelta(days=gap)).date()
    longer = WorkCalendar(
        {**calendar.days, day: DayFact(False, "one more", "")}, calendar.hours, known=calendar.known
    )
    before = Reckoning(calendar, start, Term(amount, unit)).due()
    after = Reckoning(longer, start, Term(amount, unit)).due()
    assert before is not None and after is not None and before <= after


@settings(max_examples=100, deadline=None)
@given(start=MOMENTS, amount=st.integers(1, 3000))
def test_walking_a_term_in_minutes_back_from_its_end_finds_a_start_with_that_end(
    start: datetime, amount: int
) -> None:
    term = Term(amount, "working_minutes")
    end = Reckoning(official_calendar(), start, term).due()
    assert end is not None
    latest = walk_back(official_calendar(), end, term)
    assert latest >= start
    assert Reckoning(official_calendar(), latest, term).due() == end


def test_used_time_is_whole_office_seconds_less_pauses() -> None:
    running = clock("2026-03-03 09:00", 5, "working_days", pause("2026-03-03 10:00", "2026-03-03 11:00"))
    assert running.used_seconds(at("2026-03-03 14:30:00.9")) == 3 * 3600
    assert running.used_seconds(at("2026-03-01 10:00")) == 0
