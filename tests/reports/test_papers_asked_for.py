"""A promise that was broken off to ask for papers is begun anew with them: only the new one is judged."""

from __future__ import annotations

import pytest

from servicedesk.desk import actions
from servicedesk.reports import counting
from tests.approvals import make
from tests.make import MONDAY, again, moment
from tests.people import cast
from tests.reports.month import scope_of

pytestmark = pytest.mark.django_db


def test_a_registration_without_its_papers_is_judged_from_when_they_came() -> None:
    people = cast()
    make.item(
        "test-registration", procedure="registration", is_delivered=False, special=[], terms=make.REGISTRATION
    )
    case = make.submitted(people, "test-registration", at=MONDAY)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.ask_supplement(again(case), by=people.alice, at=moment("2026-03-02 10:00"), text="缺租赁合同。")
    actions.supplement(again(case), by=people.wang, at=moment("2026-03-04 09:00"), text="已补。")
    actions.decide(
        again(case), by=people.alice, at=moment("2026-03-04 10:00"), outcome="granted", text="准予登记。"
    )
    found = counting.counted(scope_of(people.grace, kind="approval"))
    assert (found.total["due"], found.total["broken"]) == (1, 0)
    limits = {limit.code: limit.numbers["due"] for limit in found.limits}
    assert limits == {"promised": 1, "statutory": 1}
    rounds = list(again(case).clocks.filter(code="promised").order_by("round").values_list("late", flat=True))
    assert rounds == [False, False]


def test_asking_in_time_keeps_the_clock_of_the_check() -> None:
    people = cast()
    make.item()
    case = make.submitted(people, at=MONDAY)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.ask_supplement(again(case), by=people.alice, at=moment("2026-03-03 10:00"), text="缺图纸。")
    found = counting.counted(scope_of(people.grace, kind="approval"))
    assert {limit.code: limit.numbers["due"] for limit in found.limits} == {"check": 1}
