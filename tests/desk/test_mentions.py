"""Mentions in internal notes: who may be named, who is told, and what is said of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.colleagues import colleagues, sees
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Notice
from servicedesk.desk.permissions import today
from servicedesk.desk.serving import all_offices
from tests import make
from tests.desk.staff import bench, enter, post
from tests.enterprises import overseeing
from tests.people import Cast

pytestmark = pytest.mark.django_db
AT = make.MONDAY


@pytest.fixture
def case(people: Cast) -> Case:
    return make.claimed(people, at=timezone.now() - timedelta(minutes=5))


def told(case: Case) -> set[str]:
    rows = Notice.objects.filter(event__case=case, event__verb="note", channel="app")
    return set(rows.values_list("recipient__username", flat=True))


def offered(case: Case) -> set[User]:
    return set(colleagues(case, case.steps.all(), all_offices().values(), today(AT)))


def test_those_offered_are_those_who_may_see_the_matter(people: Cast, case: Case) -> None:
    complaint = overseeing.complaint(people)
    staff = list(User.objects.filter(is_staff=True))
    assert offered(case) == {people.alice, people.bob, people.diana, people.erin, people.frank, people.grace}
    for each in (case, complaint):
        assert offered(each) == {user for user in staff if sees(user, each, timezone.now())}, each.kind
    actions.transfer(
        case, by=people.bob, at=timezone.now(), office=people.office("swuj"), reason="管网归水务"
    )
    moved = make.again(case)
    assert people.charlie in offered(moved) and people.alice not in offered(moved)


def test_a_ticked_colleague_is_told_and_named_in_the_timeline(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.alice)
    page = client.get(bench(case)).content.decode()
    assert "Internal note: the company never sees this." in page and "Bob ·" in page
    assert "Public: the company reads this." in page and "Charlie ·" not in page
    assert post(client, case, "note", text="请看一下", mentions=[people.bob.pk]).status_code == 302
    assert told(case) == {"bob"}
    event = case.events.get(verb="note")
    assert event.params["mentions"] == [people.bob.pk] and not event.public
    assert "@ Bob" in client.get(bench(case)).content.decode()
    enter(client, people.bob)
    assert (
        "Alice mentioned you in a note" in Notice.objects.filter(recipient=people.bob).latest("pk").subject
        or "Alice" in Notice.objects.filter(recipient=people.bob).latest("pk").body
    )


def test_a_name_behind_the_sign_is_a_mention(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.alice)
    words = "@Bob 与@Erin请看，联系邮箱 a@b.cn，@Alice 我自己跟进"
    assert post(client, case, "note", text=words).status_code == 302
    assert told(case) == {"bob", "erin"}


def test_who_may_not_see_it_is_never_told_and_the_field_says_so(
    client: Client, people: Cast, case: Case
) -> None:
    enter(client, people.alice)
    for given in ({"text": "看", "mentions": [people.charlie.pk]}, {"text": "@Charlie 看"}):
        page = post(client, case, "note", **given)
        html = page.content.decode()
        assert page.status_code == 422 and 'id="note_mentions_error"' in html
        assert "may not see this matter" in html or "may see this matter" in html
    with pytest.raises(BadInput):
        actions.note(case, by=people.alice, at=timezone.now(), text="看", mentions=[people.charlie])
    with pytest.raises(BadInput):
        actions.note(case, by=people.alice, at=timezone.now(), text="看", mentions=[people.wang])
    assert told(case) == set() and not case.events.filter(verb="note").exists()


def test_two_of_one_name_are_told_apart_by_ticking(client: Client, people: Cast, case: Case) -> None:
    User.objects.filter(pk=people.erin.pk).update(name="Bob")
    enter(client, people.alice)
    page = post(client, case, "note", text="@Bob 看")
    assert page.status_code == 422 and "several called" in page.content.decode()
    assert post(client, case, "note", text="@Bob 看", mentions=[people.erin.pk]).status_code == 302
    assert told(case) == {"erin"}


def test_the_company_sees_neither_note_nor_mention(client: Client, people: Cast, case: Case) -> None:
    actions.note(case, by=people.alice, at=timezone.now(), text="内部的话", mentions=[people.bob])
    enter(client, people.wang)
    html = client.get(f"/matters/{case.number}/").content.decode()
    assert "内部的话" not in html and "Bob" not in html
