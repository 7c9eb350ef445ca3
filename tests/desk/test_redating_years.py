"""Open clocks in the mid-year change of 2019 as it was, and in 2027 made firm."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from servicedesk.accounts.models import Post
from servicedesk.desk import actions, calendars, registry
from servicedesk.desk.actions.redating import redate_open
from servicedesk.desk.models import Case, Clock, Event, Membership
from servicedesk.desk.replay import differences
from tests import kinds, make
from tests.desk.calendar_rows import as_of, entered, official
from tests.make import moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db

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
