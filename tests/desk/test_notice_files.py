"""Files of notices: what is read, and what is refused with a sentence that names the row."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from servicedesk.clock import official_rows
from servicedesk.desk import calendars
from servicedesk.desk.models import CalendarNotice
from servicedesk.desk.notice_files.announcing import announced
from servicedesk.desk.notice_files.checking import faults
from servicedesk.desk.notice_files.reading import MOST_BYTES, date_in, read
from servicedesk.desk.notice_files.refusals import NoticeRefused
from tests.desk.notice_papers import HEADER, load, newest, official_days, paper, workbook
from tests.make import moment

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
TODAY = date(2026, 11, 23)
GOOD = ("2027-01-01", "休", "元旦")


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    calendars.forget()
    monkeypatch.setattr(timezone, "now", lambda: moment("2026-11-23 10:00"))
    with override("en"):
        yield
    calendars.forget()


def refused(folder: Path, data: bytes, *options: str) -> str:
    """What the command says on its way out; whatever it is, nothing was entered."""
    with pytest.raises(CommandError) as said:
        load(folder, data, *options)
    assert newest().version == 11
    return str(said.value)


# What is read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_file_may_be_in_any_encoding_an_office_uses(encoding: str) -> None:
    file = read(paper([GOOD], encoding=encoding))
    assert [(row.number, row.day, row.works, row.name) for row in file.rows] == [
        (2, date(2027, 1, 1), False, "元旦")
    ]


@pytest.mark.parametrize("works", ["班", "上班", "work", "Works", "１", 1, 1.0, True])
def test_a_working_day_is_said_in_many_ways(works: Any) -> None:
    assert read(workbook([(date(2027, 1, 9), works, "元旦")])).rows[0].works is True


@pytest.mark.parametrize("works", ["休", "放假", "off", "OFF ", 0, "0", False])
def test_so_is_a_day_off(works: Any) -> None:
    assert read(workbook([(datetime(2027, 1, 9), works, "元旦")])).rows[0].works is False


@pytest.mark.parametrize(
    "text",
    [
        "2027-1-9",
        "2027/01/09",
        "2027.1.9",
        "2027年1月9日",
        "20270109",
        "2027-01-09 00:00:00",
        "２０２７-01-09",
    ],
)
def test_a_date_is_written_in_many_ways(text: str) -> None:
    assert date_in(text) == date(2027, 1, 9)


@pytest.mark.parametrize(
    "value",
    [
        "2027-02-29",
        "2027-1",
        "46388",
        46388,
        "9.1.2027",
        "明天",
        "",
        None,
        datetime(2027, 1, 9, 8),
        "2027109",
    ],
)
def test_what_is_no_date_is_none(value: Any) -> None:
    assert date_in(value) is None


def test_headings_are_chinese_or_english_in_any_order_and_blank_rows_are_nothing() -> None:
    rows = [
        ("", "", "", ""),
        ("元旦", "off", "2027-01-01", "国办发〔2026〕1号"),
        ("元旦", "work", "2027-01-09", ""),
    ]
    file = read(paper(rows, ("Name", "status", "日期", "文号")))
    assert [(row.number, row.works) for row in file.rows] == [(3, False), (4, True)]
    assert file.facts == {"number": "国办发〔2026〕1号"}


@pytest.mark.parametrize("version", [row.version for row in official_rows()])
def test_every_official_notice_could_have_come_as_a_file(version: int) -> None:
    notice = next(row for row in official_rows() if row.version == version)
    new = announced(read(paper(official_days(version))), {"title": notice.title}, name="a.csv", today=TODAY)
    assert new.year == notice.year
    assert faults(new) == []


# What is refused

ROWS: dict[str, tuple[list[Any], str]] = {
    "twice": (
        [GOOD, ("2027-01-04", "休", "元旦"), ("2027/1/1", "休", "元旦")],
        "Row 4: 2027-01-01 stands in row 2",
    ),
    "both": ([GOOD, ("2027-01-01", "班", "元旦")], "Row 3: 2027-01-01 stands in row 2"),
    "no date": ([GOOD, ("2027-02-30", "休", "春节")], "Row 3: “2027-02-30” is not a date"),
    "no day": ([GOOD, ("", "休", "春节")], "Row 3: “” is not a date"),
    "no word": ([GOOD, ("2027-01-04", "是", "元旦")], "Row 3: “是” says neither"),
    "nothing said": ([GOOD, ("2027-01-04", "", "元旦")], "Row 3: “” says neither"),
    "another year": (
        [GOOD, ("2027-01-04", "休", "元旦"), ("2025-10-01", "休", "国庆节")],
        "Row 4: 2025-10-01 has nothing",
    ),
    "far edge": ([GOOD, ("2026-11-30", "休", "元旦")], "alike"),
    "nameless": ([GOOD, ("2027-01-04", "休", "")], "Row 3: 2027-01-04 is no ordinary Monday then"),
    "nameless Sunday": ([GOOD, ("2027-01-10", "班", "")], "Row 3: 2027-01-10 is no ordinary Sunday then"),
    "formula": ([GOOD, ("2027-01-04", "休", "=HYPERLINK(1)")], "Row 3, 名称 / name: this is a formula"),
    "long name": ([GOOD, ("2027-01-04", "休", "长" * 41)], "Row 3: the name is longer than 40"),
    "too wide": ([GOOD, (*GOOD, "", "x")], "Row 3 has more cells"),
    "gap": (
        [("2028-10-02", "休", "国庆节")],
        "Before the notice for 2028, the one for 2027 must be entered.",
    ),
    "long ago": ([("1949-10-01", "休", "国庆节")], "for the years 2000 to 2060"),
    "far off": ([("2099-10-01", "休", "国庆节")], "for the years 2000 to 2060"),
}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_that_cannot_be_is_refused_by_its_number(name: str, tmp_path: Path) -> None:
    rows, sentence = ROWS[name]
    assert sentence in refused(tmp_path, paper(rows))


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refused(
        tmp_path, paper([("x", "休", "元旦"), ("2027-01-04", "?", "元旦"), GOOD, ("y", "休", "元旦")])
    )
    assert len(said.splitlines()) == 3


def test_a_year_without_working_days_is_refused(tmp_path: Path) -> None:
    days = [date.fromordinal(date(2027, 1, 1).toordinal() + each) for each in range(365)]
    assert "The year 2027 would have no working day." in refused(
        tmp_path, paper([(day, "休", "假") for day in days])
    )


FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "no rows"),
    "headers only": (paper([]), "no rows"),
    "blank": (b"\n\n \n", "no rows"),
    "unknown column": (paper([(*GOOD, "1")], (*HEADER, "备注")), "The column “备注” is not known."),
    "column twice": (
        paper([(*GOOD, "1")], (*HEADER, "name")),
        "The column “名称 / name” stands there twice.",
    ),
    "no column": (paper([GOOD[:2]], HEADER[:2]), "The column “名称 / name” is missing."),
    "latin": (b"\xff\xff\xff\xe9", "UTF-8 or GB 18030"),
    "zip": (b"PK\x03\x04rubbish", "not an xlsx file"),
    "old excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "UTF-8 or GB 18030"),
    "two notices": (
        paper([(*GOOD, "甲"), ("2027-01-04", "休", "元旦", "乙")], (*HEADER, "标题")),
        "Row 3, 标题 / title: not what row 2 says",
    ),
    "huge": (b"x" * (MOST_BYTES + 1), "larger than a calendar notice"),
    "too many": (paper([GOOD] * 500), "more than 430 rows"),
    "no year": (paper([(*GOOD, "兔")], (*HEADER, "年份")), "“兔” is not a year."),
    "long title": (paper([(*GOOD, "长" * 161)], (*HEADER, "标题")), "标题 / title is longer than 160"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_notice_is_refused_with_a_sentence(name: str, tmp_path: Path) -> None:
    data, sentence = FILES[name]
    assert sentence in refused(tmp_path, data)


def test_a_formula_of_a_workbook_is_refused_whatever_it_last_showed(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(["=DATE(2027,1,1)", "休", "元旦"])
    file = io.BytesIO()
    book.save(file)
    assert "Row 2, 日期 / day: this is a formula" in refused(tmp_path, file.getvalue())


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no\.csv"):
        call_command("load_calendar", str(tmp_path / "no.csv"))


def test_a_notice_is_not_published_tomorrow(tmp_path: Path) -> None:
    assert "after today" in refused(tmp_path, paper([GOOD]), "--published", "2026-11-24")
    assert "“soon” is not a day of publication" in refused(tmp_path, paper([GOOD]), "--published", "soon")


# What is pointed at


def test_what_is_so_anyway_is_accepted_and_noted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [GOOD, ("2027-01-02", "休", "元旦"), ("2027-01-05", "班", "元旦")]
    load(tmp_path, paper(rows))
    said = capsys.readouterr().out
    assert "Working days anyway: 2027-01-05 (row 4)." in said
    assert "Weekend days anyway: 2027-01-02 (row 3)." in said
    assert newest().days.count() == 3


def test_a_notice_may_reach_over_the_years_end(tmp_path: Path) -> None:
    load(
        tmp_path, paper([("2026-12-31", "休", "元旦"), GOOD, ("2028-01-02", "班", "元旦")]), "--year", "2027"
    )
    assert newest().year == 2027
    assert not calendars.calendar_of(None, 12).is_working(date(2026, 12, 31))


cells = st.one_of(
    st.none(),
    st.text(max_size=8),
    st.integers(-9, 99999),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.just("班"),
    st.dates(date(2026, 12, 1), date(2027, 12, 31)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cells, max_size=5), max_size=6), st.binary(max_size=60))
def test_whatever_comes_is_read_or_refused_and_never_falls_over(rows: list[list[Any]], octets: bytes) -> None:
    for data in (paper(rows), octets):
        try:
            new = announced(read(data), {}, name="x", today=TODAY)
        except NoticeRefused as error:
            assert all(error.sentences) and error.sentences
        else:
            assert isinstance(faults(new), list)
    assert CalendarNotice.objects.count() == 11
