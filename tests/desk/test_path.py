"""The direct line's straight path through the engine."""

from __future__ import annotations

import pytest

from servicedesk.desk import actions
from servicedesk.desk.errors import Conflict, NotAllowed, WrongState
from servicedesk.desk.models import Case
from tests import make
from tests.make import moment
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def due(case: Case, code: str) -> str:
    clock = case.clocks.filter(code=code).latest("round")
    return clock.due_at.astimezone(make.ZONE).strftime("%Y-%m-%d %H:%M") if clock.due_at else "-"


def test_a_matter_walks_from_submission_to_confirmation(people: Cast) -> None:
    case = make.answered(people)
    assert (case.state, case.outcome, case.officer) == ("decided", "answered", people.alice)
    actions.confirm(case, by=people.wang, at=moment("2026-03-04 10:00"))
    case = make.again(case)
    assert (case.state, case.outcome) == ("closed", "solved")
    assert not case.clocks.running().exists()


def test_the_clocks_start_as_the_2115_profile_says(people: Cast) -> None:
    case = make.dispatched(people)
    assert due(case, "dispatch") == "2026-03-02 09:30"
    assert due(case, "contact") == "2026-03-02 11:00"
    assert due(case, "opinion") == "2026-03-03 17:00"
    assert due(case, "resolve") == "2026-03-23 17:00"
    assert due(case, "company") == "2026-03-23 17:00"


def test_a_return_restarts_the_offices_clocks_but_never_the_companys(people: Cast) -> None:
    case = make.claimed(people)
    company = due(case, "company")
    actions.return_to_centre(case, by=people.alice, at=moment("2026-03-04 09:00"), reason="不属本局职责")
    case = make.again(case)
    assert (case.state, case.office.code, case.officer) == ("submitted", "fwzx", None)
    assert due(case, "dispatch") == "2026-03-04 09:30"
    actions.dispatch(case, by=people.diana, at=moment("2026-03-04 09:10"), office=people.office("swuj"))
    assert due(case, "resolve") == "2026-03-25 17:00"
    assert due(case, "company") == company
    assert case.clocks.filter(code="company").count() == 1


def test_not_solved_opens_the_next_round_and_the_companys_clock_goes_on(people: Cast) -> None:
    case = make.answered(people)
    actions.redo(case, by=people.wang, at=moment("2026-03-04 09:00"), reason="又积水了")
    case = make.again(case)
    assert (case.state, case.outcome) == ("accepted", "")
    assert case.clocks.get(code="company").stopped_at is None
    assert case.clocks.filter(code="resolve").count() == 2
    assert case.steps.get(code="solve", round=2).state == "running"
    assert case.steps.get(code="confirm", round=1).outcome == "not_solved"


def test_three_calls_on_two_half_days_end_as_unreached_and_fewer_do_not(people: Cast) -> None:
    case = make.claimed(people)
    for at in ("2026-03-02 09:10", "2026-03-02 10:10", "2026-03-02 11:10"):
        actions.contact(case, by=people.alice, at=moment(at), result="no_answer", number="13800000001")
    case = make.again(case)
    assert case.state == "accepted"
    assert case.clocks.get(code="contact").stopped_at is None
    actions.contact(case, by=people.alice, at=moment("2026-03-02 14:10"), result="no_answer")
    case = make.again(case)
    assert (case.state, case.outcome) == ("closed", "unreached")


def test_a_stranger_and_another_office_may_not(people: Cast) -> None:
    case = make.dispatched(people)
    for stranger in (people.charlie, people.zhao, people.wang, people.frank):
        with pytest.raises(NotAllowed):
            actions.claim(case, by=stranger, at=make.MONDAY)


def test_a_stale_version_is_a_conflict_and_changes_nothing(people: Cast) -> None:
    case = make.dispatched(people)
    with pytest.raises(Conflict):
        actions.claim(case, by=people.alice, at=make.MONDAY, version=case.version - 1)
    assert make.again(case).officer is None


def test_an_answer_cannot_be_signed_before_it_is_drafted(people: Cast) -> None:
    case = make.claimed(people)
    with pytest.raises(WrongState):
        actions.sign_off(case, by=people.bob, at=make.MONDAY, text="好")
