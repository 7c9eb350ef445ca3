"""Watching a matter: who hears of what, and that it ends with the sight of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk import actions, watching
from servicedesk.desk.errors import NotAllowed
from servicedesk.desk.models import Case, Notice, Watch
from tests import make
from tests.desk.staff import DAY, bench, enter
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people: Cast) -> Case:
    return make.claimed(people, at=timezone.now() - timedelta(minutes=5))


def heard(people_name: str, verb: str) -> int:
    rows = Notice.objects.filter(recipient__username=people_name, event__verb=verb, channel="app")
    return rows.count()


def test_watching_is_a_button_and_the_page_says_who_does(client: Client, people: Cast, case: Case) -> None:
    enter(client, people.frank)
    path = f"/desk/cases/{case.number}/watch/"
    assert client.post(path)["Location"] == bench(case)
    assert client.post(path).status_code == 302
    assert Watch.objects.filter(case=case, user=people.frank).count() == 1
    html = client.get(bench(case)).content.decode()
    assert "Watched by" in html and "Watch no more" in html and "Frank" in html
    html = client.get(DAY).content.decode()
    assert "You watch" in html and str(case.number) in html
    client.post(path, {"stop": "1"})
    assert not Watch.objects.exists()
    assert client.get(path).status_code == 405
    enter(client, people.charlie)
    assert client.post(path).status_code == 404
    with pytest.raises(NotAllowed):
        watching.watch(case, by=people.wang, at=timezone.now())


def test_watchers_hear_of_what_is_public_and_of_no_note(people: Cast, case: Case) -> None:
    now = timezone.now()
    watching.watch(case, by=people.frank, at=now)
    watching.watch(case, by=people.alice, at=now)
    actions.note(case, by=people.bob, at=now, text="内部")
    assert heard("frank", "note") == 0
    actions.contact(case, by=people.alice, at=now, result="reached")
    assert heard("frank", "contact") == 1 and heard("alice", "contact") == 0
    actions.message(case, by=people.wang, at=now, text="快点")
    # Alice has the matter and is told for that; not a second time for watching.
    assert heard("alice", "message") == 1 and heard("frank", "message") == 1


def test_who_loses_sight_of_it_watches_it_no_more(people: Cast, case: Case) -> None:
    now = timezone.now()
    watching.watch(case, by=people.bob, at=now)
    actions.transfer(case, by=people.bob, at=now, office=people.office("swuj"), reason="管网归水务")
    actions.message(make.again(case), by=people.wang, at=now, text="谁在办？")
    assert heard("bob", "message") == 0 and not Watch.objects.filter(user=people.bob).exists()
