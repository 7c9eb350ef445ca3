"""The statement: rows touch, sum to the time that passed, and their units and the rest sum to the term."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servicedesk.clock import Pause, Reckoning, Row, Term
from tests.clock.moments import at, clock, pause
from tests.clock.test_against_a_walk import calendar, clocks, near
from tests.clock.walk import Pairs


def seconds(since: datetime, until: datetime) -> float:
    return (until.astimezone(UTC) - since.astimezone(UTC)).total_seconds()


def told(rows: list[Row]) -> list[tuple[str, str | None, str, float]]:
    return [
        (
            f"{row.start:%m-%d %H:%M}",
            None if row.end is None else f"{row.end:%m-%d %H:%M}",
            row.kind,
            row.units,
        )
        for row in rows
    ]


def utc(moment: datetime | None) -> datetime | None:
    """Python finds no time of a repeated hour equal across two zones; in UTC there is no such hour."""
    return moment.astimezone(UTC) if moment else None


@settings(max_examples=250, deadline=None)
@given(
    amount=st.integers(1, 45),
    unit=st.sampled_from(["working_days", "working_minutes", "calendar_days", "months"]),
    stands=st.booleans(),
    hours=st.one_of(st.none(), st.integers(0, 90 * 24)),
    ends=st.sampled_from(["close", "midnight"]),
    **clocks,
)
def test_rows_touch_and_add_up(
    week: str,
    zone: str,
    start: datetime,
    found: Pairs,
    amount: int,
    unit: str,
    stands: bool,
    hours: int | None,
    ends: str,
) -> None:
    pauses = [Pause(since, until) for since, until in near(start, found)]
    pauses += [Pause(start + timedelta(days=10, minutes=7), None)] * stands
    amount = {"working_minutes": amount * 97, "months": amount % 4 + 1}.get(unit, amount)
    reckoning = Reckoning(calendar(week, zone), start, Term(amount, unit, ends=ends), pauses)
    until = None if hours is None else start + timedelta(hours=hours)
    rows = reckoning.statement(until)
    due = reckoning.due()
    if not rows:
        assert utc(until) == utc(start)
        return
    assert utc(rows[0].start) == utc(start)
    assert all(row.end == following.start for row, following in pairwise(rows))
    assert utc(rows[-1].end) == utc(until or due)
    if rows[-1].end is not None:
        assert sum(row.seconds or 0 for row in rows) == pytest.approx(seconds(start, rows[-1].end))
    total = reckoning.total / 60_000_000 if unit == "working_minutes" else reckoning.total
    left = reckoning.remaining(until) if until else reckoning.remaining()
    assert sum(row.units for row in rows) + left == pytest.approx(total)
    assert left >= 0


def test_minutes_name_every_second_from_start_to_due() -> None:
    rows = clock("2026-03-06 16:00", 180, "working_minutes", pause("2026-03-09 09:30", "2026-03-09 10:00"))
    assert told(rows.statement()) == [
        ("03-06 16:00", "03-06 17:00", "counted", 60),
        ("03-06 17:00", "03-07 00:00", "outside", 0),
        ("03-07 00:00", "03-09 00:00", "weekend", 0),
        ("03-09 00:00", "03-09 09:00", "outside", 0),
        ("03-09 09:00", "03-09 09:30", "counted", 30),
        ("03-09 09:30", "03-09 10:00", "pause", 0),
        ("03-09 10:00", "03-09 11:30", "counted", 90),
    ]


def test_lunch_is_told_apart_from_the_evening() -> None:
    rows = clock("2026-03-03 08:00", 390, "working_minutes").statement()
    assert [row.kind for row in rows] == ["outside", "counted", "lunch", "counted"]


def test_days_are_whole_local_dates_and_day_zero_has_not_started() -> None:
    rows = clock("2026-02-13 16:00", 3, "working_days", pause("2026-02-24 10:00", "2026-02-25 09:00"))
    shown = told(rows.statement())
    assert shown[0] == ("02-13 16:00", "02-14 00:00", "not_started", 0)
    assert shown[1] == ("02-14 00:00", "02-15 00:00", "counted", 1)
    assert [kind for _, _, kind, _ in shown[2:11]] == ["holiday"] * 9
    assert shown[11:] == [
        ("02-24 00:00", "02-25 00:00", "pause", 0),
        ("02-25 00:00", "02-26 00:00", "counted", 1),
        ("02-26 00:00", "02-26 17:00", "counted", 1),
    ]


def test_in_calendar_terms_days_off_count_and_rolling_adds_nothing() -> None:
    shown = told(clock("2026-03-05 10:00", 2, "calendar_days").statement())
    assert [(kind, units) for _, _, kind, units in shown] == [
        ("not_started", 0),
        ("counted", 1),
        ("weekend", 1),
        ("weekend", 0),
        ("counted", 0),
    ]


def test_a_pause_that_still_runs_is_the_last_row_and_has_no_end() -> None:
    paused = clock("2026-03-03 09:00", 180, "working_minutes", pause("2026-03-03 10:00"))
    assert told(paused.statement()) == [
        ("03-03 09:00", "03-03 10:00", "counted", 60),
        ("03-03 10:00", None, "pause", 0),
    ]
    assert told(paused.statement(at("2026-03-04 10:00")))[-1] == ("03-03 10:00", "03-04 10:00", "pause", 0)


def test_after_the_due_moment_time_is_late() -> None:
    rows = clock("2026-03-03 09:00", 60, "working_minutes").statement(at("2026-03-05 12:00"))
    assert told(rows)[-1] == ("03-03 10:00", "03-05 12:00", "late", 0)


def test_a_statement_up_to_now_leaves_the_running_day_to_what_remains() -> None:
    running = clock("2026-03-02 09:00", 5, "working_days")
    now = at("2026-03-04 12:00")
    assert told(running.statement(now))[-1] == ("03-04 00:00", "03-04 12:00", "counted", 0)
    assert running.remaining(now) == 4
    assert running.remaining(at("2026-03-04 17:00")) == 3


def test_reasons_cite_the_notice_name_make_up_days_and_carry_the_pause() -> None:
    rows = clock(
        "2026-02-13 16:00", 2, "working_days", pause("2026-02-24 10:00", "2026-02-25 09:00")
    ).statement()
    make_up, holiday, stopped = rows[1].reason, rows[2].reason, rows[11].reason
    source = "gov.cn/zhengce/zhengceku/202511/content_7047091"
    assert (make_up.code, make_up.params) == ("make-up", {"name": "春节", "source": source})
    assert holiday.text == f"春节 ({source})."
    assert stopped.text == "expert review"


def test_a_pause_over_the_night_is_told_in_minutes_but_takes_no_day() -> None:
    over_night = pause("2026-03-03 18:00", "2026-03-04 08:00")
    assert [row.kind for row in clock("2026-03-03 09:00", 1, "working_days", over_night).statement()] == [
        "not_started",
        "counted",
    ]


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "day", ["2026-03-07", "2026-03-28", "2026-10-03", "2026-10-24", "2026-10-31", "2026-04-04"]
)
def test_a_statement_sums_to_real_time_over_a_change_of_clocks(zone: str, day: str) -> None:
    start = at(f"{day} 20:00", zone)
    reckoning = Reckoning(calendar("always", zone), start, Term(3000, "working_minutes"))
    due = reckoning.due()
    assert due is not None
    assert sum(row.seconds or 0 for row in reckoning.statement()) == seconds(start, due)
