"""拖欠账款: an extension reaches 90 calendar days at the longest, whatever other matters may reach."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.demo.story import PDF
from enterprises.models import Topic
from servicedesk.desk import actions, files
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case
from servicedesk.desk.verb_forms import form_for
from tests import make
from tests.make import MONDAY, again
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def arrears(people: Cast) -> Case:
    case = make.submitted(people, text="工程款拖欠三个月。")
    type(case.direct_line).objects.filter(case=case).update(topic=Topic.objects.get(code="arrears"))
    actions.dispatch(again(case), by=people.diana, at=MONDAY, office=people.office())
    actions.claim(again(case), by=people.alice, at=MONDAY)
    actions.contact(again(case), by=people.alice, at=MONDAY, result="reached")
    actions.give_opinion(again(case), by=people.alice, at=MONDAY, text="核对账目。")
    return again(case)


def extend(case: Case, people: Cast, term: int) -> None:
    paper = SimpleUploadedFile("情况复杂.pdf", PDF, content_type="application/pdf")
    proof = actions.attach(again(case), by=people.bob, at=MONDAY, file=files.check(paper), public=False)
    actions.extend(
        again(case),
        by=people.bob,
        at=MONDAY,
        clocks=("resolve",),
        term=term,
        reason="账目需审计。",
        told_at=MONDAY,
        proof=proof,
    )


def test_arrears_may_take_ninety_days_and_not_one_more(people: Cast, arrears: Case) -> None:
    clock = arrears.clocks.get(code="resolve", stopped_at=None)
    assert (clock.term, clock.unit) == (30, "calendar_days")
    with pytest.raises(BadInput, match="90"):
        extend(arrears, people, 61)
    extend(arrears, people, 40)
    extend(arrears, people, 20)
    with pytest.raises(BadInput, match="90"):
        extend(arrears, people, 1)
    due = again(arrears).clocks.get(code="resolve", stopped_at=None).due_at
    # The 90th day after 2 March is Sunday, 31 May; the term ends with the Monday after it (民法典 203).
    assert due is not None and due.date().isoformat() == "2026-06-01"


def test_the_form_ticks_together_only_what_counts_alike(people: Cast, arrears: Case) -> None:
    form = form_for("extend", arrears, people.bob, MONDAY)
    ticked = form.fields["clocks"].initial
    units = set(arrears.clocks.filter(code__in=ticked, stopped_at=None).values_list("unit", flat=True))
    assert len(units) == 1
    assert {"resolve", "company"} <= {code for code, _words in form.fields["clocks"].choices}  # type: ignore[attr-defined]


def test_other_matters_still_end_at_thirty_working_days(people: Cast) -> None:
    case = make.claimed(people)
    actions.contact(case, by=people.alice, at=MONDAY, result="reached")
    actions.give_opinion(again(case), by=people.alice, at=MONDAY, text="先抽排。")
    with pytest.raises(BadInput, match="30"):
        extend(case, people, 16)
