"""My day: figures that lead to what they count, what is due next, what was told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from servicedesk.desk import actions, health
from servicedesk.desk.models import Notice
from tests import make
from tests.desk.staff import DAY, INLINE, QUEUE, administrator, enter, rows
from tests.people import Cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def work(people: Cast) -> None:
    now = timezone.now()
    make.submitted(people, at=now)
    make.dispatched(people, at=now)
    make.claimed(people, at=now - timedelta(days=60))
    make.answered(people, at=now)
    drafted = make.claimed(people, at=now)
    actions.contact(drafted, by=people.alice, at=now, result="reached")
    actions.give_opinion(drafted, by=people.alice, at=now, text="先抽排")
    actions.draft_answer(drafted, by=people.alice, at=now, text="已清淤")


def test_every_figure_is_a_link_to_what_it_counts(client: Client, people: Cast) -> None:
    work(people)
    for user in (people.alice, people.bob, people.diana, people.erin, people.grace):
        enter(client, user)
        page = client.get(DAY)
        assert page.status_code == 200 and not INLINE.search(page.content.decode())
        for figure in page.context["figures"]:
            link = f"{QUEUE}?tab={figure.tab.code}"
            assert link in page.content.decode()
            assert len(rows(client.get(link))) == figure.number, (user, figure.tab.code)


def test_what_is_most_urgent_for_each_is_listed(client: Client, people: Cast) -> None:
    work(people)
    first = {people.alice: "mine", people.bob: "signing", people.diana: "dispatch"}
    for user, code in first.items():
        enter(client, user)
        assert client.get(DAY).context["lists"][0].code == code, user


def test_a_head_sees_who_has_how_much_in_hand(client: Client, people: Cast) -> None:
    work(people)
    enter(client, people.bob)
    page = client.get(DAY)
    load = {row.name: (row.open, row.late) for row in page.context["load"]}
    assert load == {"": (1, 0), "Alice": (3, 1)}
    assert all(row.oldest for row in page.context["load"])
    assert len(rows(client.get(f"{QUEUE}?officer={people.alice.pk}"))) == 3
    enter(client, people.alice)
    assert client.get(DAY).context["load"] == []


def test_what_was_told_is_read_by_its_reader_only(client: Client, people: Cast) -> None:
    make.dispatched(people, at=timezone.now())
    mine = Notice.objects.unread(people.alice)
    one, other = mine.first(), Notice.objects.unread(people.diana).first()
    enter(client, people.alice)
    assert one.subject in client.get(DAY).content.decode()
    client.post("/desk/notices/read/", {"notice": [one.pk, other.pk, "x"]})
    assert not mine.exists()
    assert Notice.objects.get(pk=other.pk).read_at is None
    make.dispatched(people, at=timezone.now())
    client.post("/desk/notices/read/", {"all": "1", "shown": [notice.pk for notice in mine.all()]})
    assert not mine.all().exists()
    assert client.get("/desk/notices/read/").status_code == 405


def test_who_has_no_case_rights_is_shown_their_registers_and_no_figure(client: Client, people: Cast) -> None:
    work(people)
    enter(client, administrator("security"))
    page = client.get(DAY)
    assert "figures" not in page.context and "/desk/accounts/post/" in page.content.decode()
    assert "ZT-" not in page.content.decode()


def test_a_dead_worker_is_told_to_staff_on_my_day_and_in_the_queue(client: Client, people: Cast) -> None:
    enter(client, people.alice)
    said = "Reminders and letters are late"
    for path in (DAY, QUEUE):
        health.note_sweep(timezone.now())
        assert said not in client.get(path).content.decode()
        # The queue asks again a few seconds later.
        cache.clear()
        health.note_sweep(timezone.now() - timedelta(minutes=3))
        html = client.get(path).content.decode()
        assert said in html and "right all the same" in html and not INLINE.search(html)


def test_it_costs_the_same_few_queries_however_much_there_is(
    client: Client, people: Cast, django_assert_max_num_queries: Any
) -> None:
    for _number in range(6):
        work(people)
    for user in (people.alice, people.bob, people.diana, people.erin, people.grace):
        enter(client, user)
        client.get(DAY)
        with django_assert_max_num_queries(19):
            client.get(DAY)
