"""Tables of dates that a lawyer can check: a start, a term, pauses; the due moment in local time."""

from datetime import timedelta

import pytest

from servicedesk.clock import ClockError, Pause, Term
from tests.clock.moments import at, clock, due, pause

DAYS, MINUTES, CALENDAR = "working_days", "working_minutes", "calendar_days"


@pytest.mark.parametrize(
    ("start", "minutes", "ends"),
    [
        # 1 start in lunch, before opening, after closing, on a holiday, exactly at opening and at closing
        ("2026-03-03 12:30", 30, "2026-03-03 14:00"),
        ("2026-03-03 07:00", 30, "2026-03-03 09:30"),
        ("2026-03-03 19:00", 30, "2026-03-04 09:30"),
        ("2026-02-17 10:00", 30, "2026-02-24 09:30"),
        ("2026-03-03 09:00", 30, "2026-03-03 09:30"),
        ("2026-03-03 17:00", 30, "2026-03-04 09:30"),
        # 2 ends exactly at noon or at closing, not at the next opening
        ("2026-03-03 09:00", 180, "2026-03-03 12:00"),
        ("2026-03-03 09:00", 181, "2026-03-03 13:31"),
        ("2026-03-03 09:00", 390, "2026-03-03 17:00"),
        ("2026-03-03 09:00", 391, "2026-03-04 09:01"),
        ("2026-03-03 12:00", 210, "2026-03-03 17:00"),
        # 3 the make-up Saturday counts, the ordinary one does not
        ("2026-02-13 16:00", 120, "2026-02-14 10:00"),
        ("2026-03-06 16:00", 120, "2026-03-09 10:00"),
        # 4 across Spring Festival and National Day
        ("2026-02-14 16:00", 120, "2026-02-24 10:00"),
        ("2026-09-30 16:30", 60, "2026-10-08 09:30"),
    ],
)
def test_minutes_run_only_in_office_hours(start: str, minutes: int, ends: str) -> None:
    assert due(start, minutes, MINUTES) == ends


@pytest.mark.parametrize(
    ("start", "days", "last_day"),
    [
        ("2024-09-27", 5, "2024-10-10"),
        ("2024-09-27", 7, "2024-10-12"),
        ("2024-09-27", 20, "2024-10-30"),
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-01-24", 15, "2025-02-20"),
        ("2025-09-26", 20, "2025-10-30"),
        ("2026-02-12", 5, "2026-02-26"),
        ("2026-02-14", 3, "2026-02-26"),
        ("2026-02-15", 1, "2026-02-24"),
        ("2026-04-30", 7, "2026-05-13"),
        ("2026-09-30", 20, "2026-11-03"),
        # 5 year end, with the notice that reaches back into the old year
        ("2022-12-29", 3, "2023-01-04"),
        ("2018-12-28", 1, "2018-12-29"),
        ("2018-12-28", 2, "2019-01-02"),
    ],
)
@pytest.mark.parametrize("hour", ["00:00", "08:59", "12:30", "17:00", "23:59"])
def test_working_days_count_from_the_day_after_and_end_at_close(
    start: str, days: int, last_day: str, hour: str
) -> None:
    assert due(f"{start} {hour}", days, DAYS) == f"{last_day} 17:00"


# 6 a year without its notice
@pytest.mark.parametrize(
    ("start", "days", "ends", "provisional"),
    [
        ("2026-12-25 10:00", 4, "2026-12-31 17:00", False),
        ("2026-12-25 10:00", 5, "2027-01-04 17:00", True),
        ("2027-02-04 10:00", 1, "2027-02-09 17:00", True),
        ("2027-04-30 10:00", 1, "2027-05-03 17:00", True),
        ("2017-09-29 10:00", 1, "2017-10-05 17:00", True),
        ("2018-01-02 10:00", 1, "2018-01-03 17:00", False),
    ],
)
def test_a_date_that_rests_on_a_missing_notice_is_provisional(
    start: str, days: int, ends: str, provisional: bool
) -> None:
    assert due(start, days, DAYS) == ends
    assert clock(start, days, DAYS).provisional == provisional


# 7 calendar terms, month ends, leap days; a last day off rolls on (民法典 203), but not for a licence
@pytest.mark.parametrize(
    ("start", "amount", "unit", "rolls", "ends", "moment"),
    [
        ("2026-03-02 10:00", 5, CALENDAR, True, "close", "2026-03-09 17:00"),
        ("2026-03-02 10:00", 5, CALENDAR, True, "midnight", "2026-03-10 00:00"),
        ("2026-03-02 10:00", 5, CALENDAR, False, "close", "2026-03-08 00:00"),
        ("2026-03-02 10:00", 5, CALENDAR, False, "midnight", "2026-03-08 00:00"),
        ("2026-03-02 10:00", 4, CALENDAR, False, "close", "2026-03-06 17:00"),
        ("2026-02-09 10:00", 5, CALENDAR, True, "close", "2026-02-14 17:00"),
        ("2026-02-10 10:00", 5, CALENDAR, True, "close", "2026-02-24 17:00"),
        ("2025-12-31 10:00", 2, "months", True, "close", "2026-02-28 17:00"),
        ("2026-01-31 10:00", 1, "months", True, "close", "2026-02-28 17:00"),
        ("2024-01-31 10:00", 1, "months", False, "midnight", "2024-03-01 00:00"),
        ("2026-01-29 10:00", 1, "months", True, "close", "2026-02-28 17:00"),
        ("2026-03-31 10:00", 1, "months", True, "close", "2026-04-30 17:00"),
        ("2026-08-31 10:00", 6, "months", True, "midnight", "2027-03-02 00:00"),
        ("2024-02-29 10:00", 1, "years", True, "close", "2025-02-28 17:00"),
        ("2024-02-29 10:00", 4, "years", False, "midnight", "2028-03-01 00:00"),
        ("2025-10-03 10:00", 1, "years", True, "close", "2026-10-08 17:00"),
    ],
)
def test_calendar_terms_end_on_the_corresponding_day(
    start: str, amount: int, unit: str, rolls: bool, ends: str, moment: str
) -> None:
    assert due(start, amount, unit, rolls=rolls, ends=ends) == moment


def test_what_an_applicant_may_do_online_ends_at_midnight_in_working_days_too() -> None:
    assert due("2026-03-02 10:00", 5, DAYS, ends="midnight") == "2026-03-10 00:00"


# 8 and 9: pauses in minutes
@pytest.mark.parametrize(
    ("pauses", "ends"),
    [
        ([("10:00", "11:00")], "14:30"),
        ([("10:00:10", "10:00:20"), ("10:00:30", "10:00:45")], "13:30:25"),
        ([("10:00", "11:00"), ("10:30", "11:30")], "15:00"),
        ([("10:30", "11:30"), ("10:00", "11:00")], "15:00"),
        ([("10:00", "11:00"), ("11:00", "11:30")], "15:00"),
        ([("12:00", "13:30")], "12:00"),
        ([("07:00", "09:00"), ("17:00", "20:00")], "12:00"),
        ([("08:00", "09:30")], "14:00"),
        ([("10:00", "10:00")], "12:00"),
        ([("12:00", "16:00")], "12:00"),
        ([("11:59", "13:31")], "13:32"),
    ],
)
def test_only_office_time_inside_a_pause_is_given_back(pauses: list[tuple[str, str]], ends: str) -> None:
    found = [pause(f"2026-03-03 {since}", f"2026-03-03 {until}") for since, until in pauses]
    assert clock("2026-03-03 09:00", 180, MINUTES, *found).due() == at(f"2026-03-03 {ends}")


# 8 and 9: pauses in days. A day is lost if the clock stands still at its close.
@pytest.mark.parametrize(
    ("since", "until", "ends"),
    [
        ("2026-03-04 18:00", "2026-03-05 08:00", "2026-03-06 17:00"),
        ("2026-03-04 10:00", "2026-03-04 16:59", "2026-03-06 17:00"),
        ("2026-03-04 10:00", "2026-03-04 17:00", "2026-03-06 17:00"),
        ("2026-03-04 10:00", "2026-03-04 17:01", "2026-03-09 17:00"),
        ("2026-03-04 17:00", "2026-03-05 09:00", "2026-03-06 17:00"),
        ("2026-03-04 16:59", "2026-03-05 17:00", "2026-03-09 17:00"),
        ("2026-03-04 10:00", "2026-03-06 10:00", "2026-03-10 17:00"),
        ("2026-03-03 08:00", "2026-03-03 20:00", "2026-03-06 17:00"),
        ("2026-03-07 10:00", "2026-03-09 10:00", "2026-03-06 17:00"),
        ("2026-03-06 17:00", "2026-03-20 10:00", "2026-03-06 17:00"),
    ],
)
def test_a_day_is_lost_when_the_clock_stands_still_at_its_close(since: str, until: str, ends: str) -> None:
    assert due("2026-03-03 10:00", 3, DAYS, pause(since, until)) == ends


@pytest.mark.parametrize(
    ("since", "until", "ends"),
    [
        # A Saturday and a Sunday in the pause are two dates lost, and the end still rolls.
        ("2026-03-07 10:00", "2026-03-09 10:00", "2026-03-10 17:00"),
        ("2026-03-07 10:00", "2026-03-08 00:00", "2026-03-09 17:00"),
        ("2026-03-07 10:00", "2026-03-08 00:01", "2026-03-09 17:00"),
        ("2026-03-04 10:00", "2026-03-05 10:00", "2026-03-09 17:00"),
        ("2026-03-08 10:00", "2026-03-10 10:00", "2026-03-10 17:00"),
    ],
)
def test_calendar_days_lose_every_date_that_closes_inside_a_pause(since: str, until: str, ends: str) -> None:
    assert due("2026-03-03 10:00", 5, CALENDAR, pause(since, until)) == ends


def test_an_end_that_would_roll_into_a_pause_rolls_past_it() -> None:
    stands = pause("2026-03-08 10:00", "2026-03-10 10:00")
    assert due("2026-03-03 10:00", 4, CALENDAR, stands) == "2026-03-10 17:00"


# 10 and 11: open-ended pauses
@pytest.mark.parametrize(
    ("amount", "unit", "since", "moment", "remaining"),
    [
        (180, MINUTES, "2026-03-03 10:00", None, 120),
        (180, MINUTES, "2026-03-03 10:00:30", None, 119.5),
        (180, MINUTES, "2026-03-03 12:00", "2026-03-03 12:00", 0),
        (180, MINUTES, "2026-03-04 10:00", "2026-03-03 12:00", 0),
        (180, MINUTES, "2026-03-02 10:00", None, 180),
        (3, DAYS, "2026-03-04 16:59", None, 3),
        (3, DAYS, "2026-03-04 17:00", None, 2),
        (3, DAYS, "2026-03-06 16:59", None, 1),
        (3, DAYS, "2026-03-06 17:00", "2026-03-06 17:00", 0),
        (5, CALENDAR, "2026-03-07 12:00", None, 2),
        (4, CALENDAR, "2026-03-08 12:00", None, 0),
        (1, "months", "2026-03-13 12:00", None, 22),
    ],
)
def test_while_a_pause_runs_there_is_only_what_remains_unless_the_term_had_run_out(
    amount: int, unit: str, since: str, moment: str | None, remaining: float
) -> None:
    assert due("2026-03-03 09:00", amount, unit, pause(since)) == moment
    assert clock("2026-03-03 09:00", amount, unit, pause(since)).remaining() == remaining


def test_a_pause_that_runs_on_into_an_open_one_is_one_standstill() -> None:
    ended, runs = pause("2026-03-04 10:00", "2026-03-04 17:00"), pause("2026-03-04 17:00")
    assert due("2026-03-03 09:00", 1, DAYS, ended, runs) is None
    assert clock("2026-03-03 09:00", 3, DAYS, ended, runs).remaining() == 3


# 14 extensions
@pytest.mark.parametrize("unit", [DAYS, MINUTES, CALENDAR, "months"])
def test_an_extension_lengthens_the_term_and_commutes_with_pauses(unit: str) -> None:
    stands = pause("2026-03-04 10:00", "2026-03-06 10:00")
    later = clock("2026-03-03 09:00", 4, unit, stands, extensions=[Term(2, unit), Term(1, unit)])
    assert later.due() == clock("2026-03-03 09:00", 7, unit, stands).due()


def test_months_are_extended_from_the_start_and_not_from_the_shortened_month() -> None:
    assert due("2026-01-31 10:00", 1, "months", extensions=[Term(1, "months")]) == "2026-03-31 17:00"


def test_an_extension_in_another_unit_is_refused() -> None:
    with pytest.raises(ClockError, match="cannot lengthen") as error:
        clock("2026-03-03 09:00", 4, DAYS, extensions=[Term(60, MINUTES)])
    assert (error.value.code, error.value.params) == (
        "extension-unit",
        {"extension": MINUTES, "term": DAYS},
    )


# 19 the office's zone, whatever the server's
def test_the_answer_is_eight_hours_ahead_of_universal_time() -> None:
    moment = clock("2026-03-03 09:00", 1, DAYS).due()
    assert moment is not None and moment.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("amount", "unit", "code"),
    [
        (0, DAYS, "term-too-short"),
        (-1, MINUTES, "term-too-short"),
        (True, DAYS, "term-not-whole"),
        (1.5, DAYS, "term-not-whole"),
        (1, "weeks", "unknown-unit"),
    ],
)
def test_a_term_that_is_none_is_refused(amount: object, unit: str, code: str) -> None:
    with pytest.raises(ClockError) as error:
        Term(amount, unit)  # type: ignore[arg-type]
    assert error.value.code == code
    assert str(error.value).endswith(".")


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ClockError, match="before it begins"):
        Pause(at("2026-03-03 10:00"), at("2026-03-03 09:00"))
