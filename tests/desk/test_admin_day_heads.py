"""A head signs where the draft is read; a leader decides by phone; the digest says it in a sentence each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk import actions, raised
from servicedesk.desk.digests import digests
from servicedesk.desk.models import Case, Notice
from tests import make
from tests.desk.staff import DAY, INLINE, at_verb, enter
from tests.people import Cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]
SIGN, DECIDE = "/desk/sign/", "/desk/decide/"


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(minutes=5)


def escalated(people: Cast, at: datetime) -> Case:
    case = make.claimed(people, at=at)
    actions.escalate(case, by=people.bob, at=at, reason="请协调管网改造。")
    return make.again(case)


def answer(client: Client, case: Case, verb: str, back: str, **data: Any) -> Any:
    version = make.again(case).version
    return client.post(at_verb(case, verb), {"version": version, "back": back, **data})


def test_a_head_reads_the_draft_and_signs_it_there(client: Client, people: Cast, at: datetime) -> None:
    case = make.drafted(people, at=at)
    enter(client, people.bob)
    assert SIGN in client.get(DAY).content.decode()
    html = client.get(SIGN).content.decode()
    assert "已清淤，积水已退。" in html and "Drafted by Alice" in html and not INLINE.search(html)
    done = answer(client, case, "sign_off", "sign", text="已清淤，积水已退。请查看。")
    assert (done.status_code, done["Location"]) == (302, SIGN)
    assert make.again(case).state == "decided"
    client.get(DAY)
    assert str(case.number) not in client.get(SIGN).content.decode()


def test_a_draft_is_returned_in_place_and_a_lost_race_says_so(
    client: Client, people: Cast, at: datetime
) -> None:
    case = make.drafted(people, at=at)
    enter(client, people.bob)
    assert answer(client, case, "send_back", "sign", reason="请写明日期。")["Location"] == SIGN
    other = make.drafted(people, at=at)
    stale = {"version": other.version - 1, "back": "sign", "text": "旧的"}
    assert client.post(at_verb(other, "sign_off"), stale).status_code == 409
    assert make.again(other).state == "accepted"
    enter(client, people.alice)
    assert client.get(SIGN).status_code == 404


def test_a_leader_reads_one_sentence_and_decides_with_one_field(
    client: Client, people: Cast, at: datetime
) -> None:
    case = escalated(people, at)
    enter(client, people.erin)
    html = client.get(DAY).content.decode()
    assert "Put before you" in html and "Bob put" in html and "请协调管网改造。" in html
    html = client.get(DECIDE).content.decode()
    assert "Bob put" in html and at_verb(case, "nudge") in html and not INLINE.search(html)
    assert client.get(at_verb(case, "nudge")).status_code == 302
    assert not case.events.filter(verb="nudge").exists()
    assert answer(client, case, "nudge", "decide", text="三日内报方案。")["Location"] == DECIDE
    assert "Nothing waits for your decision." in client.get(DECIDE).content.decode()
    enter(client, people.bob)
    assert client.get(DECIDE).status_code == 404


def test_what_was_asked_to_be_parked_is_approved_as_asked(client: Client, people: Cast, at: datetime) -> None:
    case = escalated(people, at)
    actions.contact(case, by=people.alice, at=at, result="reached")
    actions.give_opinion(make.again(case), by=people.alice, at=at, text="等。")
    until = timezone.now() + timedelta(days=30)
    actions.ask_park(make.again(case), by=people.alice, at=at, reason="明年开工。", basis="计划", until=until)
    enter(client, people.erin)
    page = client.get(DECIDE)
    [(row, _seen)] = page.context["rows"]
    form = next(offer.form for offer in row.offers if offer.verb == "park")
    assert all(field.is_hidden for field in form)
    sent = {name: form[name].value() for name in form.fields}
    assert answer(client, case, "park", "decide", **sent)["Location"] == DECIDE
    assert make.again(case).pauses.filter(category="parked", until=None).exists()


def test_the_digest_holds_a_sentence_and_a_link_that_decides_nothing(people: Cast) -> None:
    case = escalated(people, make.MONDAY)
    at = make.moment("2026-03-03 09:30")
    assert people.erin.pk in raised.waited_for(at)
    assert digests(at) >= 1 and digests(at) == 0
    body = Notice.objects.get(recipient=people.erin, event__verb="digest", channel="app").body
    assert str(case.number) in body and "请协调管网改造。" in body
    assert f"/desk/desk/case/{case.pk}/change/" in body
    actions.nudge(case, by=people.erin, at=at, text="三日内报方案。")
    assert people.erin.pk not in raised.waited_for(at)
    digests(make.moment("2026-03-04 09:30"))
    assert Notice.objects.filter(recipient=people.erin, event__verb="digest", channel="app").count() == 1


def test_the_pages_cost_the_same_however_much_waits(
    client: Client, people: Cast, at: datetime, django_assert_max_num_queries: Any
) -> None:
    for size in (1, 4):
        for _ in range(size):
            make.drafted(people, at=at)
            escalated(people, at)
        for user, path in ((people.bob, SIGN), (people.erin, SIGN), (people.erin, DECIDE)):
            enter(client, user).get(path)
            with django_assert_max_num_queries(14):
                client.get(path)
