"""Many offices in one moment: the whole ends once, a company is born once, nobody waits in a circle."""

from __future__ import annotations

from functools import partial

import pytest

from approvals.models import Application
from enterprises.models import Company
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event, Pause
from servicedesk.desk.replay import differences
from tests.approvals import opening
from tests.approvals.opening import ALL, LICENCE, NAME, NUMBER, Founder
from tests.desk.racing import errors, together
from tests.make import MONDAY, again, moment
from tests.people import Cast, cast

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
TEN = moment("2026-03-02 10:00")
# Decided and over at once: nothing is handed over of these.
QUICK = [code for code in ALL if code not in {LICENCE, "seal-engraving"}]
OTHER = "91370281321445940A"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def qian(people: Cast) -> Founder:
    return opening.founder()


def claimed(case: Case) -> Case:
    actions.claim(case, by=opening.officer(case.office.code), at=MONDAY)
    return again(case)


def decide(case: Case, outcome: str = "granted") -> partial[Event]:
    by = opening.officer(case.office.code)
    return partial(actions.decide, case, by=by, at=TEN, outcome=outcome, text="准予。")


def test_parts_that_end_in_the_same_moment_complete_the_whole_once(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian, [LICENCE, *QUICK]), at=MONDAY)
    parts = [claimed(opening.part(whole, code)) for code in QUICK]
    assert errors(together(*[decide(part) for part in parts])) == []
    whole = again(whole)
    assert (whole.state, whole.outcome) == ("closed", "completed")
    closings = [event for event in whole.events.all() if event.params.get("state") == "closed"]
    assert len(closings) == 1
    assert set(opening.looks(whole).values()) == {"done"}
    assert broken(TEN) == []


def test_a_part_is_decided_or_the_whole_is_withdrawn_before(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian, [LICENCE, *QUICK]), at=MONDAY)
    parts = [claimed(opening.part(whole, code)) for code in QUICK]
    give_up = partial(actions.withdraw, again(whole), by=qian.user, at=TEN, reason="不办了")
    together(*[decide(part) for part in parts], give_up)
    assert again(whole).state == "closed"
    outcomes = set(Case.objects.filter(parent=whole).values_list("outcome", flat=True))
    assert outcomes <= {"granted", "withdrawn"}
    assert not Case.objects.filter(parent=whole).exclude(state="closed").exists()
    assert broken(TEN) == []


def licence_of(qian: Founder, number: str, name: str = NAME) -> Case:
    case = claimed(opening.part(opening.submitted(qian, company_name=name), LICENCE))
    Application.objects.filter(case=case).update(result_number=number)
    return case


@pytest.mark.parametrize(
    ("numbers", "names"), [((NUMBER, NUMBER), ("甲公司", "乙公司")), ((NUMBER, OTHER), (NAME, NAME))]
)
def test_of_two_births_with_one_code_or_one_name_the_second_is_told(
    qian: Founder, numbers: tuple[str, str], names: tuple[str, str]
) -> None:
    licences = [licence_of(qian, number, name) for number, name in zip(numbers, names, strict=True)]
    refused = errors(together(*[decide(case) for case in licences]))
    assert [type(error) for error in refused] == [BadInput]
    assert Company.objects.count() == 1
    assert sorted(again(case).state for case in licences) == ["closed", "submitted"]
    assert broken(TEN) == []


def test_parts_that_ask_for_papers_together_stop_the_whole_once_and_let_it_go_on_once(qian: Founder) -> None:
    whole = opening.licensed(opening.submitted(qian, [LICENCE, *QUICK]), at=MONDAY)
    parts = [claimed(opening.part(whole, code)) for code in QUICK[:4]]
    asking = [
        partial(actions.ask_supplement, part, by=opening.officer(part.office.code), at=TEN, text="缺。")
        for part in parts
    ]
    assert errors(together(*asking)) == []
    assert Pause.objects.filter(case=whole, until=None).count() == 1
    handing = [partial(actions.supplement, again(part), by=qian.user, at=TEN, text="补") for part in parts]
    assert errors(together(*handing)) == []
    assert Pause.objects.filter(case=whole).count() == 1
    assert not Pause.objects.filter(case=whole, until=None).exists()
    assert list(differences()) == []
