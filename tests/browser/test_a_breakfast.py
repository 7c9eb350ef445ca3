"""A breakfast is asked for, selected, held; its promises are worked and struck off, one is taken up again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from enterprises.models import Breakfast, BreakfastPromise, Company, Industry
from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk import tasks
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case
from tests.browser.conftest import Enter, able, later
from tests.browser.walking import Walker
from tests.enterprises.make_breakfast import STEEL, breakfast
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

ROOM = "/desk/enterprises/breakfast/{}/"
TOPIC = "厂前道路半年未通，货车绕行。"
PROMISES = ("六十日内修通厂前道路。", "本月内开通货车夜间通行证。")


def test_a_breakfast_from_the_calendar_to_a_promise_taken_up_again(people: Cast, enter: Enter) -> None:
    for party in (people.company, people.other):
        Company.objects.create(party=party, industry=Industry.objects.get(code=STEEL))
    start = timezone.now()
    dates = {"starts_at": start + timedelta(days=10), "closes_at": start + timedelta(days=6)}
    row = breakfast(1, quota=1, **dates)
    clerk, head = able("swb-clerk", "swb", Post.Role.OFFICER), able("swb-head", "swb", Post.Role.HEAD)
    wang, zhao = enter(people.wang, width=390), enter(people.zhao, width=390)
    for guest in (wang, zhao):
        asks_to_come(guest, row)
    with later(start, 6.5):
        diana = enter(people.diana)
        gives_places(diana, row)
        assert sorted(row.sign_ups.values_list("standing", flat=True)) == ["selected", "waiting"]
        first = row.sign_ups.get(standing="selected").by
        gives_way, comes = (wang, zhao) if first == people.wang else (zhao, wang)
        declines(gives_way, row)
        assert row.sign_ups.get(standing="selected").by == comes.user
    with later(start, 10):
        records(enter(clerk, width=390), row, comes)
        signs(enter(head), row)
    cases = list(Case.objects.filter(kind="promise").order_by("pk"))
    assert len(cases) == 2
    with later(start, 20):
        alice, bob, again = enter(people.alice), enter(people.bob), enter(people.diana)
        for case in cases:
            answers(alice, bob, case)
            confirms(comes, case)
            strikes_off(again, case)
    assert Case.objects.filter(kind="look-back").count() == 4
    with later(start, 52):
        tasks.sweep(timezone.now())
        takes_up_again(enter(people.diana), cases[0])
        assert broken(timezone.now()) == []
    shows_what_came_of_it(enter(User(username="nobody"), width=390), row)


def asks_to_come(guest: Walker, row: Breakfast) -> None:
    """Found in the calendar; without a topic the form says so and keeps the rest."""
    guest.visit("/matters/")
    guest.go("/breakfasts/")
    guest.press(f"a[href='/breakfasts/{row.pk}/']")
    form = f"form[action$='/breakfasts/{row.pk}/sign-up/']"
    guest.page.locator(f"{form} [name=consent]").check()
    guest.press(f"{form} button.primary")
    assert guest.page.locator("[name=topics][aria-invalid=true]").count() == 1
    guest.page.locator("[name=topics]").fill(TOPIC)
    guest.press(f"{form} button.primary")
    assert row.sign_ups.filter(by=guest.user, consent=True).count() == 1


def gives_places(diana: Walker, row: Breakfast) -> None:
    diana.visit("/desk/")
    diana.go(f"{ROOM.format(row.pk)}sheet/")
    diana.press("form[action$='/sheet/select/'] button")


def declines(guest: Walker, row: Breakfast) -> None:
    guest.visit("/matters/")
    guest.go(f"/breakfasts/{row.pk}/")
    guest.press("a[href$='/decline/']")
    guest.press("main form button.danger")


def records(clerk: Walker, row: Breakfast, guest: Walker) -> None:
    """On a phone in the room: who is here, what was said, what was promised by when and by whom."""
    page = clerk.page
    clerk.visit(f"{ROOM.format(row.pk)}room/")
    page.locator("[name=there]").first.check()
    clerk.press("button[name=what][value=attend]")
    company = row.sign_ups.get(by=guest.user).company_id
    office = Office.objects.get(code="zjj").pk
    for text in PROMISES:
        if not page.locator(f"[name='{company}-new-words_said']").is_visible():
            page.locator(f"details:has([name='{company}-new-words_said']) > summary").click()
        page.fill(f"[name='{company}-new-words_said']", TOPIC)
        clerk.press(f"button[name=promise][value='{company}-new']", leads="/room/promise/")
        page.fill("form.card [name=text]", text)
        page.fill("form.card [name=leader]", "市委主要领导")
        page.locator("[name=office]").select_option(str(office))
        page.fill("[name=deadline]", (timezone.localdate() + timedelta(days=60)).isoformat())
        clerk.press("form.card button.primary", leads="/room/")
    page.fill("[name=minutes-minutes]", "会议记录：两项承诺。")
    clerk.press("button[name=what][value=minutes]")
    assert BreakfastPromise.objects.count() == 2


def signs(head: Walker, row: Breakfast) -> None:
    head.visit(f"{ROOM.format(row.pk)}sheet/")
    head.press("form[action$='/sheet/sign/'] button")
    row.refresh_from_db()
    assert row.stage == "minuted"


def answers(alice: Walker, bob: Walker, case: Case) -> None:
    alice.visit("/desk/")
    alice.go(f"/desk/cases/{case.number}/")
    alice.do("claim")
    alice.do("draft_answer", text="道路已修通。")
    bob.visit("/desk/")
    bob.go(f"/desk/cases/{case.number}/")
    bob.do("sign_off")


def confirms(guest: Walker, case: Case) -> None:
    guest.visit(f"/matters/{case.number}/")
    guest.do("confirm")
    case.refresh_from_db()
    assert case.state == "decided"


def strikes_off(diana: Walker, case: Case) -> None:
    """Only the centre's look ends it."""
    diana.visit("/desk/")
    diana.go(f"/desk/cases/{case.number}/")
    diana.do("complete", text="现场核实，道路已通。")
    case.refresh_from_db()
    assert (case.state, case.outcome) == ("closed", "solved")


def takes_up_again(diana: Walker, case: Case) -> None:
    """A month later the road is shut again: the look-back leads to the promise, which is reopened."""
    diana.visit("/desk/")
    look = Case.objects.filter(kind="look-back", look_back__promise=case).order_by("pk")[0]
    diana.go(f"/desk/cases/{look.number}/")
    diana.press("a.btn:has-text('ZC-')")
    diana.do("redo", reason="回头看：道路又被封闭。")
    case.refresh_from_db()
    look.refresh_from_db()
    assert (case.state, look.state) == ("accepted", "closed")


def shows_what_came_of_it(stranger: Walker, row: Breakfast) -> None:
    stranger.go("/breakfasts/")
    said = stranger.text()
    assert PROMISES[0] in said and PROMISES[1] in said
