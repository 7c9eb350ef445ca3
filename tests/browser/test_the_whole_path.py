"""What may befall a matter between its first office and its answer, each lived to its end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from enterprises.models import Ruling
from servicedesk.accounts.models import Post
from servicedesk.desk import actions
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Clock
from tests import make
from tests.browser.conftest import Enter, able, later
from tests.browser.walking import Inbox, Walker
from tests.faults.world import Sink, wait_until, worker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOUR = timedelta(hours=1)
NOT_OURS = "道路排水由水务部门管理，不属本单位职责。"
NOT_OURS_EITHER = "该处为小区内部道路，不属市政管网。"
RULED = "厂区周边道路排水由住建局牵头，水务局协办。"
PART = "请疏通厂门口至长江路的雨水管网。"
PART_DONE = "管网已疏通三百米。"
ANSWER = "管网已疏通，路面已抬高，雨后复查无积水。"


def desk(walker: Walker, case: Case) -> Walker:
    """Before the matter on the workbench."""
    walker.visit(f"/desk/cases/{case.number}/")
    return walker


def handled(case: Case, people: Cast) -> Case:
    """Contacted, and given an opinion, an hour ago."""
    at = timezone.now() - HOUR
    actions.contact(case, by=people.alice, at=at, result="reached", number="13800000001")
    actions.give_opinion(make.again(case), by=people.alice, at=at, text="先抽排，再清淤。")
    return make.again(case)


def answers(alice: Walker, bob: Walker, case: Case, text: str = ANSWER) -> None:
    desk(alice, case).do("draft_answer", text=text)
    desk(bob, case).do("sign_off")


# Whose duty it is, and who shares it


def test_returned_twice_ruled_shared_and_answered(people: Cast, enter: Enter) -> None:
    case = make.submitted(people, at=timezone.now() - HOUR)
    diana, bob = enter(people.diana), enter(people.bob)
    head = enter(able("water-head", "swuj", Post.Role.HEAD))
    dispatches(diana, case, people, "zjj")
    returns(bob, case, NOT_OURS)
    dispatches(diana, case, people, "swuj")
    returns(head, case, NOT_OURS_EITHER)
    rules(diana, case, people)
    alice = enter(people.alice)
    desk(alice, case).do("claim")
    handled(make.again(case), people)
    desk(alice, case).do("join", office=str(people.office("swuj").pk), text=PART)
    does_its_part(enter(people.charlie), case)
    answers(alice, bob, case)
    wang = enter(people.wang, width=390)
    wang.visit(f"/matters/{case.number}/")
    said = wang.text()
    assert ANSWER in said and people.office("swuj").title() in said
    assert NOT_OURS not in said and RULED not in said
    wang.do("confirm")
    assert make.again(case).outcome == Case.Outcome.SOLVED
    assert broken(timezone.now()) == []


def dispatches(diana: Walker, case: Case, people: Cast, code: str) -> None:
    desk(diana, case).do("dispatch", office=str(people.office(code).pk), title="厂门口积水")


def returns(head: Walker, case: Case, reason: str) -> None:
    """With a code of the list; without one the form asks for it and keeps the reason."""
    desk(head, case).do("return_to_centre", reason=reason)
    assert head.page.locator("form[action$='/return_to_centre/'] [name=code][aria-invalid=true]").count() == 1
    head.do("return_to_centre", code="not-our-duty")
    assert make.again(case).state == Case.State.SUBMITTED


def rules(diana: Walker, case: Case, people: Cast) -> None:
    """With both arguments before it; dispatching a third time is not possible."""
    desk(diana, case)
    said = diana.text()
    assert NOT_OURS in said and NOT_OURS_EITHER in said
    assert not diana.page.locator("form[action$='/dispatch/']").count()
    diana.do("rule", office=str(people.office().pk), reason=RULED)
    ruling = Ruling.objects.get()
    assert (ruling.office.code, ruling.returned_by.count()) == ("zjj", 2)


def does_its_part(charlie: Walker, case: Case) -> None:
    """Found in the queue of the office that is brought in; the answer is not its to write."""
    charlie.visit("/desk/desk/case/?tab=all")
    charlie.press(f"#result_list tr:has-text('{case.number}') a", leads="/change/")
    assert PART in charlie.text()
    assert not charlie.page.locator("form[action$='/draft_answer/']").count()
    charlie.do("reply_consult", text=PART_DONE)
    assert Clock.objects.get(case=case, code="assist").stopped_by == "assist:done"


# What cannot be solved now


def test_parked_reviewed_and_answered(people: Cast, enter: Enter) -> None:
    start = timezone.now()
    case = handled(make.claimed(people, at=start - HOUR), people)
    first = case.clocks.get(code="company").due_at
    alice, bob, wang = enter(people.alice), enter(people.bob), enter(people.wang, width=390)
    planned, why = start + timedelta(days=80), "需等雨水主管网改造工程完工。"
    day = f"{timezone.localtime(planned):%Y-%m-%d}T09:00"
    desk(alice, case).do("ask_park", until=day, reason=why, basis="青政办字〔2025〕1 号挂账办法")
    assert not alice.page.locator("form[action$='/park/']").count()
    diana = enter(people.diana)
    desk(diana, case)
    assert why in diana.text()
    diana.do("park")
    wang.visit(f"/matters/{case.number}/")
    waits = wang.page.locator("section:has(#h-waits)").inner_text()
    assert why in waits
    for told in (planned, first):
        local = timezone.localtime(told)
        assert f"{local:%Y} 年 {local.month} 月 {local.day} 日" in waits
    with later(start, 60):
        desk(alice, case).do("review_parked", text="主管网已完成六成。")
        desk(alice, case).do("unpark")
        answers(alice, bob, case)
        wang.visit(f"/matters/{case.number}/")
        said = wang.text()
        assert "主管网已完成六成。" in said and ANSWER in said
        assert not wang.page.locator("#h-waits").count()
        assert broken(timezone.now()) == []
