"""A head's day, half of it on a telephone, and what a leader decides in a minute of theirs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from servicedesk.accounts.models import Deputy, User
from servicedesk.desk import actions
from servicedesk.desk.audit import verify
from servicedesk.desk.delivery import deliver
from servicedesk.desk.deputising import appoint
from servicedesk.desk.digests import digests
from servicedesk.desk.models import Case
from servicedesk.desk.quiet import next_morning, usual_calendar
from tests import make
from tests.browser.conftest import Enter, able, later
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

DAY, SIGN, DECIDE, QUEUE = "/desk/", "/desk/sign/", "/desk/decide/", "/desk/desk/case/"
DRAFTS = ("北门排水管已清淤。", "南门路灯已修复。")
NOT_YET = "请写明由谁、何时复查。"
ASKED = "请协调管网改造资金。"
WORD = "三日内报资金方案。"


def test_a_head_knows_signs_assigns_and_stands_in_and_a_leader_decides(people: Cast, enter: Enter) -> None:
    start = timezone.now()
    at = start - timedelta(minutes=5)
    late = make.claimed(people, at=start - timedelta(days=21))
    signed, returned = (drafted(people, at, text) for text in DRAFTS)
    free = make.dispatched(people, at=at)
    helen = able("helen", "swuj", "head")
    waters = drafted(people, at, "水表已更换。", office="swuj", by=people.charlie)
    bob = enter(people.bob, width=390)
    bob.go(DAY)
    bob.log_in()
    knows_the_load(bob)
    finds_what_is_late(bob, late)
    signs_where_it_is_read(bob, signed, returned)
    assigns(bob, free, people.alice)
    at_the_desk = enter(people.bob)
    at_the_desk.go(DAY)
    at_the_desk.log_in()
    stands_in(at_the_desk, people, helen, waters)
    puts_before_the_leader(at_the_desk, late)
    with later(start, days_until_the_morning_after(start)):
        letter = letter_of_the_digest(people.erin)
        decides(enter(people.erin, width=390), late, letter)
    assert list(verify()) == []


def drafted(people: Cast, at: datetime, text: str, office: str = "zjj", by: User | None = None) -> Case:
    """A draft that waits for its signature."""
    by = by or people.alice
    case = make.dispatched(people, at=at, to=office)
    actions.claim(case, by=by, at=at)
    actions.contact(case, by=by, at=at, result="reached")
    actions.give_opinion(case, by=by, at=at, text="先到现场看。")
    actions.draft_answer(case, by=by, at=at, text=text)
    return make.again(case)


def knows_the_load(bob: Walker) -> None:
    """Each figure of the load, and of the day, leads to as many matters as it says."""
    links = bob.page.locator("section:has(> #h-load) a, .figures a")
    said = {str(link.get_attribute("href")): number_of(link) for link in links.all()}
    load = {path: number for path, number in said.items() if "officer=" in path}
    assert {1, 3} <= set(load.values()) and any("tab=late" in path for path in load)
    shown = [path for path, number in said.items() if number]
    for path in shown[:4] + [path for path in shown[4:] if path in load]:
        bob.go(path)
        assert bob.page.locator("#result_list tbody tr").count() == said[path], path
    bob.go(DAY)


def number_of(link: object) -> int:
    """The figure of a link: its own, or that of its row where it bears the officer's name."""
    words = link.evaluate(  # type: ignore[attr-defined]
        "each => (each.closest('th')?.nextElementSibling || each.querySelector('b') || each).textContent"
    )
    return int(words)


def finds_what_is_late(bob: Walker, late: Case) -> None:
    bob.press(".figures a[href$='?tab=late']", leads="tab=late")
    bob.press(f"#result_list a[href*='/{late.pk}/change/']", leads=f"/{late.pk}/change/")
    assert bob.page.locator(".wb-clocks .clock.late, .wb-clocks .clock.alarm").count() >= 1
    bob.go(DAY)


def signs_where_it_is_read(bob: Walker, signed: Case, returned: Case) -> None:
    """Both drafts stand on one page: one is signed there, one goes back with a word."""
    bob.press(f"a.btn.primary[href='{SIGN}']", leads=f"{SIGN}$")
    for case, text in zip((signed, returned), DRAFTS, strict=True):
        form = f"form[action='/desk/cases/{case.number}/sign_off/']"
        assert bob.page.input_value(f"{form} [name=text]") == text
        assert bob.page.locator(f"{form} textarea").bounding_box()["width"] > 200  # type: ignore[index]
    bob.press(f"form[action='/desk/cases/{signed.number}/sign_off/'] button", leads=f"{SIGN}$")
    form = f"form[action='/desk/cases/{returned.number}/send_back/']"
    bob.page.locator(f"details:has({form}) > summary").click()
    bob.write(form, reason=NOT_YET)
    bob.press(f"{form} button", leads=f"{SIGN}$")
    assert bob.page.locator("article.decide").count() == 0
    assert make.again(signed).state == Case.State.DECIDED
    assert returned.events.filter(verb="send_back", body=NOT_YET).exists()


def assigns(bob: Walker, free: Case, alice: User) -> None:
    bob.go(DAY)
    bob.press("section:has(> #h-load) a[href$='?officer=none']", leads="officer=none")
    bob.press(f"#result_list a[href*='/{free.pk}/change/']", leads=f"/{free.pk}/change/")
    bob.do("assign", officer=str(alice.pk))
    assert make.again(free).officer == alice


def stands_in(bob: Walker, people: Cast, helen: User, waters: Case) -> None:
    """A colleague's leave makes their signature his, in his own name and for them."""
    today = timezone.localdate()
    row = Deputy(user=helen, deputy=people.bob, since=today, until=today + timedelta(days=3), reason="年休假")
    appoint(row, by=people.grace, at=timezone.now())
    bob.go(DAY)
    assert "Helen" in bob.page.locator("p.inset[role=status]").inner_text()
    bob.go(SIGN)
    bob.press(f"form[action='/desk/cases/{waters.number}/sign_off/'] button", leads=f"{SIGN}$")
    event = waters.events.get(verb="sign_off")
    assert (event.by, event.params["for"]) == (people.bob, helen.pk)


def puts_before_the_leader(bob: Walker, late: Case) -> None:
    bob.go(f"/desk/cases/{late.number}/")
    bob.do("escalate", level="l3", reason=ASKED)
    assert late.events.filter(verb="escalate", by=bob.user).exists()


def days_until_the_morning_after(start: datetime) -> float:
    """An hour into the first working day behind the day of `start`, in days."""
    calendar = usual_calendar()
    midnight = timezone.localtime(start).replace(hour=23, minute=59)
    return (next_morning(calendar, midnight) + timedelta(hours=1) - start) / timedelta(days=1)


def letter_of_the_digest(erin: User) -> str:
    """The one letter of that morning."""
    mail.outbox.clear()
    assert digests(timezone.now()) >= 1
    deliver(timezone.now())
    letters = [each for each in mail.outbox if each.to == [erin.email] and ASKED in str(each.body)]
    assert len(letters) == 1
    return str(letters[0].body)


def decides(erin: Walker, late: Case, letter: str) -> None:
    """The letter says it in one sentence and leads to the matter; the decision takes one field."""
    said = [line for line in letter.splitlines() if ASKED in line]
    assert len(said) == 1 and str(late.number) in said[0]
    found = re.search(rf"http\S+/{late.pk}/change/", letter)
    assert found is not None
    erin.go(found[0])
    erin.log_in()
    assert erin.is_at(f"{QUEUE}{late.pk}/change/")
    assert not late.events.filter(by=erin.user).exists(), "a letter decides nothing"
    erin.go(DAY)
    assert ASKED in erin.text()
    erin.press(f"a.btn.primary[href='{DECIDE}']", leads=f"{DECIDE}$")
    assert erin.page.locator("article.decide p.lead").count() == 1
    erin.do("nudge", text=WORD)
    assert erin.is_at(DECIDE) and erin.page.locator("article.decide").count() == 0
    assert late.events.filter(verb="nudge", by=erin.user, body=WORD).exists()
