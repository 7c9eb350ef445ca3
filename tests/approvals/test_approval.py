"""An application under the licensing law: accepted or sent back in five days, decided under two limits."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from servicedesk.desk import actions
from servicedesk.desk.actions import law
from servicedesk.desk.actions.law import take_effect_everywhere
from servicedesk.desk.drafting import title_of
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Attachment, Case, Clock, Limit, Notice
from servicedesk.desk.permissions import actions_for
from servicedesk.desk.replay import differences
from tests.approvals import make
from tests.make import MONDAY, ZONE, again, moment
from tests.people import Cast, cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]
TUESDAY_AFTER = moment("2026-03-10 10:00")


@pytest.fixture
def people() -> Cast:
    return cast()


def clock(case: Case, code: str) -> Clock:
    return case.clocks.filter(code=code).latest("round")


def due(case: Case, code: str) -> str:
    return at(clock(case, code).due_at)


def at(moment: datetime | None) -> str:
    return moment.astimezone(ZONE).strftime("%m-%d %H:%M") if moment else "-"


# Acceptance


def test_both_limits_start_with_acceptance_and_stand_side_by_side(people: Cast) -> None:
    make.item()
    case = make.accepted(people, at=MONDAY)
    assert (case.state, case.accepted_at) == ("accepted", MONDAY)
    assert (due(case, "promised"), due(case, "statutory")) == ("03-11 17:00", "03-30 17:00")
    assert clock(case, "check").late is False
    assert case.steps.get(code="check").state == "done"
    assert case.steps.get(code="review").state == "running"


def test_silence_for_five_working_days_is_acceptance_as_of_the_day_the_papers_arrived(people: Cast) -> None:
    make.item()
    case = make.submitted(people, at=MONDAY)
    assert due(case, "check") == "03-09 17:00"
    assert actions.take_effect(case, at=moment("2026-03-09 17:00")) is None
    event = actions.take_effect(case, at=TUESDAY_AFTER)
    case = again(case)
    assert event is not None
    assert (event.verb, event.effective_at, event.at) == ("deem_accepted", MONDAY, TUESDAY_AFTER)
    assert (case.state, case.accepted_at) == ("accepted", MONDAY)
    # The limits count from the day of receipt, not from the day somebody noticed.
    assert (due(case, "promised"), due(case, "statutory")) == ("03-11 17:00", "03-30 17:00")
    checked = clock(case, "check")
    assert checked.late is True
    assert at(checked.stopped_at) == "03-09 17:00"
    assert list(differences()) == []
    assert broken(TUESDAY_AFTER) == []


def test_the_sweep_records_it_once_and_tells_the_applicant_once(people: Cast) -> None:
    make.item()
    case = make.submitted(people, at=MONDAY)
    after_an_outage = moment("2026-03-13 09:00")
    assert take_effect_everywhere(after_an_outage) == 1
    assert take_effect_everywhere(after_an_outage + timedelta(minutes=1)) == 0
    events = case.events.filter(verb="deem_accepted")
    assert events.count() == 1
    assert Notice.objects.filter(event=events.get(), recipient=people.wang, channel="app").count() == 1


def test_one_case_that_cannot_be_recorded_holds_up_no_other(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.item()
    bad, good = make.submitted(people, at=MONDAY), make.submitted(people, at=MONDAY)
    whole = law.befall

    def sometimes(case: Case, at: datetime) -> Any:
        if case.pk == bad.pk:
            raise RuntimeError("poison")
        return whole(case, at)

    monkeypatch.setattr(law, "befall", sometimes)
    assert take_effect_everywhere(TUESDAY_AFTER) == 1
    assert (again(bad).state, again(good).state) == ("submitted", "accepted")


def test_after_the_silence_it_is_too_late_to_ask_for_papers_and_the_office_may_only_decide(
    people: Cast,
) -> None:
    make.item()
    case = make.submitted(people, at=MONDAY)
    actions.claim(case, by=people.alice, at=MONDAY)
    with pytest.raises(WrongState):
        actions.ask_supplement(again(case), by=people.alice, at=TUESDAY_AFTER, text="缺图。")
    # No sweep ran: the verb itself finds what the law has done.
    actions.decide(again(case), by=people.alice, at=TUESDAY_AFTER, outcome="granted", text="准予。")
    verbs = list(case.events.order_by("seq").values_list("verb", flat=True))
    assert verbs == ["submit", "claim", "deem_accepted", "decide"]
    assert broken(TUESDAY_AFTER) == []


def test_missing_papers_close_the_window_and_handing_them_in_opens_a_new_one(people: Cast) -> None:
    make.item()
    case = make.submitted(people, at=MONDAY)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.ask_supplement(case, by=people.alice, at=moment("2026-03-03 10:00"), text="缺图纸、缺章程。")
    assert again(case).state == "supplementing"
    assert clock(case, "check").late is False
    assert actions.take_effect(again(case), at=moment("2026-03-20 10:00")) is None
    actions.supplement(again(case), by=people.wang, at=moment("2026-03-20 22:00"), text="已补。")
    assert again(case).state == "submitted"
    assert due(case, "check") == "03-27 17:00"
    assert case.clocks.filter(code="check").count() == 2


def test_an_accepted_licence_is_never_asked_for_papers_again(people: Cast) -> None:
    make.item()
    case = make.accepted(people)
    with pytest.raises(WrongState):
        actions.ask_supplement(case, by=people.alice, at=MONDAY, text="再补。")
    assert "ask_supplement" not in actions_for(people.alice, case, MONDAY)


def test_what_is_not_our_power_ends_at_once_and_names_the_right_body(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    actions.claim(case, by=people.alice, at=MONDAY)
    event = actions.refuse_acceptance(
        case, by=people.alice, at=MONDAY, reason="不属于本机关职权范围。", rightful="青岛市市场监督管理局"
    )
    assert (again(case).state, again(case).outcome) == ("closed", "not_accepted")
    assert event.params["rightful"] == "青岛市市场监督管理局"
    assert not case.clocks.running().exists()


# The decision


def test_a_special_procedure_stops_both_limits_and_neither_day_is_lost_twice(people: Cast) -> None:
    make.item()
    case = make.accepted(people, at=MONDAY)
    actions.pause(
        case, by=people.alice, at=moment("2026-03-04 10:00"), category="expert_review", reason="专家评审",
        basis="行政许可法第四十五条", document="胶审特〔2026〕1号",
    )  # fmt: skip
    assert clock(case, "promised").due_at is None
    actions.resume(again(case), by=people.alice, at=moment("2026-03-09 10:00"), category="expert_review")
    # 4, 5 and 6 March were lost; the weekend cost nothing, and the day of resuming counts.
    assert (due(case, "promised"), due(case, "statutory")) == ("03-16 17:00", "04-02 17:00")


def test_only_the_head_extends_and_only_the_statutory_limit_by_ten_days_at_most(people: Cast) -> None:
    make.item()
    case = make.accepted(people, at=MONDAY)
    words = {"reason": "情况复杂。", "told_at": MONDAY}
    with pytest.raises(NotAllowed):
        actions.extend(case, by=people.alice, at=MONDAY, clocks=("statutory",), term=10, **words)
    with pytest.raises(BadInput):
        actions.extend(case, by=people.bob, at=MONDAY, clocks=("promised",), term=1, **words)
    with pytest.raises(BadInput):
        actions.extend(case, by=people.bob, at=MONDAY, clocks=("statutory",), term=11, **words)
    actions.extend(case, by=people.bob, at=MONDAY, clocks=("statutory",), term=10, **words)
    assert (due(case, "promised"), due(case, "statutory")) == ("03-11 17:00", "04-14 17:00")


def test_a_grant_is_delivered_and_that_ends_the_matter(people: Cast) -> None:
    make.item()
    case = make.granted(people, at=MONDAY)
    assert (case.state, case.outcome) == ("decided", "granted")
    assert due(case, "deliver") == "03-16 17:00"
    with pytest.raises(WrongState):
        actions.withdraw(case, by=people.wang, at=MONDAY, reason="不要了")
    actions.complete(case.steps.get(code="deliver"), by=people.alice, at=moment("2026-03-03 09:00"))
    case = again(case)
    assert (case.state, case.outcome) == ("closed", "granted")
    assert clock(case, "deliver").late is False
    assert broken(moment("2026-03-03 09:00")) == []


def test_no_step_but_the_delivery_is_ended_by_hand(people: Cast) -> None:
    make.item()
    case = make.accepted(people)
    assert "complete" not in actions_for(people.alice, case, MONDAY)
    with pytest.raises(WrongState):
        actions.complete(case.steps.get(code="review"), by=people.alice, at=MONDAY)


# Other procedures


def test_a_registration_is_decided_from_receipt_and_ends_with_the_decision(people: Cast) -> None:
    make.item(
        "test-registration", procedure="registration", extension=3, is_delivered=False, special=[],
        terms=make.REGISTRATION,
    )  # fmt: skip
    case = make.submitted(people, "test-registration", at=MONDAY)
    assert (due(case, "promised"), due(case, "statutory")) == ("03-02 13:45", "03-05 17:00")
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.decide(
        again(case), by=people.alice, at=moment("2026-03-02 11:00"), outcome="granted", text="准予登记。"
    )
    case = again(case)
    assert (case.state, case.outcome, case.steps.count()) == ("closed", "granted", 1)
    assert {row.late for row in case.clocks.all()} == {False}


def test_papers_missing_in_a_registration_start_its_days_anew(people: Cast) -> None:
    make.item(
        "test-registration", procedure="registration", is_delivered=False, special=[], terms=make.REGISTRATION
    )
    case = make.submitted(people, "test-registration", at=MONDAY)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.ask_supplement(again(case), by=people.alice, at=moment("2026-03-02 10:00"), text="缺租赁合同。")
    assert not case.clocks.running().exists()
    actions.supplement(again(case), by=people.wang, at=moment("2026-03-04 09:00"), text="已补。")
    assert (due(case, "promised"), due(case, "statutory")) == ("03-04 13:45", "03-09 17:00")


# What an official changes


def test_a_limit_changed_from_next_month_moves_no_case_under_way(people: Cast) -> None:
    make.item()
    before = make.submitted(people, at=moment("2026-03-30 09:00"))
    Limit.objects.filter(subject="test-licence", clock="promised").update(valid_until=date(2026, 3, 31))
    make.limits("test-licence", {"promised": (3, "working_days")}, since=date(2026, 4, 1))
    after = make.submitted(people, at=moment("2026-04-01 09:00"))
    for case in (before, after):
        actions.claim(again(case), by=people.alice, at=moment("2026-04-02 09:00"))
        actions.accept(again(case), by=people.alice, at=moment("2026-04-02 09:00"))
    # 6 April 2026 is Qingming's day off. Seven days for what was submitted in March, three for April.
    assert (due(before, "promised"), due(after, "promised")) == ("04-14 17:00", "04-08 17:00")


def test_a_new_edition_of_the_item_changes_no_submitted_case(people: Cast) -> None:
    item = make.item()
    case = make.submitted(people, at=MONDAY)
    item.stage, item.valid_until = "superseded", date(2026, 2, 28)
    item.save()
    assert again(case).opening["item"]["edition"] == 1
    draft = make.draft(people, at=MONDAY)
    with pytest.raises(BadInput):
        actions.submit(draft, by=people.wang, at=MONDAY, key=uuid.uuid4(), facts={})


def test_nobody_of_another_office_acts_on_it(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    assert actions_for(people.charlie, case, MONDAY) == []
    with pytest.raises(NotAllowed):
        actions.claim(case, by=people.charlie, at=MONDAY)
    assert not Attachment.objects.exists()


def test_what_is_for_natural_persons_no_company_applies_for(people: Cast, client: Client) -> None:
    make.item("test-person", applicants="person")
    make.item("test-anybody", applicants="any")
    draft = make.draft(people, "test-person")
    with pytest.raises(BadInput):
        actions.submit(draft, by=people.wang, at=MONDAY, key=uuid.uuid4(), facts={})
    client.force_login(people.wang)
    refused = client.get("/start/approval/?item=test-person").content.decode()
    assert "form_key" not in refused
    assert "form_key" in client.get("/start/approval/?item=test-anybody").content.decode()


def test_a_reader_of_another_language_reads_the_item_in_it(people: Cast) -> None:
    make.item()
    case = make.submitted(people)
    assert (case.title, title_of(case)) == ("测试许可", "测试许可")
    with override("ru"):
        assert title_of(case) == "测试许可 (ru)"
