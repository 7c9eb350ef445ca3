"""A notice from a file: the mid-year changes of 2019 and 2020 and a first notice, seen, then entered."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from servicedesk.accounts.models import Post
from servicedesk.desk import calendars
from servicedesk.desk.actions import redating
from servicedesk.desk.audit import verify
from servicedesk.desk.digests import digests
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Alarm, CalendarNotice, Case, Clock, Event, Membership, Notice
from servicedesk.desk.outgoing import link_to
from servicedesk.desk.replay import differences
from servicedesk.desk.ringing import ring
from servicedesk.desk.tasks import look
from tests import make
from tests.desk.calendar_rows import as_of
from tests.desk.notice_papers import load, newest, official_days, paper, workbook
from tests.desk.picture import picture
from tests.make import moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db

LONG_AGO = date(2018, 1, 1)
LABOUR_DAY = "国务院办公厅关于调整2019年劳动节假期安排的通知"
SPRING = "国务院办公厅关于延长2020年春节假期的通知"
# A notice for 2027 as it may come: the days of law, with a bridge and two days made working.
IN_2027 = [
    ("2027-01-01", "休", "元旦"),
    ("2027-01-04", "休", "元旦"),
    ("2027-01-09", "班", "元旦"),
    *((f"2027-02-{day:02}", "休", "春节") for day in range(5, 13)),
    ("2027-02-20", "班", "春节"),
    ("2027-04-05", "休", "清明节"),
    ("2027-05-01", "休", "劳动节"),
    ("2027-05-02", "休", "劳动节"),
    ("2027-06-09", "休", "端午节"),
    ("2027-09-15", "休", "中秋节"),
    *((f"2027-10-{day:02}", "休", "国庆节") for day in range(1, 8)),
]


@pytest.fixture(autouse=True)
def fresh_calendars() -> Iterator[None]:
    calendars.forget()
    with override("en"):
        yield
    calendars.forget()


@pytest.fixture
def people() -> Cast:
    people = cast()
    Post.objects.update(since=LONG_AGO)
    Membership.objects.update(since=LONG_AGO)
    return people


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Let the command look at a clock that stands still."""

    def stand(at: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at)

    return stand


def due(case: Case, code: str = "resolve") -> str:
    clock = case.clocks.filter(code=code).latest("round")
    return clock.due_at.astimezone(make.ZONE).strftime("%Y-%m-%d") if clock.due_at else "-"


# 22 March 2019: Labour Day from 1 to 4 May, 28 April and 5 May made working


def test_labour_day_2019_is_seen_first_and_then_moves_dates_both_ways(
    people: Cast, on: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    as_of(2)
    on(moment("2019-04-22 10:00"))
    cases = [
        make.claimed(people, at=moment(f"2019-04-{day} 09:00")) for day in ("08", "09", "10", "11", "12")
    ]
    assert [due(case) for case in cases] == [
        "2019-04-29",
        "2019-04-30",
        "2019-05-02",
        "2019-05-03",
        "2019-05-06",
    ]
    before, words = (
        picture(),
        ("--title", LABOUR_DAY, "--published", "2019-03-22", "--number", "国办发明电〔2019〕3号"),
    )
    load(tmp_path, paper(official_days(3)), *words, "--dry-run")
    said = capsys.readouterr().out
    assert "4 open cases move, 3 become due earlier." in said
    assert "2019-04-28, Sunday: works now (劳动节)" in said and "2019-05-03, Friday: off now (劳动节)" in said
    assert f"{cases[2].number} · " in said and ": 2019-05-02 17:00 → 2019-04-30 17:00" in said
    assert "Direct line: 4" in said
    assert picture() == before and newest().version == 2
    load(tmp_path, paper(official_days(3)), *words)
    assert "4 open cases move" in capsys.readouterr().out
    assert [due(case) for case in cases] == [
        "2019-04-28",
        "2019-04-29",
        "2019-04-30",
        "2019-05-05",
        "2019-05-06",
    ]
    notice = newest()
    assert (notice.version, notice.year, notice.title, notice.number) == (
        3, 2019, LABOUR_DAY, "国办发明电〔2019〕3号",
    )  # fmt: skip
    assert notice.published_on == date(2019, 3, 22)
    event = cases[0].events.get(verb="redate")
    assert event.body == f"{LABOUR_DAY}（国办发明电〔2019〕3号）"
    assert list(differences()) == []


# 27 January 2020: the Spring Festival holiday lasts until 2 February


def test_spring_festival_2020_moves_what_is_open_tells_it_once_and_reminds_anew(
    people: Cast, on: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    as_of(4)
    now = moment("2020-01-27 10:00")
    cases = [make.claimed(people, at=moment(f"2020-01-{day} 09:00")) for day in ("02", "13")]
    assert [due(case) for case in cases] == ["2020-01-22", "2020-02-06"]
    on(now)
    header = ("day", "works", "name", "title", "source", "published")
    rows = [(*row, "", "", "") for row in official_days(5)]
    rows[0] = (*rows[0][:3], SPRING, "gov.cn", "2020年1月27日")
    load(tmp_path, workbook(rows, header), name="notice.xlsx")
    said = capsys.readouterr().out
    assert (
        "2020-02-01, Saturday: off now (春节)" in said and "1 open cases move, 0 become due earlier." in said
    )
    assert "33 days of earlier notices for 2020 are not named here" in said
    assert [due(case) for case in cases] == ["2020-01-22", "2020-02-10"]
    assert set(Clock.objects.running().values_list("calendar_version", flat=True)) == {5}
    assert list(Event.objects.filter(verb="redate").values_list("case", flat=True)) == [cases[1].pk]
    pending = Alarm.objects.get(clock=cases[1].clocks.get(code="resolve"), settled_at=None)
    assert pending.rings_at > moment("2020-02-03 09:00")
    assert digests(moment("2020-02-03 09:00")) == 2
    told = Notice.objects.filter(event__verb="digest", channel="email")
    assert all(cases[1].number in each.body and SPRING in each.body for each in told)
    ring(now)
    assert broken(now) == [] and list(differences()) == []


def test_a_kill_between_batches_leaves_the_rest_to_the_next_run_or_the_sweep(
    people: Cast, on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_of(4)
    cases = [make.claimed(people, at=moment("2020-01-13 09:00")) for _ in range(5)]
    on(moment("2020-01-27 10:00"))
    monkeypatch.setattr(redating, "BATCH", 1)
    tell, calls = redating.tell_many, []

    def power_cut(*args: Any) -> None:
        calls.append(args)
        if len(calls) in {3, 4}:
            raise RuntimeError("the power went")
        tell(*args)

    monkeypatch.setattr(redating, "tell_many", power_cut)
    for moved, entered in ((2, 1), (2, 0)):
        with pytest.raises(RuntimeError):
            load(tmp_path, paper(official_days(5)))
        assert Event.objects.filter(verb="redate").count() == moved
        assert ("Nothing to do" in capsys.readouterr().out) == (not entered)
    assert newest().version == 5
    load(tmp_path, paper(official_days(5)))
    assert "3 open cases move" in capsys.readouterr().out
    assert [case.events.filter(verb="redate").count() for case in cases] == [1] * 5
    assert {due(case) for case in cases} == {"2020-02-10"}
    assert look(moment("2020-01-27 10:01"))["moved"] == 0
    assert list(differences()) == []


def test_what_an_interrupted_run_left_the_sweep_takes_up(
    people: Cast, on: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_of(4)
    case = make.claimed(people, at=moment("2020-01-13 09:00"))
    on(moment("2020-01-27 10:00"))
    with monkeypatch.context() as patch:
        patch.setattr(redating, "tell_many", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            load(tmp_path, paper(official_days(5)))
    assert (newest().version, due(case)) == (5, "2020-02-06")
    assert look(moment("2020-01-27 10:01"))["moved"] == 1
    assert due(case) == "2020-02-10"


def test_of_many_that_move_alike_each_is_named_by_its_own_number_and_link(
    people: Cast, on: Any, tmp_path: Path
) -> None:
    as_of(4)
    cases = [make.claimed(people, at=moment("2020-01-13 09:00")) for _ in range(3)]
    cases.append(make.claimed(people, at=moment("2020-01-14 09:00")))
    on(moment("2020-01-27 10:00"))
    load(tmp_path, paper(official_days(5)), "--title", SPRING)
    told = Notice.objects.filter(channel="digest", event__verb="redate")
    for case in cases:
        for reader in (people.alice, people.wang):
            news = told.get(event__case=case, recipient=reader)
            assert case.number in news.subject and news.body.startswith(f"{case.number} · ")
            assert link_to(case, reader.is_staff) in news.body and SPRING in news.body
            assert news.body.count("2020 年 2 月 1") == 2
            assert "\ue000" not in news.subject + news.body


# 2027: provisional until its notice is out


def test_the_notice_for_2027_makes_dates_firm_and_moves_only_what_moves(
    people: Cast, on: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on(moment("2026-12-22 09:00"))
    moves = make.claimed(people, at=moment("2026-12-21 09:00"))
    stays = make.claimed(people, at=moment("2026-12-04 09:00"))
    untouched = list(
        Clock.objects.filter(case=stays).order_by("pk").values_list("pk", "due_at", "provisional")
    )
    assert (due(moves), due(stays)) == ("2027-01-12", "2026-12-25")
    assert Clock.objects.running().filter(provisional=True).count() == 2
    load(
        tmp_path, paper(IN_2027, encoding="gb18030"), "--title", "国务院办公厅关于2027年部分节假日安排的通知"
    )
    said = capsys.readouterr().out
    assert "2 dates are provisional no more." in said and "2027 has 2" in said
    assert "off by law" not in said
    # One day off more and a Saturday made working before the term ends: the same day, a firm one now.
    assert due(moves) == "2027-01-12"
    assert not Clock.objects.running().filter(provisional=True).exists()
    assert not Event.objects.filter(verb="redate").exists()
    after = Clock.objects.filter(case=stays).order_by("pk").values_list("pk", "due_at", "provisional")
    assert list(after) == untouched
    assert set(Clock.objects.running().values_list("calendar_version", flat=True)) == {12}
    assert list(differences()) == []


def test_a_first_notice_that_moves_a_provisional_date_tells_it(people: Cast, on: Any, tmp_path: Path) -> None:
    on(moment("2026-12-22 09:00"))
    case = make.claimed(people, at=moment("2026-12-21 09:00"))
    rows = [row for row in IN_2027 if row[0] != "2027-01-09"]
    load(tmp_path, paper(rows))
    assert (due(case), case.clocks.get(code="resolve").provisional) == ("2027-01-13", False)
    assert case.events.get(verb="redate").body == "2027年节假日安排"


def test_a_day_of_law_that_is_left_out_is_pointed_at(
    people: Cast, on: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on(moment("2026-12-22 09:00"))
    rows = [row for row in IN_2027 if row[0] != "2027-04-05"]
    load(tmp_path, paper(rows), "--dry-run")
    assert (
        "2027-04-05 (清明节) is a day off by law, but would count as a working day."
        in capsys.readouterr().out
    )


def test_a_first_notice_dates_alarms_after_the_due_moment_anew(people: Cast, on: Any, tmp_path: Path) -> None:
    """A clock due before anything changes keeps its date; the next rung of its ladder may not."""
    case = make.claimed(people, at=moment("2026-12-09 09:00"))
    assert due(case) == "2026-12-30"
    at = moment("2026-12-30 17:30")
    ring(at)
    on(at)
    load(tmp_path, paper(IN_2027))
    assert due(case) == "2026-12-30"
    wrong = [each for each in broken(at) if "alarm" in str(each)]
    assert wrong == []


# Twice, and again after a correction


def test_the_same_file_again_finds_nothing_to_do(
    people: Cast, on: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on(moment("2026-12-22 09:00"))
    make.claimed(people, at=moment("2026-12-21 09:00"))
    load(tmp_path, paper(IN_2027))
    before, rows = picture(), Event.objects.count()
    capsys.readouterr()
    load(
        tmp_path,
        workbook([(date.fromisoformat(day), works, name) for day, works, name in IN_2027]),
        name="a.xlsx",
    )
    said = capsys.readouterr().out
    assert said.splitlines() == ["Nothing to do: this notice is calendar version 12 already."]
    assert (picture(), Event.objects.count(), newest().version) == (before, rows, 12)


def test_a_notice_that_was_corrected_since_does_not_come_back(
    on: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on(moment("2026-12-22 09:00"))
    load(tmp_path, paper(IN_2027))
    load(tmp_path, paper([("2027-10-08", "休", "国庆节"), ("2027-01-09", "班", "")][:1]))
    assert newest().version == 13
    capsys.readouterr()
    load(tmp_path, paper(IN_2027))
    assert newest().version == 13
    assert "version 13, holds where they differ" in capsys.readouterr().out


def test_a_day_without_a_name_is_ordinary_again(on: Any, tmp_path: Path) -> None:
    on(moment("2026-12-22 09:00"))
    load(tmp_path, paper(IN_2027))
    load(tmp_path, paper([("2027-01-04", "1", ""), ("2027-01-09", "0", "")], ("day", "status", "name")))
    calendar = calendars.calendar_of(None, 13)
    assert calendar.is_working(date(2027, 1, 4)) and not calendar.is_working(date(2027, 1, 9))
    assert calendar.kind is not None and calendar.day(date(2027, 1, 4)).source == ""


def test_what_was_typed_wins_over_the_file_and_stands_in_the_chain(on: Any, tmp_path: Path) -> None:
    on(moment("2026-12-22 09:00"))
    header = ("日期", "班休", "名称", "标题", "文号", "年份")
    rows = [(*row, "文件里的标题", "国办发〔2026〕1号", "2027") for row in IN_2027]
    load(tmp_path, paper(rows, header, "utf-8-sig"), "--title", "打的标题", "--source", "gov.cn")
    notice = newest()
    assert (notice.title, notice.number, notice.source, notice.year) == (
        "打的标题", "国办发〔2026〕1号", "gov.cn", 2027,
    )  # fmt: skip
    event = Event.objects.get(chain=f"register:calendarnotice:{notice.pk}")
    assert event.params["days"] == len(IN_2027) and event.params["foreseen"]["moved"] == 0
    assert len(event.params["sha256"]) == 64
    assert verify([event.chain]) == []


def test_a_dry_run_keeps_no_calendar_that_another_notice_could_get(on: Any, tmp_path: Path) -> None:
    on(moment("2026-12-22 09:00"))
    (tmp_path / "a.csv").write_bytes(paper([("2027-03-03", "休", "甲")]))
    load(tmp_path, paper([("2027-03-03", "休", "甲")]), "--dry-run")
    notice = CalendarNotice(year=2027, title="另一个", source="x", published_on=date(2026, 12, 22))
    notice.enter()
    assert calendars.calendar_of(None, 12).is_working(date(2027, 3, 3))


def test_many_cases_take_no_more_questions_than_few(
    people: Cast, on: Any, tmp_path: Path, django_assert_max_num_queries: Any
) -> None:
    on(moment("2026-12-22 09:00"))
    for day in range(6):
        make.claimed(people, at=moment("2026-12-21 09:00") - timedelta(hours=day))
    with django_assert_max_num_queries(45):
        load(tmp_path, paper(IN_2027), "--dry-run")
