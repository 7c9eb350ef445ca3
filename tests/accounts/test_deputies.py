"""Deputies for leave act in their own name for somebody else; who leaves hands everything over."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import Deputy, Post, User
from servicedesk.desk import actions, audit
from servicedesk.desk.actions import handing
from servicedesk.desk.chronicle import Chronicle
from servicedesk.desk.deputising import appoint, end
from servicedesk.desk.errors import BadInput, DeskError, NotAllowed
from servicedesk.desk.models import Event, Notice
from servicedesk.desk.permissions import may, posts_of, visible_to
from tests.desk.staff import administrator, bench, enter
from tests.make import again, claimed
from tests.people import HOUSING, SINCE, Cast, cast, person, posted

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
BEFORE = NOW - timedelta(hours=1)


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


def stands_in(people: Cast, deputy: User, absent: User, *, days: int = 5, by: User | None = None) -> Deputy:
    row = Deputy(user=absent, deputy=deputy, since=TODAY, until=TODAY + timedelta(days=days), reason="年休假")
    return appoint(row, by=by or people.bob, at=NOW)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_within_the_days_the_deputy_holds_the_posts_and_the_matters(people: Cast) -> None:
    case = claimed(people, at=BEFORE)
    assert not may(people.charlie, "contact", case, NOW)
    stands_in(people, people.charlie, people.alice)
    charlie = fresh(people.charlie)
    assert may(charlie, "contact", case, NOW)
    assert visible_to(charlie, NOW).filter(pk=case.pk).exists()
    later = NOW + timedelta(days=7)
    assert not may(fresh(people.charlie), "contact", case, later)
    assert {post.office.code for post in posts_of(fresh(people.charlie), date(2026, 1, 1))} == {"swuj"}


def test_what_the_deputy_does_is_theirs_and_says_for_whom(people: Cast) -> None:
    case = claimed(people, at=BEFORE)
    stands_in(people, people.charlie, people.alice)
    event = actions.contact(case, by=fresh(people.charlie), at=NOW, result="reached")
    assert (event.by, event.params["for"]) == (people.charlie, people.alice.pk)
    assert Chronicle(again(case)).entries()[0].who in ("Charlie 代 Alice", "Charlie for Alice")
    assert audit.verify([f"case:{case.pk}"]) == []


def test_what_one_may_oneself_is_done_in_ones_own_name(people: Cast) -> None:
    case = claimed(people, at=BEFORE)
    stands_in(people, people.bob, people.alice, by=people.grace)
    assert "for" not in actions.contact(case, by=fresh(people.bob), at=NOW, result="reached").params


def test_news_and_the_day_reach_the_deputy_once(client: Client, people: Cast) -> None:
    case = claimed(people, at=BEFORE)
    stands_in(people, people.charlie, people.alice)
    actions.message(case, by=people.wang, at=NOW, text="请回电。")
    event = Event.objects.get(case=case, verb="message")
    heard = Notice.objects.filter(event=event, channel="app", recipient__is_staff=True)
    assert sorted(heard.values_list("recipient__username", flat=True)) == ["alice", "charlie"]
    enter(client, people.charlie)
    page = client.get("/desk/").content.decode()
    assert "You stand in for Alice" in page
    assert str(case.number) in page
    assert client.get(bench(case)).status_code == 200
    enter(client, people.alice)
    assert "Charlie stands in for you" in client.get("/desk/").content.decode()


def test_complaints_about_ones_own_office_do_not_come_with_the_post(people: Cast) -> None:
    case = claimed(people, at=BEFORE)
    case.against = people.office("swuj")
    case.save(update_fields=["against"])
    stands_in(people, people.charlie, people.alice)
    actions.message(case, by=people.wang, at=NOW, text="请回电。")
    assert not visible_to(fresh(people.charlie), NOW).filter(pk=case.pk).exists()
    assert not Notice.objects.filter(recipient=people.charlie, event__verb="message").exists()


def test_a_post_is_not_lent_on(people: Cast) -> None:
    zoe = posted(person("zoe"), "swuj", "officer")
    stands_in(people, people.charlie, people.alice)
    with pytest.raises(BadInput, match=r"away|不在|请假|离岗"):
        stands_in(people, people.alice, people.charlie, by=people.grace)
    with pytest.raises(BadInput):
        stands_in(people, zoe, people.charlie, by=people.grace)
    Deputy.objects.create(
        user=people.charlie,
        deputy=zoe,
        since=TODAY,
        until=TODAY,
        reason="",
        granted_by=people.grace,
        granted_at=NOW,
    )
    assert {post.office.code for post in posts_of(zoe, TODAY)} == {"swuj"}


@pytest.mark.parametrize("role", ["security", "system", "auditor"])
def test_keepers_of_the_machine_neither_lend_nor_borrow(people: Cast, role: str) -> None:
    keeper = administrator(role)
    for absent, deputy in ((keeper, people.alice), (people.alice, keeper)):
        with pytest.raises(BadInput):
            stands_in(people, deputy, absent, by=people.grace)
    Deputy.objects.create(
        user=keeper,
        deputy=people.alice,
        since=TODAY,
        until=TODAY,
        reason="",
        granted_by=people.grace,
        granted_at=NOW,
    )
    Deputy.objects.create(
        user=people.bob,
        deputy=keeper,
        since=TODAY,
        until=TODAY,
        reason="",
        granted_by=people.grace,
        granted_at=NOW,
    )
    assert {post.role for post in posts_of(people.alice, TODAY)} == {"officer"}
    assert {post.role for post in posts_of(keeper, TODAY)} == {role}


def test_only_who_leads_the_office_appoints_and_never_themselves(people: Cast) -> None:
    for by in (people.alice, people.charlie, people.diana, people.frank):
        with pytest.raises(NotAllowed):
            stands_in(people, people.charlie, people.alice, by=by)
    with pytest.raises(BadInput):
        stands_in(people, people.bob, people.alice, by=people.bob)
    with pytest.raises(BadInput):
        stands_in(people, people.charlie, people.alice, days=120)
    row = stands_in(people, people.charlie, people.alice, by=people.erin)
    with pytest.raises(NotAllowed):
        end(row, by=people.charlie, at=NOW)
    end(row, by=people.alice, at=NOW)
    assert {post.office.code for post in posts_of(fresh(people.charlie), TODAY)} == {"swuj"}
    told = Event.objects.filter(verb__in=["deputy_grant", "deputy_end"])
    assert set(told.values_list("chain", flat=True)) == {
        f"user:{people.alice.pk}",
        f"user:{people.charlie.pk}",
    }


def test_a_deputy_is_appointed_on_the_page(client: Client, people: Cast) -> None:
    enter(client, people.bob)
    add = "/desk/accounts/deputy/add/"
    data = {
        "user": people.alice.pk,
        "deputy": people.charlie.pk,
        "since": str(TODAY),
        "until": str(TODAY),
        "reason": "病假",
    }
    assert "Nobody appoints themselves" in client.post(add, data | {"deputy": people.bob.pk}).content.decode()
    assert client.post(add, data).status_code == 302
    row = Deputy.objects.get()
    assert row.granted_by == people.bob
    assert client.get("/desk/accounts/deputy/").status_code == 200
    enter(client, people.alice)
    assert client.get(add).status_code == 403
    assert client.get("/desk/accounts/deputy/hand-over/").status_code == 403


def test_everything_open_goes_over_with_a_sheet(client: Client, people: Cast) -> None:
    first, second = claimed(people, at=BEFORE), claimed(people, at=BEFORE)
    heir = posted(person("heir"), HOUSING, "officer")
    enter(client, people.bob)
    data = {
        "office": people.office().pk,
        "leaving": people.alice.pk,
        "taking": heir.pk,
        "leaves": "on",
        "reason": "调离",
    }
    path = "/desk/accounts/deputy/hand-over/"
    page = client.post(path, data).content.decode()
    assert str(first.number) in page
    assert again(first).officer == people.alice
    page = client.post(path, data | {"confirm": "1"}).content.decode()
    assert "Hand-over sheet" in page
    assert str(second.number) in page
    for case in (first, second):
        assert again(case).officer == heir
        assert set(again(case).steps.filter(state="running").values_list("officer", flat=True)) == {heir.pk}
        event = Event.objects.get(case=case, verb="assign")
        assert (event.by, event.params["handed_over_by"], event.body) == (
            people.bob,
            people.alice.pk,
            "调离",
        )
    assert Post.objects.get(user=people.alice).until == TODAY
    assert Event.objects.get(chain=f"user:{people.alice.pk}", verb="handed_over").params["numbers"] == [
        first.number,
        second.number,
    ]
    assert Notice.objects.filter(recipient=heir, channel="app").count() >= 2
    assert audit.verify() == []


def test_nobody_else_hands_over_and_not_to_a_stranger(people: Cast) -> None:
    case = claimed(people, at=BEFORE)
    plan = handing.HandOver(people.office(), people.alice, people.charlie, "调离")
    with pytest.raises(NotAllowed):
        handing.hand_over(plan, by=people.charlie, at=NOW)
    with pytest.raises(BadInput):
        handing.hand_over(plan, by=people.grace, at=NOW)
    with pytest.raises(DeskError):
        handing.hand_over(
            handing.HandOver(people.office(), people.alice, people.alice, "调离"), by=people.bob, at=NOW
        )
    assert again(case).officer == people.alice
    heir = posted(person("heir"), HOUSING, "officer")
    Post.objects.filter(user=heir).update(since=SINCE)
    rows = handing.hand_over(
        handing.HandOver(people.office(), people.alice, heir, "调离"), by=people.grace, at=NOW
    )
    assert [(row.case.pk, row.done) for row in rows] == [(case.pk, True)]
