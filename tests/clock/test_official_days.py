"""The official calendar, written down here once more from the notices and compared day by day."""

from collections import Counter
from datetime import date, timedelta

import pytest

from servicedesk.clock import (
    ClockError,
    NoticeDay,
    fold,
    noticed_years,
    official_calendar,
    official_rows,
)
from servicedesk.clock.notices import Notice, calendar_of
from servicedesk.clock.statutory import moon_table, statutory_days
from tests.clock.moments import due

# Per year: first and last day off of each holiday, then the weekend days worked, as month and day.
NOTICES = {
    2018: (
        "0101-0101 0215-0221 0405-0407 0429-0501 0618-0618 0924-0924 1001-1007 1230-1231",
        "0211 0224 0408 0428 0929 0930 1229",
    ),
    2019: (
        "0101-0101 0204-0210 0405-0405 0501-0504 0607-0607 0913-0913 1001-1007",
        "0202 0203 0428 0505 0929 1012",
    ),
    2020: ("0101-0101 0124-0202 0404-0406 0501-0505 0625-0627 1001-1008", "0119 0426 0509 0628 0927 1010"),
    2021: (
        "0101-0103 0211-0217 0403-0405 0501-0505 0612-0614 0919-0921 1001-1007",
        "0207 0220 0425 0508 0918 0926 1009",
    ),
    2022: (
        "0101-0103 0131-0206 0403-0405 0430-0504 0603-0605 0910-0912 1001-1007 1231-1231",
        "0129 0130 0402 0424 0507 1008 1009",
    ),
    2023: (
        "0101-0102 0121-0127 0405-0405 0429-0503 0622-0624 0929-1006",
        "0128 0129 0423 0506 0625 1007 1008",
    ),
    2024: (
        "0101-0101 0210-0217 0404-0406 0501-0505 0610-0610 0915-0917 1001-1007",
        "0204 0218 0407 0428 0511 0914 0929 1012",
    ),
    2025: ("0101-0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008", "0126 0208 0427 0928 1011"),
    2026: (
        "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007",
        "0104 0214 0228 0509 0920 1010",
    ),
}
ONE = timedelta(days=1)


def days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(year + 1, 1, 1) - first).days)]


def written(year: int, text: str) -> date:
    return date(year, int(text[:2]), int(text[2:]))


@pytest.mark.parametrize("year", NOTICES)
def test_every_day_is_as_the_notices_say(year: int) -> None:
    offs, works = NOTICES[year]
    ranges = [tuple(written(year, part) for part in pair.split("-")) for pair in offs.split()]
    made_up = {written(year, text) for text in works.split()}
    for day in days_of(year):
        off = any(first <= day <= last for first, last in ranges)
        expected = day in made_up or (day.weekday() < 5 and not off)
        assert official_calendar().is_working(day) == expected, day


@pytest.mark.parametrize(
    ("year", "working_days"),
    list(zip(range(2018, 2027), (250, 250, 249, 250, 249, 249, 251, 248, 248), strict=True)),
)
def test_a_year_has_as_many_working_days_as_the_notices_leave(year: int, working_days: int) -> None:
    assert sum(map(official_calendar().is_working, days_of(year))) == working_days


def test_every_document_is_a_notice_of_its_own_in_order_of_publication() -> None:
    notices = official_rows()
    assert [notice.version for notice in notices] == list(range(1, 12))
    assert sorted(notice.published_on for notice in notices) == [each.published_on for each in notices]
    assert Counter(notice.year for notice in notices) == Counter([*range(2018, 2027), 2019, 2020])
    assert all(notice.source.startswith("gov.cn/zhengce/") and notice.days for notice in notices)


# The two corrections that came while cases were open: version before, version after.
@pytest.mark.parametrize(
    ("before", "after", "day", "worked_before", "works_after"),
    [
        (2, 3, "2019-04-28", False, True),
        (2, 3, "2019-05-01", False, False),
        (2, 3, "2019-05-02", True, False),
        (2, 3, "2019-05-03", True, False),
        (2, 3, "2019-05-05", False, True),
        (4, 5, "2020-01-19", True, True),
        (4, 5, "2020-01-31", True, False),
        (4, 5, "2020-02-01", True, False),
        (4, 5, "2020-02-02", False, False),
        (4, 5, "2020-02-03", True, True),
    ],
)
def test_a_correction_changes_days_and_leaves_the_old_version_as_it_was(
    before: int, after: int, day: str, worked_before: bool, works_after: bool
) -> None:
    on = date.fromisoformat(day)
    assert official_calendar(before).is_working(on) == worked_before
    assert official_calendar(after).is_working(on) == works_after


@pytest.mark.parametrize(
    ("version", "start", "days", "ends"),
    [
        (2, "2019-04-26 10:00", 4, "2019-05-03 17:00"),
        (3, "2019-04-26 10:00", 4, "2019-05-05 17:00"),
        (3, "2019-04-26 10:00", 5, "2019-05-06 17:00"),
        (4, "2020-01-22 10:00", 3, "2020-02-01 17:00"),
        (5, "2020-01-22 10:00", 3, "2020-02-04 17:00"),
    ],
)
def test_an_open_clock_moves_with_the_correction(version: int, start: str, days: int, ends: str) -> None:
    assert due(start, days, "working_days", calendar=official_calendar(version)) == ends


def test_a_notice_reaches_into_the_year_before() -> None:
    day = date(2018, 12, 29)
    assert not official_calendar(1).is_working(day)
    assert official_calendar(2).is_working(day)
    assert official_calendar(2).day(day).source == official_rows()[1].source


def test_a_correcting_notice_can_make_a_day_ordinary_again() -> None:
    ordinary = (NoticeDay(date(2026, 2, 14), False, ""), NoticeDay(date(2026, 10, 1), True, ""))
    correction = Notice(12, 2026, date(2026, 2, 1), "gov.cn/zhengce/correction", "", ordinary)
    corrected = calendar_of([*official_rows(), correction])
    assert corrected.day(date(2026, 2, 14)).kind == "weekend"
    assert corrected.day(date(2026, 10, 1)).works and not corrected.day(date(2026, 10, 1)).name
    assert fold([correction, *official_rows()], 11) == fold(official_rows())


@pytest.mark.parametrize("version", [0, -1, 12])
def test_a_version_nobody_issued_is_refused(version: int) -> None:
    with pytest.raises(ClockError, match="version"):
        official_calendar(version)


def test_the_noticed_years_grow_with_the_version() -> None:
    assert noticed_years(official_rows()) == (2018, 2026)
    assert noticed_years(official_rows(), 5) == (2018, 2020)


# Years without a notice: weekends, and the days that law itself names.


@pytest.mark.parametrize(
    ("year", "count"), [(2000, 11), (2008, 11), (2013, 11), (2014, 11), (2024, 11), (2025, 13), (2027, 13)]
)
def test_law_names_eleven_days_off_and_thirteen_since_2025(year: int, count: int) -> None:
    assert len(statutory_days(year)) == count


@pytest.mark.parametrize(
    ("year", "first", "length"),
    [(2013, "2013-02-09", 3), (2014, "2014-01-31", 3), (2017, "2017-01-28", 3), (2027, "2027-02-05", 4)],
)
def test_new_years_eve_is_a_day_off_but_for_the_years_2014_to_2024(
    year: int, first: str, length: int
) -> None:
    days = [day for day, name in statutory_days(year).items() if name == "春节"]
    assert (days[0].isoformat(), len(days)) == (first, length)


def test_two_feasts_on_one_day_share_it() -> None:
    assert statutory_days(2031)[date(2031, 10, 1)] == "中秋节、国庆节"
    assert len(statutory_days(2031)) == 12


@pytest.mark.parametrize("year", range(2018, 2027))
def test_the_statutory_days_are_off_in_every_noticed_year(year: int) -> None:
    working = {day for day in statutory_days(year) if official_calendar().is_working(day)}
    assert not working


@pytest.mark.parametrize("year", range(2018, 2027))
def test_the_moon_agrees_with_the_notices(year: int) -> None:
    """Each feast lies in the holiday that bears its name."""
    names = {"spring_festival": "春节", "qingming": "清明节", "dragon_boat": "端午节", "mid_autumn": "中秋节"}
    for feast, name in names.items():
        assert name in official_calendar().day(moon_table()[year][feast]).name


def test_the_moon_table_keeps_to_its_seasons() -> None:
    assert list(moon_table()) == list(range(2000, 2061))
    for days in moon_table().values():
        assert (1, 21) <= (days["spring_festival"].month, days["spring_festival"].day) <= (2, 20)
        assert (days["qingming"].month, days["qingming"].day) in {(4, 4), (4, 5)}
        assert days["dragon_boat"].month in (5, 6) and days["mid_autumn"].month in (9, 10)


@pytest.mark.parametrize(
    ("day", "kind", "name", "provisional"),
    [
        ("2017-10-02", "holiday", "国庆节", True),
        ("2017-10-04", "holiday", "中秋节", True),
        ("2017-10-05", "working", "", True),
        ("2026-02-14", "working", "春节", False),
        ("2026-02-21", "holiday", "春节", False),
        ("2026-03-07", "weekend", "", False),
        ("2027-02-04", "working", "", True),
        ("2027-02-05", "holiday", "春节", True),
        ("2027-02-09", "working", "", True),
        ("2027-05-01", "holiday", "劳动节", True),
    ],
)
def test_a_day_says_what_it_is_and_whether_that_is_settled(
    day: str, kind: str, name: str, provisional: bool
) -> None:
    found = official_calendar().day(date.fromisoformat(day))
    assert (found.kind, found.name, found.provisional) == (kind, name, provisional)
