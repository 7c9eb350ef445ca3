"""Two officers on one matter: whoever comes second is told who did what, and keeps every word."""

from __future__ import annotations

import pytest
from django.utils import timezone

from servicedesk.desk import actions
from servicedesk.desk.models import Case
from tests import make
from tests.browser.conftest import Enter
from tests.browser.walking import Walker
from tests.people import Cast

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

WORDS = "电话里约定下午两点到现场，请带好图纸。"


@pytest.fixture
def case(people: Cast) -> Case:
    return make.claimed(people, at=timezone.now())


@pytest.fixture
def alice(people: Cast, enter: Enter, case: Case) -> Walker:
    """The officer at the page of the case, with a phone in hand."""
    walker = enter(people.alice, width=390)
    walker.go(f"/desk/cases/{case.number}/")
    walker.log_in()
    return walker


def test_the_second_post_keeps_its_words_and_may_be_sent_again(
    alice: Walker, people: Cast, enter: Enter, case: Case
) -> None:
    bob = enter(people.bob)
    bob.go(f"/desk/cases/{case.number}/")
    bob.log_in()
    bob.do("contact", result="no_answer", text="没人接。")
    alice.do("contact", result="reached", text=WORDS)
    assert alice.is_at(f"/desk/cases/{case.number}/contact/")
    assert "Bob" in alice.text() and "没人接。" in alice.text()
    assert alice.page.input_value("form.contact [name=text]") == WORDS
    assert alice.page.locator("form.contact [name=result]:checked").get_attribute("value") == "reached"
    alice.press("form.contact button.primary")
    assert alice.is_at(f"/desk/desk/case/{case.pk}/change/")
    results = [event.params["result"] for event in case.events.filter(verb="contact").order_by("seq")]
    assert results == ["no_answer", "reached"]


def test_what_is_no_longer_possible_is_given_back_to_copy(alice: Walker, people: Cast, case: Case) -> None:
    actions.contact(case, by=people.bob, at=timezone.now(), result="reached")
    alice.do("contact", result="reached", text=WORDS)
    assert alice.page.input_value("textarea[readonly]") == WORDS
    assert case.events.filter(verb="contact").count() == 1
    alice.press("main a.btn.primary, #content a.btn.primary")
    assert alice.is_at(f"/desk/desk/case/{case.pk}/change/")


def test_a_matter_that_went_elsewhere_gives_the_words_back_and_nothing_more(
    alice: Walker, people: Cast, case: Case
) -> None:
    at = timezone.now()
    actions.return_to_centre(case, by=people.bob, at=at, reason="属水务局职责。")
    actions.dispatch(make.again(case), by=people.diana, at=at, office=people.office("swuj"), title="积水")
    alice.do("contact", result="reached", text=WORDS)
    assert WORDS in [box.input_value() for box in alice.page.locator("textarea[readonly]").all()]
    assert "属水务局职责" not in alice.text()
    alice.press("#content a.btn.primary")
    assert alice.is_at("/desk/desk/case/")
