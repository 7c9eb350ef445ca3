"""What is refused as a stage is applied for, each with its sentence."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils.translation import override

from approvals.models import StageApplication
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, NotAllowed
from tests.approvals.permits import (
    BUILDER,
    OTHER_BUILDER,
    asked,
    deliver,
    delivered,
    granted,
    project,
    rules,
    serving,
    submitted,
)
from tests.make import MONDAY, again, moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    found = cast()
    serving(found)
    rules()
    return found


def refused(people: Cast, of, stage: str, at=MONDAY, **answers) -> BadInput:
    with override("en"), pytest.raises(BadInput) as caught:
        submitted(people, of, stage, at=at, **answers)
    return caught.value


def test_the_first_stage_is_let_in_with_its_statutory_and_promised_limits(people: Cast) -> None:
    case = submitted(people, project(people))
    assert case.number.startswith("SG-2026-")
    assert case.office.code == "xzspj"
    terms = {clock.code: (clock.term, clock.unit) for clock in case.clocks.all()}
    assert terms["statutory"] == (7, "working_days")
    assert "check" not in terms
    assert [step.code for step in case.steps.all()] == ["review", "deliver"]
    # 2026-03-02 plus seven working days.
    assert case.clocks.get(code="statutory").due_at == moment("2026-03-11 17:00")


def test_a_second_stage_waits_for_the_first_to_be_granted(people: Cast) -> None:
    of = project(people)
    submitted(people, of, "p1")
    error = refused(people, of, "p2")
    assert error.code == "not-granted"
    assert "“P1 (en)” must be granted" in str(error.message)


def test_a_second_stage_needs_the_first_granted_and_not_delivered_or_finished(people: Cast) -> None:
    of = project(people)
    granted(people, of, "p1")
    assert submitted(people, of, "p2").state == "submitted"


def test_the_third_stage_needs_both_before_it(people: Cast) -> None:
    of = project(people)
    granted(people, of, "p1")
    assert refused(people, of, "p3").code == "not-granted"
    granted(people, of, "p2")
    assert submitted(people, of, "p3").opening["item"]["stage"]["is_last"]


def test_a_refused_stage_may_be_applied_for_again_but_opens_no_later_one(people: Cast) -> None:
    of = project(people)
    case = submitted(people, of)
    actions.decide(case, by=people.bob, at=MONDAY, outcome="refused", text="不符合条件，理由如下。")
    assert refused(people, of, "p2").code == "not-granted"
    assert submitted(people, of).state == "submitted"


def test_of_two_applications_for_one_stage_the_second_is_refused(people: Cast) -> None:
    of = project(people)
    case = submitted(people, of)
    error = refused(people, of, "p1")
    assert error.code == "open-already" and case.number in str(error.message)


def test_a_stage_that_was_granted_is_not_granted_again(people: Cast) -> None:
    of = project(people)
    case = granted(people, of)
    error = refused(people, of, "p1")
    assert error.code == "granted-already" and case.licence.number in str(error.message)


def test_another_contractor_in_a_later_stage_must_begin_anew(people: Cast) -> None:
    of = project(people)
    granted(people, of)
    error = refused(people, of, "p2", **OTHER_BUILDER)
    assert error.code == "other-contractor"
    assert BUILDER["builder_name"] in str(error.message)
    assert "art. 5" in str(error.message)


def test_the_permit_of_a_stage_is_replaced_for_another_contractor_and_its_life_ends(people: Cast) -> None:
    of = project(people)
    old = delivered(people, of)
    new = granted(people, of, at=MONDAY + timedelta(days=7), **OTHER_BUILDER)
    old_life, old_case = again(old), old.permit.application
    assert (old_life.state, old_life.outcome) == ("closed", "merged")
    assert old_case.licence.replaced_by.number == new.licence.number
    of.refresh_from_db()
    assert of.contractor == OTHER_BUILDER["builder_name"]
    assert refused(people, of, "p2", at=MONDAY + timedelta(days=8)).code == "other-contractor"
    assert submitted(people, of, "p2", at=MONDAY + timedelta(days=8), **OTHER_BUILDER).number


def test_a_permit_not_delivered_yet_is_not_replaced(people: Cast) -> None:
    of = project(people)
    granted(people, of)
    assert refused(people, of, "p1", **OTHER_BUILDER).code == "not-delivered"


def test_nobody_but_the_owner_applies(people: Cast) -> None:
    of = project(people)
    opening = {"item_code": "construction-permit", "project": of.code, "staging": "three", "stage": "p1"}
    case = actions.open_case(
        "construction-permit", applicant=people.other, by=people.zhao, at=MONDAY, opening=opening
    )
    answers = BUILDER | {"land_holds": "met"}
    StageApplication.objects.create(case=case, project=of, stage_code="p1", answers=answers)
    with pytest.raises(NotAllowed):
        actions.submit(case, by=people.zhao, at=MONDAY, key=uuid.uuid4(), facts={})
    assert again(case).state == "draft"


@pytest.mark.parametrize("answer", ["", "promised", "nonsense", "not-applicable"])
def test_a_condition_is_met_or_the_stage_is_not_applied_for(people: Cast, answer: str) -> None:
    """A promise counts only where the row allows one, whatever was posted."""
    posted = {"land_holds": answer, "land_until": "2026-06-01"}
    assert refused(people, project(people), "p1", **posted).code == "condition"


def test_where_a_promise_may_stand_in_it_needs_its_day(people: Cast) -> None:
    rules(conditions=True)
    of = project(people)
    assert refused(people, of, "p1", land_holds="promised").code == "condition"
    case = submitted(people, of, land_holds="promised", land_until="2026-06-01")
    assert case.stage.answers["land_until"] == "2026-06-01"


def test_a_lapsed_permit_opens_no_later_stage_even_before_anybody_recorded_it(people: Cast) -> None:
    of = project(people)
    delivered(people, of)
    late = moment("2026-07-01 09:00")
    error = refused(people, of, "p2", at=late)
    assert error.code == "lapsed" and "art. 9" in str(error.message)
    assert submitted(people, of, "p1", at=late).state == "submitted"


def test_a_request_for_more_time_made_in_time_keeps_the_later_stage_open(people: Cast) -> None:
    of = project(people)
    life = delivered(people, of)
    asked(people, life, moment("2026-06-01 09:00"))
    assert submitted(people, of, "p2", at=moment("2026-07-01 09:00")).state == "submitted"


def test_missing_papers_are_told_within_five_working_days_or_not_at_all(people: Cast) -> None:
    case = submitted(people, project(people))
    last = moment("2026-03-09 17:00")
    with override("en"), pytest.raises(BadInput) as caught:
        actions.ask_supplement(case, by=people.bob, at=last + timedelta(minutes=1), text="缺图纸。")
    assert caught.value.code == "told-too-late"
    actions.ask_supplement(case, by=people.bob, at=last, text="缺图纸。")
    assert not again(case).clocks.running().exists()


def test_the_seven_days_run_anew_from_the_completion_of_the_papers(people: Cast) -> None:
    case = submitted(people, project(people))
    actions.ask_supplement(case, by=people.bob, at=moment("2026-03-04 10:00"), text="缺图纸。")
    actions.supplement(again(case), by=people.wang, at=moment("2026-03-16 10:00"), text="补齐。")
    clock = again(case).clocks.get(code="statutory", stopped_at=None)
    assert (clock.round, clock.due_at) == (2, moment("2026-03-25 17:00"))


def test_a_permit_for_the_whole_has_one_stage_and_no_suffix(people: Cast) -> None:
    case = granted(people, project(people, staging="none"), "whole", land_holds="")
    assert case.opening["item"]["name"]["en"] == "Construction permit"
    assert len(case.licence.number) == 18


def test_the_delivery_of_a_refusal_begins_no_life(people: Cast) -> None:
    case = submitted(people, project(people))
    actions.decide(case, by=people.bob, at=MONDAY, outcome="refused", text="不符合条件。")
    deliver(people, case, MONDAY)
    assert again(case).outcome == "refused"
    assert not hasattr(again(case), "permit_granted")


def test_what_changes_in_the_rows_later_moves_no_application(people: Cast) -> None:
    case = submitted(people, project(people))
    rules()
    assert [row["code"] for row in again(case).opening["item"]["stage"]["conditions"]] == ["land"]
    actions.decide(again(case), by=people.bob, at=MONDAY, outcome="granted", text="准予。")
    assert again(case).licence.number.endswith("S")
