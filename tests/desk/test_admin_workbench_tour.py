"""Going through the queue matter by matter: the next one of the tab is always a key away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk import actions
from servicedesk.desk.models import Case
from tests import make
from tests.desk.staff import bench, enter, post
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(people: Cast) -> list[Case]:
    now = timezone.now()
    return [make.claimed(people, at=now - timedelta(days=60 - 20 * n)) for n in range(3)]


def test_the_page_leads_on_within_the_tab_one_came_from(
    client: Client, people: Cast, cases: list[Case]
) -> None:
    one, two, three = cases
    enter(client, people.alice)
    page = client.get(f"{bench(two)}?_changelist_filters=tab%3Dmine")
    assert (page.context["tour"].earlier, page.context["tour"].later) == (one.pk, three.pk)
    html = page.content.decode()
    assert f'href="{bench(three)}?tab=mine" data-key="j"' in html
    assert f'href="{bench(one)}?tab=mine" data-key="k"' in html
    assert (
        'data-goes data-key="n"' in html
        and 'data-goes data-key="v"' in html
        and "data-keyboard-switch" in html
    )
    assert client.get(bench(two)).context["tour"] is None
    assert client.get(f"{bench(two)}?tab=nonsense").context["tour"] is None


def test_after_a_verb_the_next_matter_is_offered_though_this_one_left(
    client: Client, people: Cast, cases: list[Case]
) -> None:
    one, two, _three = cases
    enter(client, people.alice)
    done = post(client, one, "note", text="记一笔", tab="mine")
    assert done["Location"] == f"{bench(one)}?tab=mine"
    actions.assign(make.again(one), by=people.bob, at=timezone.now(), officer=people.bob)
    assert client.get(f"{bench(one)}?tab=mine").context["tour"].later == two.pk
    forged = post(client, two, "note", text="记一笔", tab="//evil")
    assert forged["Location"] == bench(two)


def test_what_came_next_still_does_when_the_verb_made_this_one_less_pressing(
    client: Client, people: Cast
) -> None:
    at = timezone.now() - timedelta(minutes=5)
    # Of those due together the last comes first.
    three, two, one = (make.claimed(people, at=at) for _ in range(3))
    enter(client, people.alice)
    assert client.get(f"{bench(one)}?tab=mine").context["tour"].later == two.pk
    done = post(client, one, "contact", result="reached", tab="mine", later=str(two.pk))
    assert done["Location"] == f"{bench(one)}?tab=mine&later={two.pk}"
    tour = client.get(done["Location"]).context["tour"]
    assert (tour.earlier, tour.later) == (three.pk, two.pk)
    watched = client.post(f"/desk/cases/{two.number}/watch/", {"tab": "mine", "later": str(three.pk)})
    assert watched["Location"] == f"{bench(two)}?tab=mine&later={three.pk}"
    assert client.get(f"{bench(one)}?tab=mine&later=x").context["tour"].later is None
