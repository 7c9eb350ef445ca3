"""What may befall a matter between its first office and its answer, each lived to its end."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from enterprises.models import OversightOrder, Ruling
from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions, tasks
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
RUDE = "三次到窗口都被告知经办人外出，电话无人接听。"
SORRY = "情况属实，已责成该单位整改，并向贵企业致歉。"
WET_AGAIN = "昨夜下雨，门口又积水了。"
PHONE = "13800000001"
FORM = "form[data-autosave]"
MISSING, GONE = 404, 410
ANSWER = "管网已疏通，路面已抬高，雨后复查无积水。"


def desk(walker: Walker, case: Case) -> Walker:
    """Before the matter on the workbench."""
    walker.visit(f"/desk/cases/{case.number}/")
    return walker


def handled(case: Case, people: Cast) -> Case:
    """Contacted, and given an opinion."""
    at = timezone.now()
    actions.contact(case, by=people.alice, at=at, result="reached", number=PHONE)
    actions.give_opinion(make.again(case), by=people.alice, at=at, text="先抽排，再清淤。")
    return make.again(case)


def answers(alice: Walker, bob: Walker, case: Case, text: str = ANSWER) -> None:
    desk(alice, case).do("draft_answer", text=text)
    desk(bob, case).do("sign_off")


# Whose duty it is, and who shares it


def test_returned_twice_ruled_shared_and_answered(people: Cast, enter: Enter) -> None:
    case = make.dispatched(people, at=timezone.now() - HOUR)
    at = timezone.now() - HOUR / 2
    actions.return_to_centre(case, by=people.bob, at=at, reason=NOT_OURS, code="not-our-duty")
    diana = enter(people.diana)
    desk(diana, case).do("dispatch", office=str(people.office("swuj").pk))
    returns(enter(able("water-head", "swuj", Post.Role.HEAD)), case, NOT_OURS_EITHER)
    rules(diana, case, people)
    alice = enter(people.alice)
    desk(alice, case).do("claim")
    handled(make.again(case), people)
    desk(alice, case).do("join", office=str(people.office("swuj").pk), text=PART)
    does_its_part(enter(people.charlie), case)
    answers(alice, enter(people.bob), case)
    wang = enter(people.wang, width=390)
    wang.visit(f"/matters/{case.number}/")
    said = wang.text()
    assert ANSWER in said and people.office("swuj").title() in said
    assert NOT_OURS not in said and RULED not in said
    wang.do("confirm")
    assert make.again(case).outcome == Case.Outcome.SOLVED
    assert broken(timezone.now()) == []


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
    desk(alice, case).do("ask_park", until=day, reason=why, basis="挂账管理办法")
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


# One matter told twice


def test_a_merged_pair_goes_on_as_one(people: Cast, enter: Enter) -> None:
    older = make.submitted(people, at=timezone.now() - 2 * HOUR)
    younger = make.submitted(people, at=timezone.now() - HOUR, text="门口的水还没有退。")
    due = older.clocks.get(code="company").due_at
    diana, wang = enter(people.diana), enter(people.wang, width=390)
    desk(diana, older).do("merge", into=younger.number, reason="同一件事。")
    assert make.again(older).state == Case.State.SUBMITTED, "only the older one takes the other in"
    desk(diana, younger).do("merge", into=older.number, reason="同一件事，并入先提交的一件。")
    younger = make.again(younger)
    assert (younger.state, younger.outcome) == ("closed", "merged")
    wang.visit(f"/matters/{younger.number}/")
    assert "同一件事，并入先提交的一件。" in wang.text()
    assert not wang.page.locator("#rate").count()
    wang.press(f"section:has(#h-related) a[href='/matters/{older.number}/']")
    assert wang.page.locator(f"#h-related ~ ul a[href='/matters/{younger.number}/']").count()
    assert older.clocks.get(code="company").due_at == due
    diana.go("/desk/desk/case/?tab=dispatch")
    assert str(older.number) in diana.text() and str(younger.number) not in diana.text()
    assert broken(timezone.now()) == []


# Asked afterwards, and not content


def test_not_solved_twice_by_the_one_time_link_brings_an_oversight_order(
    people: Cast, enter: Enter, inbox: Inbox, mail: tuple[Sink, str], site: str
) -> None:
    # By day: at night a short message waits for the morning.
    day = timezone.localtime().replace(hour=10, minute=0) - timedelta(days=1)
    with worker(EMAIL_URL=mail[1], SITE_URL=site), later(day, 0):
        case = handled(make.claimed(people, at=day - HOUR), people)
        alice, bob = enter(people.alice), enter(people.bob)
        guest = enter(User(username="guest"), width=390)
        answers(alice, bob, case)
        says_not_solved(guest, inbox, 1, WET_AGAIN)
        assert WET_AGAIN in desk(alice, make.again(case)).text()
        alice.do("draft_answer", text=ANSWER)
        actions.sign_off(make.again(case), by=people.bob, at=timezone.now())
        says_not_solved(guest, inbox, 2, "抬高的路面已经塌陷。")
        case = make.again(case)
        assert case.state == Case.State.ACCEPTED
        order = OversightOrder.objects.get()
        assert (order.matter, order.cause, order.case.office.code) == (case, "second_redo", "zjj")
        frank = enter(people.frank)
        frank.visit("/desk/")
        frank.go("/desk/desk/case/?tab=all")
        frank.press(f"#result_list tr:has-text('{order.case.number}') a", leads="/change/")
        assert str(case.number) in frank.text()
        assert broken(timezone.now()) == []


def says_not_solved(guest: Walker, inbox: Inbox, times: int, why: str) -> None:
    """On a phone, without a log-in: the message comes, the page asks for the reason, and works once."""
    tasks.deliver_notices.apply_async(retry=False)
    wait_until(lambda: len(inbox.sent(PHONE, "revisit")) == times, "no link has come by short message")
    link = inbox.newest(PHONE, "revisit")["link"]
    guest.go(link)
    guest.write("main form", result="unsolved")
    guest.press("main form button.primary")
    assert guest.page.locator("[name=text][aria-invalid=true]").count() == 1
    guest.write("main form", text=why, level="2")
    guest.press("main form button.primary")
    assert guest.go(link) == GONE


# About the office that has the matter


def test_a_complaint_about_an_office_stays_hidden_from_it(people: Cast, enter: Enter) -> None:
    matter = make.claimed(people, at=timezone.now() - HOUR)
    wang, alice, bob = enter(people.wang, width=390), enter(people.alice), enter(people.bob)
    complaint = complains(wang, people)
    for each in (alice, bob):
        finds_nothing(each, matter, complaint)
    handles(enter(people.frank), complaint)
    wang.go(f"/matters/{complaint.number}/")
    assert SORRY in wang.text()
    wang.do("confirm")
    assert make.again(complaint).outcome == Case.Outcome.SOLVED
    assert broken(timezone.now()) == []


def complains(wang: Walker, people: Cast) -> Case:
    wang.go("/")
    wang.press("main a[href='/start/complaint/']")
    wang.log_in()
    wang.write(FORM, office=str(people.office().pk), text=RUDE, contact_phone=PHONE)
    wang.press(f"{FORM} button.primary", leads="/check/$")
    with wang.page.expect_navigation(url=re.compile("/received/$")):
        wang.page.dblclick("form[data-once] button.primary")
    wang.arrive()
    complaint = Case.objects.get(kind="complaint")
    assert (complaint.against, complaint.office.code) == (people.office(), "dcs")
    return complaint


def finds_nothing(staff: Walker, matter: Case, complaint: Case) -> None:
    """Neither in My day nor by queue, search or address; the matter itself stays where it was."""
    staff.visit("/desk/")
    assert str(complaint.number) not in staff.text()
    for asked in ("?tab=all", f"?tab=all&q={complaint.number}"):
        staff.go(f"/desk/desk/case/{asked}")
        rows = staff.page.locator("#result_list")
        assert not rows.count() or str(complaint.number) not in rows.inner_text()
    assert staff.go(f"/desk/cases/{complaint.number}/") == MISSING
    assert staff.go(f"/desk/cases/{matter.number}/") < MISSING


def handles(frank: Walker, complaint: Case) -> None:
    """The supervision office does it all: accepts, speaks, looks into it, answers."""
    frank.visit("/desk/desk/case/?tab=all")
    frank.press(f"#result_list tr:has-text('{complaint.number}') a", leads="/change/")
    assert RUDE in frank.text()
    for verb in ("accept", "claim"):
        frank.do(verb)
    frank.do("contact", result="reached", text="已向企业了解情况。")
    frank.do("complete", text="已调取办理记录。")
    frank.do("draft_answer", text=SORRY)
    frank.do("sign_off")
