"""差评 followed up: call-back, rectification, extension by approval, and an appeal against a wrong review."""

from __future__ import annotations

import pytest

from enterprises.models import BadReview
from servicedesk.desk import actions
from servicedesk.desk.errors import NotAllowed
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event
from servicedesk.desk.permissions import may, visible_to
from tests import make
from tests.make import MONDAY, again, moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def rated(people: Cast, level: int = 1) -> Case:
    case = make.answered(people)
    actions.rate(case, by=people.wang, at=MONDAY, level=level, text="一直没有人联系。")
    return again(case)


def review_of(case: Case) -> Case:
    return Case.objects.get(bad_review__of=case)


def called(people: Cast) -> Case:
    review = review_of(rated(people))
    actions.contact(review, by=people.diana, at=MONDAY, result="reached", text="已致歉。")
    return again(review)


@pytest.mark.parametrize(("level", "opened"), [(1, 1), (2, 1), (3, 0), (5, 0)])
def test_the_last_two_of_five_levels_open_a_matter(people: Cast, level: int, opened: int) -> None:
    case = rated(people, level)
    assert Case.objects.filter(bad_review__of=case).count() == opened


def test_one_matter_at_a_time_for_each_matter_rated(people: Cast) -> None:
    case = rated(people)
    actions.rate(case, by=people.wang, at=MONDAY, level=2)
    assert BadReview.objects.count() == 1


def test_the_centre_calls_within_a_day_and_the_office_rectifies_within_five(people: Cast) -> None:
    review = review_of(rated(people))
    assert review.clocks.get(code="call").due_at == moment("2026-03-03 17:00")
    assert (review.office.code, review.applicant) == ("zjj", people.company)
    assert may(people.diana, "contact", review, MONDAY)
    with pytest.raises(NotAllowed):
        actions.contact(review, by=people.alice, at=MONDAY, result="reached")
    actions.contact(review, by=people.diana, at=MONDAY, result="reached")
    assert review.clocks.get(code="rectify").due_at == moment("2026-03-09 17:00")


def test_rectified_signed_and_looked_at_it_is_over(people: Cast) -> None:
    review = called(people)
    actions.draft_answer(review, by=people.alice, at=MONDAY, text="已当面致歉并整改。")
    actions.sign_off(again(review), by=people.bob, at=MONDAY)
    check = again(review).steps.get(code="check")
    assert not may(people.alice, "complete", again(review), MONDAY, check)
    actions.complete(check, by=people.diana, at=MONDAY, text="企业认可。")
    review = again(review)
    assert (review.state, review.bad_review.counts) == ("closed", True)
    assert broken(MONDAY) == []


def test_not_good_enough_goes_back_to_the_office(people: Cast) -> None:
    review = called(people)
    actions.draft_answer(review, by=people.alice, at=MONDAY, text="已整改。")
    actions.sign_off(again(review), by=people.bob, at=MONDAY)
    actions.redo(again(review), by=people.diana, at=MONDAY, reason="企业说没有人来过。")
    review = again(review)
    assert review.state == "accepted"
    assert review.clocks.filter(code="rectify").count() == 2


def test_more_time_is_approved_by_somebody_above(people: Cast) -> None:
    review = called(people)
    extend = {"clocks": ("rectify",), "term": 5, "reason": "设备采购中。", "told_at": MONDAY}
    with pytest.raises(NotAllowed):
        actions.extend(review, by=people.alice, at=MONDAY, **extend)  # type: ignore[arg-type]
    actions.extend(review, by=people.erin, at=MONDAY, **extend)  # type: ignore[arg-type]
    assert review.clocks.get(code="rectify").due_at == moment("2026-03-16 17:00")


def test_an_appeal_granted_takes_the_review_out_of_the_count(people: Cast) -> None:
    review = called(people)
    actions.appeal(again(review), by=people.alice, at=MONDAY, reason="评价对象不是本单位。")
    review = again(review)
    assert not may(people.alice, "grant_appeal", review, MONDAY)
    assert not may(people.alice, "appeal", review, MONDAY)
    actions.grant_appeal(review, by=people.diana, at=MONDAY, reason="经核实属误评。")
    review = again(review)
    assert (review.state, review.outcome, review.bad_review.counts) == ("closed", "not_accepted", False)


def test_an_appeal_refused_leaves_the_office_to_rectify(people: Cast) -> None:
    review = called(people)
    actions.appeal(again(review), by=people.alice, at=MONDAY, reason="不属实。")
    due = review.clocks.get(code="rectify").due_at
    actions.refuse_appeal(again(review), by=people.diana, at=MONDAY, reason="评价属实。")
    review = again(review)
    assert (review.state, review.clocks.get(code="rectify").due_at) == ("accepted", due)
    assert may(people.alice, "appeal", review, MONDAY)
    # What the office argued is not the company's to read.
    assert not Event.objects.get(case=review, verb="appeal").public


def test_the_company_sees_it_and_a_stranger_does_not(people: Cast) -> None:
    review = review_of(rated(people))
    assert visible_to(people.wang, MONDAY).filter(pk=review.pk).exists()
    assert not visible_to(people.zhao, MONDAY).filter(pk=review.pk).exists()
