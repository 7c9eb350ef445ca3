"""A calendar that changes under open clocks: the lengthened Spring Festival of 2020 as it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.accounts.models import Post
from servicedesk.desk import actions, calendars
from servicedesk.desk.actions import redating
from servicedesk.desk.actions.redating import redate_open
from servicedesk.desk.digests import digests
from servicedesk.desk.errors import BadInput, Conflict
from servicedesk.desk.invariants import broken
from servicedesk.desk.ladder import Ladders
from servicedesk.desk.models import Alarm, CalendarNotice, Case, Event, Membership, Notice, Promise
from servicedesk.desk.reckon import statement
from servicedesk.desk.replay import differences
from servicedesk.desk.ringing import ring
from servicedesk.desk.tasks import sweep
from tests import make
from tests.desk.calendar_rows import as_of, entered, official
from tests.desk.picture import picture
from tests.make import moment
from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LONG_AGO = date(2018, 1, 1)


@pytest.fixture(autouse=True)
def fresh_calendars() -> Iterator[None]:
    calendars.forget()
    yield
    calendars.forget()


@pytest.fixture
def people() -> Cast:
    people = cast()
    Post.objects.update(since=LONG_AGO)
    Membership.objects.update(since=LONG_AGO)
    return people


def due(case: Case, code: str) -> str:
    clock = case.clocks.filter(code=code).latest("round")
    return clock.due_at.astimezone(make.ZONE).strftime("%Y-%m-%d %H:%M") if clock.due_at else "-"


# 27 January 2020: the Spring Festival holiday lasts until 2 February

JANUARY_27 = moment("2020-01-27 10:00")


@pytest.fixture
def january(people: Cast) -> Case:
    """A matter dispatched on 13 January 2020, as the calendar of November 2019 had it."""
    as_of(4)
    return make.claimed(people, at=moment("2020-01-13 09:00"))


def test_the_spring_festival_of_2020_moves_what_is_open_and_nothing_that_is_closed(
    people: Cast, january: Case
) -> None:
    done = make.answered(people, at=moment("2020-01-20 09:00"))
    actions.confirm(done, by=people.wang, at=moment("2020-01-20 10:00"))
    closed = list(done.clocks.order_by("pk").values_list())
    assert due(january, "resolve") == due(january, "company") == "2020-02-06 17:00"
    official(5)
    told = redate_open(5, at=JANUARY_27)
    assert (told.moved, told.earlier) == (1, 0)
    assert due(january, "resolve") == due(january, "company") == "2020-02-10 17:00"
    assert list(done.clocks.order_by("pk").values_list()) == closed
    # What had run out before the holiday keeps its date.
    assert due(january, "contact") == "2020-01-13 11:00"
    ring(JANUARY_27)
    assert broken(JANUARY_27) == []


def test_what_moves_has_one_event_that_names_the_notice_and_a_line_in_the_ledger(january: Case) -> None:
    notice = official(5)
    redate_open(5, at=JANUARY_27)
    event = january.events.get(verb="redate")
    assert (event.body, event.public, event.at) == (notice.title, True, JANUARY_27)
    assert event.params["redated"] == [
        {"code": code, "round": 1, "calendar": 5, "due": "2020-02-10T17:00:00+08:00"}
        for code in ("company", "resolve")
    ]
    clock = january.clocks.get(code="company")
    assert [(each.why, each.due_at) for each in clock.promises.order_by("pk")] == [
        ("start", moment("2020-02-06 17:00")),
        ("redate", moment("2020-02-10 17:00")),
    ]
    assert Promise.objects.filter(why="redate").count() == 2


def test_a_dry_run_counts_and_changes_nothing(people: Cast, january: Case) -> None:
    make.dispatched(people, at=moment("2020-01-13 09:00"))
    official(5)
    before = picture()
    dry = redate_open(5, at=JANUARY_27, dry_run=True)
    assert picture() == before
    assert dry == redate_open(5, at=JANUARY_27)
    assert dry.moved == 2


def test_the_alarms_follow_the_new_dates(january: Case) -> None:
    official(5)
    redate_open(5, at=JANUARY_27)
    for clock in january.clocks.running():
        rule, rings_at = next(Ladders(JANUARY_27).above(clock, 0))
        pending = Alarm.objects.get(clock=clock, settled_at=None)
        assert (pending.rule, pending.rings_at) == (rule, rings_at)


def test_each_person_is_told_of_all_in_one_digest_on_the_next_working_morning(
    people: Cast, january: Case
) -> None:
    make.claimed(people, at=moment("2020-01-14 09:00"))
    official(5)
    before = set(Notice.objects.values_list("pk", flat=True))
    redate_open(5, at=JANUARY_27)
    assert set(Notice.objects.exclude(pk__in=before).values_list("channel", flat=True)) == {"digest"}
    assert digests(moment("2020-02-02 10:00")) == 0
    assert digests(moment("2020-02-03 09:00")) == 2
    told = Notice.objects.filter(event__verb="digest", channel="email")
    assert {notice.recipient for notice in told} == {people.alice, people.wang}
    assert told.count() == 2
    for notice in told:
        assert all(number in notice.body for number in Case.objects.values_list("number", flat=True))
        assert "延长2020年春节假期" in notice.body


def test_the_sweep_finds_what_a_new_notice_has_left_behind(january: Case) -> None:
    assert sweep(JANUARY_27)["moved"] == 0
    official(5)
    assert sweep(JANUARY_27)["moved"] == 1
    assert due(january, "company") == "2020-02-10 17:00"
    assert sweep(JANUARY_27)["moved"] == 0


def test_a_second_run_finds_nothing_left_to_do(january: Case) -> None:
    official(5)
    redate_open(5, at=JANUARY_27)
    before = picture()
    assert redate_open(5, at=JANUARY_27).cases == 0
    assert picture() == before


def test_an_interrupted_run_goes_on_where_it_stopped(
    people: Cast, january: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [make.claimed(people, at=moment("2020-01-13 09:00")) for _ in range(3)]
    official(5)
    monkeypatch.setattr(redating, "BATCH", 1)
    tell, calls = redating.tell_many, []

    def power_cut(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 3:
            raise RuntimeError("the power went")
        tell(*args)

    monkeypatch.setattr(redating, "tell_many", power_cut)
    with pytest.raises(RuntimeError):
        redate_open(5, at=JANUARY_27)
    assert Event.objects.filter(verb="redate").count() == 2
    assert redate_open(5, at=JANUARY_27).moved == 2
    for case in (january, *others):
        assert case.events.filter(verb="redate").count() == 1
        assert due(case, "resolve") == "2020-02-10 17:00"
    ring(JANUARY_27)
    assert broken(JANUARY_27) == []


def test_a_page_opened_before_the_re_dating_is_out_of_date(people: Cast, january: Case) -> None:
    official(5)
    redate_open(5, at=JANUARY_27)
    with pytest.raises(Conflict):
        actions.return_to_centre(
            january, by=people.alice, at=JANUARY_27, reason="不属本局", version=january.version
        )


def test_the_lengthened_holiday_is_neither_late_nor_counted(people: Cast, january: Case) -> None:
    official(5)
    redate_open(5, at=JANUARY_27)
    answered = moment("2020-02-10 16:00")
    for act in (
        lambda: actions.contact(january, by=people.alice, at=answered, result="reached"),
        lambda: actions.give_opinion(january, by=people.alice, at=answered, text="先抽排。"),
        lambda: actions.draft_answer(january, by=people.alice, at=answered, text="已清淤。"),
        lambda: actions.sign_off(january, by=people.bob, at=answered),
    ):
        act()
    clock = january.clocks.get(code="resolve")
    assert (clock.late, clock.calendar_version) == (False, 5)
    friday = next(row for row in statement(clock, answered) if row.start == moment("2020-01-31 00:00"))
    assert (friday.kind, friday.units) == ("holiday", 0)
    assert list(differences()) == []


def test_a_matter_taken_up_again_counts_by_the_calendar_of_that_day(people: Cast) -> None:
    as_of(4)
    case = make.answered(people, at=moment("2020-01-13 09:00"))
    official(5)
    redate_open(5, at=JANUARY_27)
    assert due(case, "company") == "2020-02-06 17:00"
    actions.redo(case, by=people.wang, at=moment("2020-02-03 09:00"), reason="又积水了")
    assert due(case, "company") == "2020-02-10 17:00"
    assert list(differences()) == []


def test_a_batch_takes_a_fixed_number_of_queries(people: Cast) -> None:
    as_of(4)

    def asked(number: int, notice: CalendarNotice) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert redate_open(notice.version, at=JANUARY_27).moved == number
        return len(captured)

    for _ in range(2):
        make.claimed(people, at=moment("2020-01-13 09:00"))
    few = asked(2, official(5))
    for _ in range(8):
        make.claimed(people, at=moment("2020-01-13 09:00"))
    many = asked(10, entered(2020, "再延长一天", {date(2020, 2, 3): (False, "春节")}))
    assert few == many <= 40


# Doors


def test_a_version_nobody_entered_is_refused(people: Cast) -> None:
    with pytest.raises(BadInput):
        redate_open(99, at=JANUARY_27)


def test_the_command_says_what_would_move(january: Case, capsys: pytest.CaptureFixture[str]) -> None:
    official(5)
    before = picture()
    call_command("redate_clocks", "--dry-run")
    assert capsys.readouterr().out.strip()
    assert picture() == before
