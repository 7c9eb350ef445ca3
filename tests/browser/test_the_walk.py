"""The straight path of the direct line in a real browser, with a real worker and a real mail server."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import pytest
from django.utils import timezone

from enterprises.models import Topic
from servicedesk.desk import tasks
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event
from tests.browser.conftest import Enter
from tests.browser.walking import Walker
from tests.faults.world import Sink, wait_until, worker
from tests.people import Cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]

START = "/start/direct-line/"
FORM = "form[data-autosave]"
MATTER = "厂门口积水半米深，货车进不来，已经停产两天。"
TITLE = "长江路厂门口积水"
OPINION = "先抽排，再清淤，三日内完成。"
ANSWER = "排水管已清淤，积水已退。"
BETTER = "排水管已清淤，并加装了一道雨水箅子，积水已退。"
STILL_WET = "昨夜下雨，门口又积水了。"
AT_LAST = "破损的主管已更换，雨后复查无积水。"


def test_a_company_is_heard_answered_heard_again_and_content(
    people: Cast, enter: Enter, photo: Path, mail: tuple[Sink, str], site: str
) -> None:
    sink, address = mail
    with worker(EMAIL_URL=address, SITE_URL=site):
        # The company and the head of the office hold a phone.
        wang, diana = enter(people.wang, width=390), enter(people.diana)
        alice, bob = enter(people.alice), enter(people.bob, width=390)
        number, secret = submit(wang, photo)
        dispatch(diana, number)
        office_works(alice, number)
        head_signs(bob, alice, number)
        matter = read_the_letter(wang, sink, number)
        not_solved(wang, matter)
        office_answers_again(alice, bob, number)
        content(wang, matter)
        look_up(enter(people.zhao, width=390), number, secret)
    assert broken(timezone.now()) == []
    assert Case.objects.get(number=number).outcome == Case.Outcome.SOLVED


def submit(wang: Walker, photo: Path) -> tuple[str, str]:
    """Begin, leave, come back to the draft, check, press twice."""
    page = wang.page
    wang.go("/")
    wang.go(START)
    wang.log_in()
    assert wang.is_at(START)
    with wang.saves_the_draft(MATTER):
        wang.write(FORM, text=MATTER, place="长江路 18 号", contact_phone="138 0000 0001")
    wang.choose_files(FORM, photo)
    wang.press("button[name=save]", leads="/matters/$")
    wang.press("#drafts a.title", leads=rf"{START}\d+/$")
    assert page.locator("[name=text]").input_value() == MATTER
    wang.press(f"{FORM} button.primary", leads="/check/$")
    assert MATTER in wang.text() and photo.name in wang.text()
    with page.expect_navigation(url=re.compile("/received/$")):
        page.dblclick("form[data-once] button.primary")
    wang.arrive()
    case = Case.objects.get()
    assert Event.objects.filter(verb="submit").count() == 1
    number, secret = page.inner_text(".confirm .number"), page.inner_text(".secret")
    assert (number, secret) == (case.number, case.secret)
    assert page.locator(".promised > div").count() == 6
    wang.press(f"a.btn.primary[href='/matters/{number}/']")
    assert MATTER in wang.text()
    return number, secret


def dispatch(diana: Walker, number: str) -> None:
    """The centre finds it in My day and in the queue, and gives it title, topic and office."""
    diana.go("/desk/")
    diana.log_in()
    assert diana.is_at("/desk/")
    assert number in diana.text()
    diana.go("/desk/desk/case/?tab=dispatch")
    diana.press(f"#result_list tr:has-text('{number}') a", leads=r"/desk/desk/case/\d+/change/")
    topic = Topic.objects.valid().order_by("pk").first()
    office = Case.objects.get().office.__class__.objects.get(code="zjj")
    assert topic is not None
    diana.do("dispatch", title=TITLE, topic=str(topic.pk), office=str(office.pk))
    case = Case.objects.get()
    assert (case.title, case.office.code, case.direct_line.topic) == (TITLE, "zjj", topic)


def office_works(alice: Walker, number: str) -> None:
    """Claim, call in vain, reach them, give an opinion, draft."""
    alice.go("/desk/")
    alice.log_in()
    alice.press(f"section a.title:has-text('{TITLE}')")
    alice.do("claim")
    alice.do("contact", result="no_answer", number="13800000001")
    assert not Case.objects.get().clocks.get(code="contact").stopped_at, "a call in vain is no contact"
    alice.do("contact", result="reached", number="13800000001", text="下午到现场。")
    alice.do("give_opinion", text=OPINION)
    alice.do("draft_answer", text=ANSWER)


def head_signs(bob: Walker, alice: Walker, number: str) -> None:
    """The head sends the draft back once, then signs the better one."""
    bob.go("/desk/")
    bob.log_in()
    bob.press(f"section a.title:has-text('{TITLE}')")
    bob.do("send_back", reason="请写明今后怎么办。")
    alice.go(f"/desk/cases/{number}/")
    assert "请写明今后怎么办。" in alice.text()
    alice.do("draft_answer", text=BETTER)
    bob.go(f"/desk/cases/{number}/")
    bob.do("sign_off")


def read_the_letter(wang: Walker, sink: Sink, number: str) -> str:
    """The answer comes by mail with a link that leads to the matter."""
    tasks.deliver_notices.apply_async(retry=False)
    wait_until(lambda: letters(sink, "wang@example.cn", BETTER), "the answer has not come by mail")
    (letter,) = letters(sink, "wang@example.cn", BETTER)
    found = re.search(r"http\S+", letter)
    assert found is not None and found[0].endswith(f"/matters/{number}/")
    wang.go(found[0])
    assert BETTER in wang.text() and OPINION in wang.text()
    return f"/matters/{number}/"


def letters(sink: Sink, to: str, words: str) -> list[str]:
    """Texts of the mails to somebody that hold these words."""
    mails = [
        email.message_from_bytes(content, policy=email.policy.default) for _name, content in list(sink.mails)
    ]
    texts = [each.get_content() for each in mails if each["To"] == to]
    return [text for text in texts if words in text]


def not_solved(wang: Walker, matter: str) -> None:
    """The clocks say when they were due and why; it is wet again, and the company says so."""
    page = wang.page
    assert page.locator(".bars .clock").count() >= 4
    page.click("details.why > summary")
    wang.press(f"details.why a[href^='{matter}clocks/']", leads=r"/clocks/\d+/$")
    assert page.locator("table.statement tbody tr").count() >= 1
    wang.press(f"a[href='{matter}']")
    wang.do("redo", reason=STILL_WET)
    assert Case.objects.get().events.filter(verb="redo").count() == 1


def office_answers_again(alice: Walker, bob: Walker, number: str) -> None:
    alice.go("/desk/")
    alice.press(f"section a.title:has-text('{TITLE}')")
    assert STILL_WET in alice.text()
    alice.do("draft_answer", text=AT_LAST)
    bob.go("/desk/desk/case/?tab=signing")
    bob.press(f"#result_list tr:has-text('{number}') a", leads="/change/")
    bob.do("sign_off")


def content(wang: Walker, matter: str) -> None:
    """Solved at last; the rating has no default."""
    wang.go("/matters/")
    wang.press(f"a.title[href='{matter}']")
    assert AT_LAST in wang.text()
    wang.do("confirm")
    assert not wang.page.locator("[name=level]:checked").count()
    wang.do("rate", level="5", text="办得扎实。")
    assert Case.objects.get().direct_line.rating == 5


def look_up(stranger: Walker, number: str, secret: str) -> None:
    """Number and secret open the public story and nothing personal."""
    stranger.go("/track/")
    stranger.write("main form", number=number.lower(), secret=secret)
    stranger.press("main form button.primary")
    said = stranger.text()
    assert number in said and AT_LAST in said
    assert MATTER not in said and "13800000001" not in said
