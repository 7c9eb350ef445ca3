"""Wholes and their parts: what a parent does to its children, and a closed child to its parent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servicedesk.accounts.models import Office
from servicedesk.desk import actions
from servicedesk.desk.errors import WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Limit
from tests import kinds, make
from tests.desk.permits import START, accepted, known
from tests.make import again, moment
from tests.people import HOUSING, Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def people() -> Iterator[Cast]:
    people = cast()
    with known():
        yield people


def test_what_a_withdrawn_whole_still_had_open_ends_with_it_and_what_was_granted_stays(people: Cast) -> None:
    case = accepted(people)
    fire, site = kinds.of_step(case, "fire"), kinds.of_step(case, "site")
    actions.close(fire, by=None, at=START, outcome="granted", reason="送达")
    actions.withdraw(again(case), by=people.wang, at=START, reason="不办了")
    assert (again(fire).outcome, again(site).outcome) == ("granted", "withdrawn")
    assert again(site).state == "closed"
    assert not site.clocks.running().exists()
    assert again(case).steps.filter(state__in=["running", "waiting", "paused"]).count() == 0
    assert broken(START) == []


def test_what_is_said_of_a_closed_part_does_not_end_its_step_again(people: Cast) -> None:
    case = accepted(people)
    fire = kinds.of_step(case, "fire")
    actions.close(fire, by=None, at=START, outcome="granted", reason="送达")
    ended = again(case).events.count()
    actions.concern(again(fire), people.other, at=START)
    assert again(case).events.count() == ended
    assert again(fire).about == people.other


def test_a_case_that_another_one_brings_about_is_let_in_with_number_steps_and_clocks(people: Cast) -> None:
    office = Office.objects.get(code=HOUSING)
    case = actions.institute(
        "test-item", applicant=people.company, office=office, at=START, title="另一件引起"
    )
    assert (case.state, case.accepted_at) == ("accepted", START)
    assert case.number is not None
    assert case.steps.get().state == "running"
    assert case.clocks.get().due_at == moment("2026-03-05 17:00")
    assert [event.verb for event in case.events.all()] == ["submit"]
    assert broken(START) == []


def test_a_deadline_of_its_own_goes_before_the_rows(people: Cast) -> None:
    own = {"term": 39, "unit": "calendar_days", "rolls": False, "ends": "close", "basis": "会议纪要"}
    case = actions.institute(
        "test-item",
        applicant=people.company,
        office=Office.objects.get(code=HOUSING),
        at=START,
        opening={"limits": {"item": own}},
    )
    clock = case.clocks.get()
    assert (clock.term, clock.unit, clock.basis) == (39, "calendar_days", "会议纪要")
    assert clock.due_at == moment("2026-04-10 17:00")


def test_a_case_keeps_the_limits_of_the_day_it_was_submitted(people: Cast) -> None:
    case = make.submitted(people)
    Limit.objects.filter(subject="direct-line").update(term=99)
    actions.dispatch(case, by=people.diana, at=make.MONDAY, office=people.office(), title="积水")
    terms = dict(again(case).clocks.values_list("code", "term"))
    usual = {"dispatch": 30, "company": 15, "contact": 120, "opinion": 1, "resolve": 15, "not_ours": 1}
    assert terms == usual
    assert {row["basis"] for row in again(case).opening["limits"].values()} != set()


def test_a_part_has_the_limits_of_its_own_subject(people: Cast) -> None:
    case = accepted(people)
    assert set(again(case).opening["limits"]) == {"decide", "decide-redo", "promise", "review"}
    assert set(kinds.of_step(case, "fire").opening["limits"]) == {"item"}


def test_nobody_concerns_a_draft(people: Cast) -> None:
    draft = make.draft(people)
    with pytest.raises(WrongState):
        actions.concern(draft, people.other, at=make.MONDAY)
    assert Case.objects.get(pk=draft.pk).about is None
