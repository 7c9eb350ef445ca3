"""Requests of an older system come in with their true dates, whole or not at all, and once."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import override

from enterprises.models import Company, DirectLineMatter
from servicedesk.accounts.models import Office, User
from servicedesk.desk.actions import history as acting
from servicedesk.desk.actions import past_rows
from servicedesk.desk.history import history_of
from servicedesk.desk.history.cells import moment as read_moment
from servicedesk.desk.history.mapping import guessed_mapping
from servicedesk.desk.history.sheets import sheets_of
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Alarm, Case, Clock, Event, Notice, NumberSeries, Party, PastRow, Promise
from servicedesk.desk.ringing import ring
from servicedesk.desk.story import answer_of, story
from tests.desk.history_sheets import HEADINGS, MAP, book, row
from tests.make import moment

ZONE = ZoneInfo("Asia/Shanghai")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Any:
    with override("en"):
        yield


def run(tmp_path: Path, data: bytes, *more: str, name: str = "留言.xlsx", mapping: Any = MAP) -> str:
    """Run the command on the file and return what it says."""
    path = tmp_path / name
    path.write_bytes(data)
    out = io.StringIO()
    call_command("import_history", str(path), "--kind=direct-line", *mapping, *more, stdout=out)
    return out.getvalue()


def refused(tmp_path: Path, data: bytes, *more: str, **how: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(tmp_path, data, *more, **how)
    return str(caught.value)


# --- an empty, just migrated database ------------------------------------------------------------------


def test_an_answered_request_is_a_closed_case_with_its_true_dates(tmp_path: Path) -> None:
    assert not User.objects.exists()

    run(tmp_path, book([row()]))

    case = Case.objects.get()
    received, answered = moment("2019-12-30 17:53"), moment("2020-01-09 10:22:12")
    assert (case.state, case.outcome, case.number) == ("closed", "answered", "ZT-2019-000001")
    assert (case.opened_at, case.submitted_at, case.closed_at) == (received, received, answered)
    assert case.accepted_at is None
    assert (case.title, case.direct_line.text) == ("厂门口积水", "厂门口积水，货车进不来。")
    assert (case.opening["history"]["file"], case.opening["history"]["row"]) == ("留言.xlsx", 2)
    clock = case.clocks.get()
    # 15 working days from 30 Dec 2019: 1 Jan off, 19 Jan worked; the Spring Festival of 2020 comes after.
    assert (clock.code, clock.started_at, clock.due_at) == ("company", received, moment("2020-01-20 17:00"))
    assert (clock.stopped_at, clock.stopped_by, clock.late) == (answered, "sign_off", False)
    assert clock.used == (7 * 390 + 82) * 60 + 12 - 390 * 60
    promise = Promise.objects.get()
    assert (promise.due_at, promise.told_at, promise.how) == (clock.due_at, None, "history")
    assert {step.code: step.state for step in case.steps.all()} == {
        "dispatch": "skipped",
        "contact": "skipped",
        "opinion": "skipped",
        "solve": "done",
        "confirm": "skipped",
    }
    told = [(event.verb, event.effective_at, event.public) for event in case.events.order_by("seq")]
    assert told[:2] == [("submit", received, True), ("sign_off", answered, True)]
    assert (told[2][0], told[2][2]) == ("import_history", False)
    assert all(event.at > moment("2026-01-01 00:00") for event in case.events.all())
    assert not Alarm.objects.exists()
    assert broken(timezone.now()) == []


def test_a_late_answer_is_late_by_the_calendar_and_the_limit(tmp_path: Path) -> None:
    rows = [row(1, answered="2020/1/20 17:00"), row(2, answered="2020/1/20 17:00:01", subject="路灯不亮")]
    run(tmp_path, book(rows))
    assert list(Clock.objects.order_by("case__number").values_list("late", flat=True)) == [False, True]


def test_an_unanswered_request_waits_for_dispatch_and_rings_no_storm(tmp_path: Path) -> None:
    run(
        tmp_path, book([row(number, answered=None, answer=None, text=f"第{number}件") for number in range(3)])
    )
    case = Case.objects.first()
    assert case is not None
    assert (case.state, case.outcome, case.closed_at) == ("submitted", "", None)
    assert [step.code for step in case.steps.all() if step.state == "running"] == ["dispatch"]
    assert {clock.code for clock in case.clocks.running()} == {"dispatch", "not_ours", "company"}
    assert set(case.clocks.values_list("started_at", flat=True)) == {moment("2019-12-30 17:53")}
    assert Case.objects.overdue(timezone.now()).count() == 3
    assert set(Alarm.objects.values_list("fate", flat=True)) == {"superseded"}
    assert ring(timezone.now() + timedelta(days=30)) == 0
    assert not Notice.objects.exists()
    assert broken(timezone.now()) == []


def test_an_unanswered_request_of_yesterday_has_its_next_rung_pending(tmp_path: Path) -> None:
    received = timezone.localtime(timezone.now() - timedelta(days=1))
    run(tmp_path, book([row(received=f"{received:%Y-%m-%d %H:%M}", answered=None, answer=None)]))
    company = Alarm.objects.get(clock__code="company")
    assert (company.settled_at, company.rung) == (None, 1)
    assert broken(timezone.now()) == []


def test_numbers_follow_the_day_of_receipt_without_gaps(tmp_path: Path) -> None:
    rows = [row(1, "2020/5/1 9:00", "2020/5/3 9:00"), row(2, "坏"), row(3, "2020/4/1 9:00", "2020/5/3 9:00")]
    run(tmp_path, book(rows))
    assert dict(Case.objects.values_list("past__row", "number")) == {4: "ZT-2020-000001", 2: "ZT-2020-000002"}
    assert NumberSeries.objects.get().last == 2


def test_years_before_the_first_limit_are_measured_by_it_and_say_so(tmp_path: Path) -> None:
    run(tmp_path, book([row(received="2011/3/1 9:00", answered="2011/3/2 9:00")]))
    case = Case.objects.get()
    assert case.opening["history"]["limits_of"] == "2018-01-01"
    assert (case.clocks.get().late, case.clocks.get().provisional) == (False, True)
    assert broken(timezone.now()) == []


def test_its_page_tells_the_answer_and_where_it_came_from(tmp_path: Path, client: Any) -> None:
    run(tmp_path, book([row()]), "--map=number=留言编号")
    case = Case.objects.get()
    answer = answer_of(case)
    assert answer is not None
    assert answer.body == "您好，已清淤。"
    assert [entry.at for entry in story(case, None)] == [moment("2020-01-09 10:22:12"), case.submitted_at]
    note = Event.objects.get(verb="import_history")
    assert "留言.xlsx" in note.body and "2" in note.body
    assert (note.params["number"], PastRow.objects.get().number) == ("1", "1")


# --- what stands in cells ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        (datetime(2019, 12, 30, 17, 53), "2019-12-30 17:53"),
        (43829.745, "2019-12-30 17:52:48"),
        ("43829.5", "2019-12-30 12:00"),
        (20191230, "2019-12-30 00:00"),
        ("20191230175300", "2019-12-30 17:53"),
        ("2019/12/30 17:53", "2019-12-30 17:53"),
        ("2020-1-9 10:22:12", "2020-01-09 10:22:12"),
        ("\t\t\t\t\t\t\t2020/1/2 11:25\n", "2020-01-02 11:25"),
        ("\u200b2020.1.2\xa011：25", "2020-01-02 11:25"),
        ("2019年12月30日", "2019-12-30 00:00"),
        ("2019年12月30日 星期一 下午5点53分", "2019-12-30 17:53"),
        ("2019-12-30T09:53:00Z", "2019-12-30 17:53"),
        ("2019-12-30 17:53:00.0", "2019-12-30 17:53"),
        (date(2019, 12, 30), "2019-12-30 00:00"),
    ],
)
def test_moments_of_every_shape_are_read(cell: object, at: str) -> None:
    told = read_moment(cell, ZONE)
    assert told is not None
    assert told.at == moment(at)
    assert told.day_only == at.endswith(" 00:00")


@pytest.mark.parametrize("cell", ["", "  \t", "nan", "NaT", "None", None, "—"])
def test_what_says_nothing_is_empty(cell: object) -> None:
    assert read_moment(cell, ZONE) is None


@pytest.mark.parametrize("cell", ["2020/13/1", "昨天", "12/30/2019", True, "-5", "1e9", "2020-1-1 25:00"])
def test_what_is_no_moment_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match="no date that can be read"):
        read_moment(cell, ZONE)


@pytest.mark.parametrize("cell", ["1899/1/1", datetime(1999, 12, 31), "36000", "2061/1/1"])
def test_what_lies_outside_the_calendar_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match="the calendar"):
        read_moment(cell, ZONE)


def test_a_day_alone_is_its_beginning_when_received_and_its_close_when_answered(tmp_path: Path) -> None:
    rows = [
        row(1, "2020年1月6日", datetime(2020, 1, 7)),
        row(2, "2020-1-7 18:30", "2020-1-7", subject="当日"),
        row(3, "2020-1-9", "2020-1-11", subject="周六"),
    ]
    run(tmp_path, book(rows))
    found = [(case.submitted_at, case.closed_at) for case in Case.objects.order_by("number")]
    assert found == [
        (moment("2020-01-06 00:00"), moment("2020-01-07 17:00")),
        (moment("2020-01-07 18:30"), moment("2020-01-07 18:30")),
        (moment("2020-01-09 00:00"), moment("2020-01-11 23:59:59")),
    ]


# --- faults, row by row --------------------------------------------------------------------------------


def test_every_fault_is_told_by_row_and_column_and_leaves_the_row_out_whole(tmp_path: Path) -> None:
    future = f"{timezone.now() + timedelta(days=9):%Y-%m-%d %H:%M}"
    rows = [
        row(1),
        row(2, answered="2019/12/1 9:00"),
        row(3, received="不详"),
        row(4, received=None),
        row(5, answer="nan"),
        row(6, answered="\t"),
        row(7, received=future, answered=None, answer=None),
        row(8, answered=future),
        row(9, received="1998/1/1"),
        row(10, subject=None, text=" "),
        [None] * 9,
        row(11),
        HEADINGS,
        row(12, subject="", text="路灯不亮", answer="已修"),
    ]
    said = run(tmp_path, book(rows))
    assert "Row 3, 答复时间: It was answered before it was received." in said
    assert "Row 4, 留言时间: “不详” is no date that can be read." in said
    assert "Row 5, 留言时间: The date is missing." in said
    assert "Row 6, 答复意见: There is a date of an answer, but no answer." in said
    assert "Row 7, 答复时间: There is an answer, but not its date." in said
    assert "Row 8, 留言时间: This lies in the future." in said
    assert "Row 9, 答复时间: This lies in the future." in said
    assert "Row 10, 留言时间: The year 1998 lies before the calendar." in said
    assert "Row 11, 留言详情: There are no words." in said
    assert "Row 13: This repeats row 2." in said
    assert "Row 15, 留言主题: Empty; the first words of the text stand for it." in said
    assert said.splitlines()[-4:] == [
        "Rows: 12",
        "Imported: 2 (0 rows without an answer).",
        "There already: 0",
        "Left out: 10",
    ]
    assert set(Case.objects.values_list("past__row", "title")) == {(2, "厂门口积水"), (15, "路灯不亮")}
    assert broken(timezone.now()) == []


def test_strictly_one_fault_keeps_everything_out(tmp_path: Path) -> None:
    assert "Nothing would be imported" in refused(
        tmp_path, book([row(1), row(2, "坏")]), "--strict", "--dry-run"
    )
    assert "Nothing was imported" in refused(tmp_path, book([row(1), row(2, "坏")]), "--strict")
    assert not Case.objects.exists()
    run(tmp_path, book([row(1)]), "--strict")
    assert Case.objects.count() == 1


def test_a_dry_run_writes_no_case_and_says_what_it_would_do(tmp_path: Path) -> None:
    said = run(tmp_path, book([row(1), row(2, answered="", answer="", subject="路灯")]), "--dry-run")
    assert "Would be imported: 2 (1 of them unanswered)." in said
    assert "Row 3, 答复时间: No answer: it comes in as an open matter." in said
    assert not Case.objects.exists()


def test_a_long_subject_is_cut_as_title_and_kept_in_full_and_long_words_stay_whole(tmp_path: Path) -> None:
    run(tmp_path, book([row(subject="积" * 300, text="水" * 6000)]))
    case = Case.objects.get()
    assert case.title == "积" * 199 + "…"
    assert case.opening["history"]["subject"] == "积" * 300
    assert "积" * 300 in Event.objects.get(verb="import_history").body
    assert case.direct_line.text == "水" * 6000


# --- the file ------------------------------------------------------------------------------------------


def test_headings_below_a_title_on_a_second_sheet_are_found(tmp_path: Path) -> None:
    data = book([row()], above=[["2019年留言汇总"], []], first="说明")
    run(tmp_path, data)
    assert PastRow.objects.get().row == 4
    assert "There is no sheet “没有”; there are: 说明, 留言." in refused(tmp_path, data, "--sheet=没有")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_comes_in_as_well(tmp_path: Path, encoding: str) -> None:
    text = "\n".join(",".join(map(str, each)) for each in [HEADINGS, row(text="路")])
    run(tmp_path, text.encode(encoding), name="留言.csv")
    assert Case.objects.get().title == "厂门口积水"


def test_a_wrong_mapping_is_one_sentence_that_lists_the_columns(tmp_path: Path) -> None:
    data = book([row()])
    said = refused(tmp_path, data, mapping=["--map=text=详情", "--map=received=留言时间"])
    assert said == f"The file has no column “详情”. Its columns: {', '.join(HEADINGS)}."
    assert "There is no field “answr”" in refused(tmp_path, data, "--map=answr=答复意见")
    assert "mapped twice" in refused(tmp_path, data, "--map=text=留言主题")
    assert "No column was named for: received" in refused(tmp_path, data, mapping=["--map=text=留言详情"])
    assert "is no mapping" in refused(tmp_path, data, "--map=answer")
    assert "Columns: 留言编号" in refused(tmp_path, data, mapping=[])
    assert not Case.objects.exists()


def test_a_kind_without_history_is_refused() -> None:
    with pytest.raises(CommandError, match="possible: direct-line"):
        call_command("import_history", "x.xlsx", "--kind=promise")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not an xlsx"),
        (b"PK\x03\x04 broken", "not an xlsx"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "protected by a password"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, data: bytes, said: str) -> None:
    assert said in refused(tmp_path, data)


def test_a_bomb_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicedesk.desk.history.sheets.MOST_BYTES", 1024 * 1024)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(1024 * 1024 + 1))
    assert "unpacks to more than is allowed" in refused(tmp_path, out.getvalue())


def test_a_file_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("import_history", "/nowhere/x.xlsx", "--kind=direct-line", *MAP)


# --- once ----------------------------------------------------------------------------------------------


def test_run_twice_it_imports_nothing_twice(tmp_path: Path) -> None:
    data = book([row(1), row(2, subject="路灯不亮")])
    run(tmp_path, data)
    assert "There already: 2" in run(tmp_path, data)
    # With the numbers mapped this time they are still the same requests.
    assert "There already: 2" in run(tmp_path, data, "--map=number=留言编号")
    assert Case.objects.count() == 2


def test_a_number_twice_with_other_words_is_a_fault(tmp_path: Path) -> None:
    said = run(tmp_path, book([row(7.0), row("7", text="别的")]), "--map=number=留言编号")
    assert "Row 3, 留言编号: Row 2 has this number already, with other words." in said
    assert PastRow.objects.get().number == "7"


def test_a_run_that_was_stopped_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicedesk.desk.history.taking.PIECE", 2)
    data = book([row(number, text=f"第{number}件") for number in range(5)])
    whole, calls = acting.chains.append, []

    def dies(events: Any) -> None:
        calls.append(events)
        if len(calls) == 2:
            raise KeyboardInterrupt
        whole(events)

    monkeypatch.setattr("servicedesk.desk.chains.append", dies)
    assert "Run it again" in refused(tmp_path, data)
    assert (Case.objects.count(), Event.objects.count()) == (2, 6)
    monkeypatch.setattr("servicedesk.desk.chains.append", whole)
    run(tmp_path, data)
    assert (Case.objects.count(), NumberSeries.objects.get().last) == (5, 5)
    assert broken(timezone.now()) == []


def test_one_row_the_database_refuses_leaves_the_others_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = past_rows.steps_of

    def refuses(taken: Any, epoch: Any) -> Any:
        if taken.past.row == 4:
            raise DatabaseError("no room")
        return steps(taken, epoch)

    monkeypatch.setattr(acting, "steps_of", refuses)
    said = run(tmp_path, book([row(number, text=f"第{number}件") for number in range(5)]))
    assert "Row 4: It could not be stored: no room" in said
    assert "Imported: 4" in said
    assert NumberSeries.objects.get().last == 4
    assert broken(timezone.now()) == []


# --- the direct line -----------------------------------------------------------------------------------


def test_topic_office_and_company_are_found_or_told(tmp_path: Path) -> None:
    from servicedesk.accounts.offices import load_offices

    load_offices()
    bureau = Office.objects.get(code="zjj")
    known = Party.objects.create(name="青岛长江钢构有限公司", number="91370281MA0000015W")
    Company.objects.create(party=known)
    head = ["主题", "内容", "时间", "类别", "单位", "企业", "代码"]
    rows = [
        ["甲", "甲事", "2020/1/2", "用地", bureau.name, "随便写的名字", "91370281MA0000015W"],
        ["乙", "乙事", "2020/1/2", "城乡建设", "没有的局", "青岛长江钢构有限公司", None],
        ["丙", "丙事", "2020/1/2", None, None, "新公司", "91370281MA3AB9CX27"],
        ["丁", "丁事", "2020/1/2", None, None, None, None],
        ["戊", "戊事", "2020/1/2", None, None, None, "91370281MA0000015X"],
    ]
    text = "\n".join(",".join(str(cell or "") for cell in each) for each in [head, *rows])
    mapping = [
        "subject=主题",
        "text=内容",
        "received=时间",
        "topic=类别",
        "office=单位",
        "company=企业",
        "uscc=代码",
    ]
    said = run(tmp_path, text.encode(), name="a.csv", mapping=[f"--map={each}" for each in mapping])
    found = {
        matter.text: matter for matter in DirectLineMatter.objects.select_related("case__applicant", "topic")
    }
    assert found["甲事"].case.applicant == found["乙事"].case.applicant == known
    assert (found["甲事"].topic.code, found["甲事"].case.office) == ("land", bureau)  # type: ignore[union-attr]
    assert found["乙事"].case.opening["history"]["topic"] == "城乡建设"
    assert (found["丙事"].case.applicant.number, Company.objects.count()) == ("91370281MA3AB9CX27", 2)
    assert "未载明" in found["丁事"].case.applicant.name
    assert "Row 3, 类别: “城乡建设” is not in the register; it is kept as a word." in said
    assert "Row 3, 单位: No office is called “没有的局”; the centre stands for it." in said
    assert "Row 6, 代码:" in said and "戊事" not in found
    assert broken(timezone.now()) == []


def test_the_columns_of_a_message_board_are_guessed() -> None:
    found = guessed_mapping(sheets_of(book([row()]), "a.xlsx"), history_of("direct-line"))
    assert found["received"] == "留言时间" and found["answer"] == "答复意见" and found["number"] == "留言编号"
