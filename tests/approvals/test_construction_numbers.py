"""Numbers of permits: 18 digits and the suffix of the stage, gapless within a day, at most 99 of them."""

from __future__ import annotations

import uuid
from datetime import date
from functools import partial

import pytest
from django.db import transaction

from approvals.construction.numbers import next_permit_number
from approvals.models import PermitSeries
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case
from tests.approvals.permits import draft, granted, project, rules, serving, submitted
from tests.desk.racing import errors, together
from tests.make import MONDAY, again, moment
from tests.people import cast

DAY, NEXT = date(2026, 3, 2), date(2026, 3, 3)


class TestNumbers:
    pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

    def test_region_day_serial_class_and_suffix(self) -> None:
        assert next_permit_number(DAY, "01", "S") == "370281202603020101S"
        assert next_permit_number(DAY, "18") == "370281202603020218"
        assert next_permit_number(NEXT, "01", "J") == "370281202603030101J"

    def test_a_rollback_gives_the_serial_back(self) -> None:
        next_permit_number(DAY, "01")
        with pytest.raises(RuntimeError), transaction.atomic():
            next_permit_number(DAY, "01")
            raise RuntimeError
        assert next_permit_number(DAY, "01") == "370281202603020201"

    def test_the_hundredth_of_a_day_is_refused_with_a_sentence(self) -> None:
        PermitSeries.objects.create(day=DAY, last=98)
        assert next_permit_number(DAY, "01")[14:16] == "99"
        with pytest.raises(BadInput) as caught:
            next_permit_number(DAY, "01")
        assert caught.value.code == "no-number"
        assert "99" in str(caught.value.message)

    def test_a_grant_without_a_number_is_no_grant(self) -> None:
        people = cast()
        serving(people)
        rules()
        case = submitted(people, project(people))
        PermitSeries.objects.create(day=DAY, last=99)
        with pytest.raises(BadInput):
            actions.decide(case, by=people.bob, at=MONDAY, outcome="granted", text="准予。")
        assert again(case).state == "submitted"
        assert not hasattr(again(case), "licence")
        tomorrow = moment("2026-03-03 09:00")
        actions.decide(again(case), by=people.bob, at=tomorrow, outcome="granted", text="准予。")
        assert again(case).licence.number == "370281202603030101S"

    def test_the_number_stands_on_the_decision_and_on_the_licence(self) -> None:
        people = cast()
        serving(people)
        rules()
        case = granted(people, project(people))
        assert case.licence.number == "370281202603020101S"
        decision = case.documents.get(sort="decision")
        assert decision.facts["result_number"] == case.licence.number


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_grants_in_one_moment_leave_neither_gap_nor_double() -> None:
    def one() -> str:
        with transaction.atomic():
            return next_permit_number(DAY, "01")

    found = together(*[one] * 12)
    assert sorted(found) == [f"37028120260302{serial:02}01" for serial in range(1, 13)]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_applications_sent_in_one_moment_one_is_let_in() -> None:
    people = cast()
    serving(people)
    rules()
    of = project(people)
    first, second = draft(people, of), draft(people, of)

    def send(case: Case) -> Case:
        return actions.submit(case, by=people.wang, at=MONDAY, key=uuid.uuid4(), facts={})

    found = together(partial(send, first), partial(send, second))
    assert [error.code for error in errors(found)] == ["open-already"]
    assert Case.objects.filter(kind="construction-permit", state="submitted").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_offices_granting_in_one_moment_give_two_numbers() -> None:
    people = cast()
    serving(people)
    rules()
    cases = [submitted(people, project(people, code=f"2603-370281-04-01-00000{n}")) for n in range(4)]

    def grant(case: Case) -> object:
        return actions.decide(again(case), by=people.bob, at=MONDAY, outcome="granted", text="准予。")

    assert errors(together(*[partial(grant, case) for case in cases])) == []
    found = sorted(again(case).licence.number for case in cases)
    assert found == [f"37028120260302{serial:02}01S" for serial in range(1, 5)]
