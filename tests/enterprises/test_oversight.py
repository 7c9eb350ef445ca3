"""Oversight orders: issued by rule or by a supervisor, answered by the office, accepted by 督查 alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Circular, OversightOrder
from enterprises.oversight import orders
from servicedesk.desk import actions
from servicedesk.desk.errors import NotAllowed, WrongState
from servicedesk.desk.models import Case, Clock, Link, Membership, Notice
from servicedesk.desk.permissions import may, steps_for, visible_to
from servicedesk.portal.figures import counted
from servicedesk.reports import counting
from tests.enterprises.overseeing import client_of, complaint, ordered, redone_twice
from tests.make import MONDAY, again, answered, claimed
from tests.people import Cast, cast
from tests.reports.month import scope_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def answer(case: Case, people: Cast, *, days: int = 1) -> Case:
    at = MONDAY + timedelta(days=days)
    actions.draft_answer(again(case), by=people.bob, at=at, text="已彻底清淤，并装了水泵。")
    actions.sign_off(again(case), by=people.bob, at=at)
    return again(case)


def test_taken_up_again_a_second_time_a_matter_brings_an_order_by_itself(people: Cast) -> None:
    matter = answered(people)
    actions.redo(matter, by=people.wang, at=MONDAY, reason="还是积水。")
    assert not OversightOrder.objects.exists()
    actions.draft_answer(again(matter), by=people.alice, at=MONDAY, text="再次清淤。")
    actions.sign_off(again(matter), by=people.bob, at=MONDAY)
    actions.redo(again(matter), by=people.wang, at=MONDAY, reason="又积水了。")
    order = OversightOrder.objects.get()
    assert (order.matter, order.cause, order.level) == (matter, "second_redo", "order")
    assert (order.case.office.code, order.case.state) == ("zjj", "accepted")
    assert str(order.case.number).startswith("DB-")
    assert Link.objects.filter(case=order.case, to=matter, sort="related").exists()
    heard = Notice.objects.filter(event__case=order.case, channel="app")
    assert set(heard.values_list("recipient", flat=True)) == {people.alice.pk, people.bob.pk}


def test_while_one_is_open_no_second_one_comes(people: Cast) -> None:
    matter = redone_twice(people)
    actions.draft_answer(again(matter), by=people.alice, at=MONDAY, text="再次清淤。")
    actions.sign_off(again(matter), by=people.bob, at=MONDAY)
    actions.redo(again(matter), by=people.wang, at=MONDAY, reason="又积水了。")
    assert OversightOrder.objects.count() == 1
    with pytest.raises(WrongState):
        ordered(people, again(matter))


def test_only_supervisors_issue_one(people: Cast) -> None:
    matter = claimed(people)
    for user in (people.diana, people.bob, people.wang, people.grace):
        with pytest.raises(NotAllowed):
            orders.issue(matter, by=user, at=MONDAY, demand="限期办结。", cause="manual")
    case = ordered(people, matter)
    with pytest.raises(WrongState):
        ordered(people, case)


def test_the_office_answers_and_the_supervision_office_alone_accepts(people: Cast) -> None:
    case = answer(ordered(people, claimed(people)), people)
    assert (case.state, case.oversight.result) == ("decided", "已彻底清淤，并装了水泵。")
    step = case.steps.get(code="accept")
    assert step.office.code == "dcs"
    at = MONDAY + timedelta(days=1)
    for user in (people.bob, people.alice, people.diana, people.erin):
        assert not may(user, "complete", case, at)
        assert not may(user, "redo", case, at)
    assert [each.code for each in steps_for(people.frank, "complete", case, at)] == ["accept"]
    actions.complete(step, by=people.frank, at=at, text="属实。")
    assert (again(case).state, again(case).outcome) == ("closed", "answered")


def test_what_is_sent_back_is_answered_in_the_next_round(people: Cast) -> None:
    case = answer(ordered(people, claimed(people)), people)
    actions.redo(case, by=people.frank, at=MONDAY + timedelta(days=2), reason="没有附照片。")
    case = again(case)
    assert (case.state, case.steps.filter(code="answer", state="running").get().round) == ("accepted", 2)
    answer(case, people, days=3)
    assert again(case).steps.filter(code="accept", state="running").get().round == 2


def test_its_clocks_come_from_rows_and_are_the_houses_own(people: Cast) -> None:
    case = answer(ordered(people, claimed(people)), people)
    rows = {
        clock.code: (clock.term, clock.unit, clock.office.code, clock.public)
        for clock in Clock.objects.filter(case=case)
    }
    assert rows == {
        "answer": (3, "working_days", "zjj", False),
        "accept": (2, "working_days", "dcs", False),
    }


def test_the_company_learns_nothing_of_it(people: Cast) -> None:
    matter = claimed(people, at=timezone.now() - timedelta(hours=1))
    case = orders.issue(
        matter, by=people.frank, at=timezone.now(), demand="限期办结并说明原因。", cause="manual"
    )
    assert not Membership.objects.filter(party=case.applicant).exists()
    assert not visible_to(people.wang).filter(pk=case.pk).exists()
    assert not Notice.objects.filter(event__case=case, recipient=people.wang).exists()
    client = client_of(people.wang)
    for place in (
        reverse("desk:matters"),
        reverse("desk:matter", args=[matter.number]),
        reverse("api-cases"),
        reverse("api-case", args=[matter.number]),
        reverse("desk:notices"),
    ):
        body = client.get(place).content.decode()
        assert str(case.number) not in body, place
        assert "限期办结并说明原因" not in body, place
    assert client.get(reverse("desk:matter", args=[case.number])).status_code == 404
    assert client.get(reverse("desk:start", args=["oversight"])).status_code == 404


def test_the_desk_finds_order_and_matter_beside_each_other(people: Cast) -> None:
    matter = claimed(people, at=timezone.now() - timedelta(hours=1))
    case = orders.issue(matter, by=people.frank, at=timezone.now(), demand="限期办结。", cause="manual")
    for one, other in ((matter, case), (case, matter)):
        page = client_of(people.bob).get(reverse("admin:desk_case_change", args=[one.pk]))
        assert str(other.number) in page.content.decode()


def test_an_order_about_a_complaint_is_as_hidden_as_the_complaint(people: Cast) -> None:
    matter = complaint(people, "dcs")
    case = orders.issue(matter, by=None, at=MONDAY, demand="限期办结。", cause="overdue")
    assert case.against == people.office("dcs")
    assert not visible_to(people.frank, MONDAY).filter(pk=case.pk).exists()
    with pytest.raises(WrongState):
        orders.issue(complaint(people, "zjj"), by=None, at=MONDAY, demand="限期办结。", cause="overdue")


def test_a_circular_is_for_an_order_that_is_overdue(people: Cast) -> None:
    case = ordered(people, claimed(people))
    with pytest.raises(WrongState):
        orders.circulate(case, by=people.frank, at=MONDAY, text="通报。")
    late = MONDAY + timedelta(days=7)
    for user in (people.bob, people.diana):
        with pytest.raises(NotAllowed):
            orders.circulate(again(case), by=user, at=late, text="通报。")
    orders.circulate(again(case), by=people.frank, at=late, text="逾期未办，予以通报。")
    assert Circular.objects.get().office.code == "zjj"
    assert OversightOrder.objects.get().level == "circular"
    told = Notice.objects.filter(event__case=case, body__contains="予以通报", channel="app")
    assert set(told.values_list("recipient", flat=True)) == {people.bob.pk, people.erin.pk}
    listed = reverse("admin:enterprises_circular_changelist")
    assert "予以通报" in client_of(people.bob).get(listed).content.decode()
    assert "予以通报" not in client_of(people.charlie).get(listed).content.decode()


def test_an_order_is_issued_on_a_page(people: Cast) -> None:
    matter = claimed(people, at=timezone.now() - timedelta(hours=1))
    place = reverse("admin:enterprises_oversightorder_issue")
    client = client_of(people.frank)
    assert place in client.get(reverse("admin:enterprises_oversightorder_changelist")).content.decode()
    assert client.get(place, {"number": str(matter.number)}).status_code == 200
    said = {"number": matter.number, "level": "order", "cause": "overdue", "demand": "限期办结。"}
    assert client.post(place, said | {"number": "ZT-2026-999999"}).status_code == 422
    done = client.post(place, said)
    case = Case.objects.get(kind="oversight")
    assert done.headers["Location"] == reverse("admin:desk_case_change", args=[case.pk])
    assert client_of(people.diana).get(place).status_code == 403
    circular = reverse("admin:enterprises_circular_issue", args=[case.pk])
    assert client.get(circular).status_code == 200
    assert client.post(circular, {"text": "通报。"}).status_code == 422
    assert client_of(people.wang).get(circular).status_code == 403


def test_figures_leave_orders_out_unless_asked_for_them(people: Cast) -> None:
    ordered(people, claimed(people))
    at = MONDAY + timedelta(days=1)
    received = [
        counting.counted(scope_of(people.grace, at, period="month", kind=kind)).total["received"]
        for kind in ("", "oversight")
    ]
    assert received == [1, 1]
    assert (counted(at).received, counted(at).open) == (1, 1)
