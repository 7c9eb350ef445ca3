"""A calendar that changes under open clocks: the years 2019 and 2020 as they were, and 2027 made firm."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.accounts.models import Post
from servicedesk.desk import actions, calendars, registry
from servicedesk.desk.actions import redating
from servicedesk.desk.actions.redating import redate_open
from servicedesk.desk.digests import digests
from servicedesk.desk.errors import BadInput, Conflict
from servicedesk.desk.invariants import broken
from servicedesk.desk.ladder import Ladders
from servicedesk.desk.models import Alarm, CalendarNotice, Case, Clock, Event, Membership, Notice, Promise
from servicedesk.desk.reckon import statement
from servicedesk.desk.replay import differences
from servicedesk.desk.ringing import ring
from tests import kinds, make
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


@pytest.fixture
def permits() -> Iterator[None]:
    for kind in (kinds.PERMIT, kinds.ITEM):
        registry.register(kind)
    kinds.write_limits().update(valid_from=LONG_AGO)
    yield
    for kind in (kinds.PERMIT, kinds.ITEM):
        registry.unregister(kind.code)


def extended_permit(people: Cast, at: datetime) -> Case:
    """A permit whose statutory limit of 20 working days was lengthened to 30."""
    opening = {"steps": kinds.ROWS[:2]}
    case = actions.open_case("test-permit", applicant=people.company, by=people.wang, at=at, opening=opening)
    actions.submit(case, by=people.wang, at=at, key=uuid.uuid4(), facts={})
    actions.claim(case, by=people.alice, at=at)
    actions.accept(case, by=people.alice, at=at)
    actions.complete(case.steps.get(code="receive"), by=people.alice, at=at)
    actions.extend(case, by=people.bob, at=at, clocks=("decide",), term=10, reason="复杂", told_at=at)
    return make.again(case)


def due(case: Case, code: str) -> str:
    clock = case.clocks.filter(code=code).latest("round")
    return clock.due_at.astimezone(make.ZONE).strftime("%Y-%m-%d %H:%M") if clock.due_at else "-"


# 22 March 2019: four days off at Labour Day, with Sunday 28 April and Sunday 5 May made working

MARCH_22 = moment("2019-03-22 18:00")


def test_labour_day_2019_makes_some_dates_earlier_some_later_and_leaves_others(
    people: Cast, permits: None
) -> None:
    as_of(2)
    cases = [extended_permit(people, moment(f"2019-03-{day} 09:00")) for day in (18, 20, 21)]
    assert [due(case, "decide") for case in cases] == [
        "2019-04-30 17:00",
        "2019-05-03 17:00",
        "2019-05-06 17:00",
    ]
    official(3)
    told = redate_open(3, at=MARCH_22)
    assert (told.cases, told.moved, told.earlier) == (3, 2, 1)
    assert [due(case, "decide") for case in cases] == [
        "2019-04-29 17:00",
        "2019-05-05 17:00",
        "2019-05-06 17:00",
    ]
    assert list(Event.objects.filter(verb="redate").values_list("case", flat=True)) == [
        cases[0].pk,
        cases[1].pk,
    ]
    assert set(Clock.objects.running().values_list("calendar_version", flat=True)) == {3}
    assert list(differences()) == []


def test_what_did_not_move_is_still_replayed_after_the_next_change_of_its_date(
    people: Cast, permits: None
) -> None:
    as_of(2)
    case = extended_permit(people, moment("2019-03-21 09:00"))
    official(3)
    redate_open(3, at=MARCH_22)
    assert not case.events.filter(verb="redate").exists()
    actions.pause(
        case,
        by=people.alice,
        at=moment("2019-04-26 09:00"),
        category="expert_review",
        reason="评审",
        basis="行政许可法第四十五条",
    )
    assert list(differences()) == []
    actions.resume(case, by=people.alice, at=moment("2019-04-28 09:00"), category="expert_review")
    # The 26th was lost; the made-up Sunday counts, so one working day more leads to Tuesday the 7th.
    assert due(case, "decide") == "2019-05-07 17:00"
    assert list(differences()) == []
    actions.decide(case, by=people.alice, at=moment("2019-05-05 10:00"), outcome="granted", text="准予")
    assert list(differences()) == []


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


# 2027: provisional until its notice is out

IN_2027 = moment("2026-12-21 09:00")


def test_a_provisional_date_becomes_firm_when_the_notice_comes(people: Cast) -> None:
    case = make.claimed(people, at=IN_2027)
    clock = case.clocks.get(code="resolve")
    assert (clock.provisional, due(case, "resolve")) == (True, "2027-01-12 17:00")
    notice = entered(2027, "关于2027年部分节假日安排的通知", {date(2027, 1, 1): (False, "元旦")})
    redate_open(notice.version, at=IN_2027 + timedelta(days=1))
    clock.refresh_from_db()
    assert (clock.provisional, clock.calendar_version) == (False, notice.version)
    assert due(case, "resolve") == "2027-01-12 17:00"
    assert not case.events.filter(verb="redate").exists()


def test_a_provisional_date_that_the_notice_moves_is_told_anew(people: Cast) -> None:
    case = make.claimed(people, at=IN_2027)
    days = {date(2027, 1, 1): (False, "元旦"), date(2027, 1, 4): (False, "元旦")}
    notice = entered(2027, "关于2027年部分节假日安排的通知", days)
    redate_open(notice.version, at=IN_2027 + timedelta(days=1))
    clock = case.clocks.get(code="resolve")
    assert (clock.provisional, due(case, "resolve")) == (False, "2027-01-13 17:00")
    assert case.events.get(verb="redate").body == notice.title
    assert list(differences()) == []


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
