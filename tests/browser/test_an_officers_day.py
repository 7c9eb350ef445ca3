"""An officer's day by keyboard alone, through ten matters: the pointer is never touched."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from servicedesk.accounts import demo
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.audit import verify
from servicedesk.desk.models import CannedText, Case, Event, SavedFilter, Step, Watch
from tests import make
from tests.browser.by_keyboard import (
    choose,
    composed,
    enter_on,
    place,
    reaches_everything,
    strike,
    switch,
    tab_to,
    type_into,
    write_over,
)
from tests.browser.conftest import Enter, able
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

QUEUE = "/desk/desk/case/"
BENCH = r"/desk/desk/case/\d+/change/"
LATE = "长江路围挡占用消防通道"
# In the order of the queue: of those due together the last comes first, so they are made from the end.
TITLES = (
    "北三路路灯不亮",
    "园区南门积水",
    "厂房验收排期未定",
    "燃气管道未接通",
    "工地扬尘进车间",
    "塔吊越过厂界",
    "雨水井盖缺失",
    "施工许可变更未答",
    "夜间施工吵到宿舍",
)
DUST = "扬尘"
READY = "{company}：{number} 已办结，感谢您的反映。"
QUICK = "没人接，下午再打。"
MINE = "约好明天上午到现场。"
WORKS = "#changelist-form select[name=action]"


def test_an_officer_goes_through_ten_matters_by_keyboard_alone(people: Cast, enter: Enter) -> None:
    at = timezone.now()
    late = dispatched(people, at - timedelta(days=21), LATE)
    actions.claim(late, by=people.alice, at=at - timedelta(days=21))
    cases = {title: dispatched(people, at - timedelta(minutes=5), title) for title in reversed(TITLES)}
    CannedText.objects.create(title="一句话办结", text=READY, verb="draft_answer")
    helen = able("helen", "zjj", "officer")
    alice = enter(people.alice)
    comes_in(alice)
    does_what_is_late(alice, late)
    keeps_a_view(alice)
    lets_the_keys_be(alice)
    claims_from_the_list(alice)
    finds_by_two_characters(alice, cases)
    answers_one(alice)
    mentions_a_colleague(alice, helen)
    asks_another_office_and_watches(alice, people)
    contacts_what_is_left(alice)
    is_told_that_somebody_was_quicker(alice, people, cases["塔吊越过厂界"])
    finds_the_mention(enter(helen), cases["塔吊越过厂界"])
    done_is_done(people, cases)


def dispatched(people: Cast, at: datetime, title: str) -> Case:
    case = make.submitted(people, at=at, text=f"{title}，请尽快处理。")
    actions.dispatch(case, by=people.diana, at=at, office=people.office(), title=title)
    return make.again(case)


def comes_in(alice: Walker) -> None:
    """The door, and what My day says is late, mine and to be had."""
    alice.go("/desk/")
    type_into(alice, "#id_login", alice.user.username)
    type_into(alice, "#id_password", demo.PASSWORD)
    enter_on(alice, "form:has(#id_login) button.primary", "/2fa/authenticate/")
    type_into(alice, "#id_code", demo.code_of(alice.user))
    enter_on(alice, "form:has(#id_code) button.primary", "/desk/$")
    said = {
        code: alice.page.inner_text(f".figures a[href$='?tab={code}'] b")
        for code in ("mine", "late", "unclaimed")
    }
    assert said == {"mine": "1", "late": "1", "unclaimed": str(len(TITLES))}


def does_what_is_late(alice: Walker, late: Case) -> None:
    enter_on(alice, f".day a.title[href$='/{late.pk}/change/']", BENCH)
    contact(alice, "reached")
    reaches_everything(alice)


def contact(alice: Walker, result: str, words: str = "", leads: str = BENCH) -> None:
    """The form that comes next is a key away, its first answer ready to be ticked."""
    alice.page.keyboard.press("v")
    while alice.page.evaluate("document.activeElement.value") != result:
        alice.page.keyboard.press("ArrowDown")
    alice.page.keyboard.press("Space")
    if words:
        type_into(alice, "#do-contact textarea", words)
    enter_on(alice, "#do-contact > button", leads)


def keeps_a_view(alice: Walker) -> None:
    """The tab of what nobody has, one kind of it, kept under a name."""
    enter_on(alice, f".desk-nav a[href='{QUEUE}']", f"{QUEUE}$")
    enter_on(alice, ".tabs a[href='?tab=unclaimed']", "tab=unclaimed")
    tab_to(alice, "#changelist-filter details:has(a[href*='kind=direct-line']) > summary")
    alice.page.keyboard.press("Enter")
    enter_on(alice, "#changelist-filter a[href*='kind=direct-line']", "kind=direct-line")
    tab_to(alice, ".keep-view > summary")
    alice.page.keyboard.press("Enter")
    type_into(alice, "#keep_name", "待认领的诉求")
    strike(alice, "Enter", "kind=direct-line")
    assert SavedFilter.objects.get(owner=alice.user).query == "kind=direct-line&tab=unclaimed"
    assert alice.page.inner_text(".chip[aria-current]") == "待认领的诉求"
    assert rows(alice) == len(TITLES)
    reaches_everything(alice)


def rows(alice: Walker) -> int:
    return alice.page.locator("#result_list tbody tr").count()


def lets_the_keys_be(alice: Walker) -> None:
    """No key does anything where something is typed, where an input method composes, or once they are off."""
    keyboard = alice.page.keyboard
    keyboard.press("/")
    assert alice.page.evaluate("document.activeElement.id") == "searchbar"
    stood = place(alice)
    keyboard.type("kxc?")
    assert (alice.page.input_value("#searchbar"), place(alice)) == ("kxc?", stood)
    write_over(alice, "")
    keyboard.press("Delete")
    tab_to(alice, ".tabs a", back=True)
    composed(alice, "k", True)
    assert place(alice) == stood
    composed(alice, "k", False)
    assert place(alice) == stood - 1
    switch(alice, "false")
    keyboard.press("x")
    keyboard.press("c")
    assert alice.page.locator(".action-select:checked").count() == 0
    assert rows(alice) == len(TITLES)
    switch(alice, "true")


def claims_from_the_list(alice: Walker) -> None:
    """One at once; three ticked and claimed after a page that names them."""
    keyboard = alice.page.keyboard
    enter_on(alice, ".chip", "tab=unclaimed")
    keyboard.press("j")
    strike(alice, "c", "tab=unclaimed")
    assert rows(alice) == len(TITLES) - 1
    for _ in range(3):
        keyboard.press("j")
        keyboard.press("x")
    tab_to(alice, WORKS, back=True)
    alice.page.keyboard.press("Shift+Tab")
    choose(alice, WORKS, "claim")
    enter_on(alice, "#changelist-form button[name=index]", "tab=unclaimed")
    assert alice.page.locator("form.verb-form .duties > li").count() == 3
    reaches_everything(alice)
    enter_on(alice, "form.verb-form button.primary", "tab=unclaimed")
    assert rows(alice) == len(TITLES) - 4


def finds_by_two_characters(alice: Walker, cases: dict[str, Case]) -> None:
    """Search by two characters as an input method commits them; the row found is opened and claimed."""
    alice.page.keyboard.press("/")
    alice.page.keyboard.insert_text(DUST)
    strike(alice, "Enter", "q=")
    assert rows(alice) == 1
    alice.page.keyboard.press("j")
    strike(alice, "o", BENCH)
    assert alice.is_at(f"{QUEUE}{cases['工地扬尘进车间'].pk}/change/")
    claim(alice)


def claim(alice: Walker) -> None:
    alice.page.keyboard.press("v")
    strike(alice, "Enter", BENCH)


def answers_one(alice: Walker) -> None:
    """Contact, an opinion, an answer that begins with a ready text."""
    contact(alice, "reached", MINE)
    alice.page.keyboard.press("v")
    alice.page.keyboard.insert_text("先洒水降尘，再加盖防尘网。")
    enter_on(alice, "#do-give_opinion > button", BENCH)
    alice.page.keyboard.press("v")
    alice.page.keyboard.insert_text("已加盖防尘网。")
    tab_to(alice, "#do-draft_answer .canned > summary")
    alice.page.keyboard.press("Enter")
    row = CannedText.objects.get(title="一句话办结")
    tab_to(alice, f"#do-draft_answer a[href*='canned={row.pk}#']")
    alice.page.keyboard.press("Enter")
    begun = alice.page.evaluate("document.activeElement.value")
    assert begun.startswith("已加盖防尘网。青岛") and "{" not in begun
    enter_on(alice, "#do-draft_answer > button", BENCH)
    assert Step.objects.filter(outcome="drafted", case__officer=alice.user).count() == 1


def mentions_a_colleague(alice: Walker, helen: User) -> None:
    strike(alice, "j", BENCH)
    claim(alice)
    alice.page.keyboard.press("n")
    alice.page.keyboard.insert_text("吊臂越界的事请看一下 ")
    alice.page.keyboard.type(f"@{helen.name[:2]}")
    alice.page.keyboard.press("Enter")
    assert alice.page.evaluate("document.activeElement.value").endswith(f"@{helen.name} ")
    enter_on(alice, "#do-note > button", BENCH)


def asks_another_office_and_watches(alice: Walker, people: Cast) -> None:
    """The next of the tab, and the next, until there is none; then back to the tab."""
    strike(alice, "j", BENCH)
    claim(alice)
    tab_to(alice, "details:has(#do-join) > summary")
    alice.page.keyboard.press("Enter")
    choose(alice, "#do-join [name=office]", str(people.office("swuj").pk))
    type_into(alice, "#do-join textarea", "please clear the drain")
    enter_on(alice, "#do-join > button", BENCH)
    strike(alice, "j", BENCH)
    claim(alice)
    enter_on(alice, "form.watch > button", r"change/\?tab=unclaimed")
    strike(alice, "j", BENCH)
    claim(alice)
    assert alice.page.locator("#next-matter").count() == 0
    strike(alice, "u", "tab=unclaimed")
    assert rows(alice) == 0


def contacts_what_is_left(alice: Walker) -> None:
    """From one to the next in the tab of what is mine, though each goes further back once it is done."""
    enter_on(alice, "a[href='?tab=mine']", "tab=mine")
    assert rows(alice) == len(TITLES) + 1
    met = []
    for _ in range(2):
        alice.page.keyboard.press("j")
    strike(alice, "o", BENCH)
    for last in (False, False, True):
        met.append(alice.page.url.partition("?")[0])
        contact(alice, "reached")
        if not last:
            strike(alice, "j", BENCH)
    assert len(set(met)) == 3


def is_told_that_somebody_was_quicker(alice: Walker, people: Cast, case: Case) -> None:
    alice.page.keyboard.press("u")
    alice.page.wait_for_url("**/?tab=mine")
    alice.arrive()
    enter_on(alice, f"#result_list a[href*='/{case.pk}/change/']", BENCH)
    actions.contact(case, by=people.bob, at=timezone.now(), result="no_answer", text=QUICK)
    contact(alice, "reached", MINE, leads="/contact/$")
    assert QUICK in alice.text()
    assert alice.page.input_value("form.contact [name=text]") == MINE
    reaches_everything(alice)
    enter_on(alice, "form.contact button.primary", BENCH)
    assert QUICK in alice.text() and MINE in alice.text()


def finds_the_mention(helen: Walker, case: Case) -> None:
    helen.go("/desk/")
    helen.log_in()
    assert str(case.number) in helen.page.inner_text(".notices li:has(.tag.accent)")


def done_is_done(people: Cast, cases: dict[str, Case]) -> None:
    assert Case.objects.filter(officer=people.alice).count() == len(cases) + 1
    verbs = Event.objects.filter(by=people.alice)
    assert verbs.filter(verb="contact").count() == 6
    assert verbs.filter(verb="claim").count() == len(cases) + 1
    assert Step.objects.filter(office=people.office("swuj")).count() == 1
    assert Watch.objects.filter(user=people.alice).count() == 1
    assert list(verify()) == []
