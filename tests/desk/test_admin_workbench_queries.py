"""What the pages of a matter cost: a fixed number of queries for the fullest of every kind, few or many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk import registry
from servicedesk.desk.models import Case
from servicedesk.desk.queue import cases_of_desk
from tests.desk import full
from tests.desk.staff import bench
from tests.kind_suite import Walk
from tests.people import Cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST = 25
# How far each kind is walked before its pages are looked at.
AT = 2
KINDS = [kind.code for kind in registry.kinds() if kind.code != "direct-line"]


def desk(client: Client, users: list[User], case: Case) -> int:
    counts = {user.username: len(full.queries(client, user, bench(case))) for user in users}
    assert max(counts.values()) <= MOST, counts
    return max(counts.values())


def portal(client: Client, user: User, case: Case) -> int:
    cost = len(full.queries(client, user, f"/matters/{case.number}/"))
    assert cost <= MOST
    return cost


def test_a_direct_line_matter_with_everything_few_or_many(client: Client, people: Cast) -> None:
    at = timezone.now() - timedelta(hours=1)
    house = [people.bob, people.diana]
    for times in (1, 4):
        case = full.direct_line(people, at, times=times)
        desk(client, house, case)
        portal(client, people.wang, case)
    full.parked(people, case, at)
    desk(client, house, case)
    portal(client, people.wang, case)


def test_a_direct_line_matter_answered_asked_after_and_taken_up_again(client: Client, people: Cast) -> None:
    at = timezone.now() - timedelta(hours=1)
    case = full.walked(people, at)
    full.redone(people, case, at)
    desk(client, [people.bob, people.frank], case)
    portal(client, people.wang, case)


@pytest.mark.parametrize("code", KINDS)
def test_every_other_kind(client: Client, people: Cast, code: str) -> None:
    walk = Walk(registry.kind_of(code), people)
    walk.submitted()
    for done, _ in enumerate(walk.to_the_end()):
        if done == AT:
            break
    now = timezone.now()
    for case in (*Case.objects.filter(parent=walk.draft)[:1], walk.case()):
        staff = User.objects.filter(username__in=["bob", "diana", "frank"]).order_by("pk")
        desk(client, [user for user in staff if sees(user, case, now)][:2], case)
        portal(client, people.wang, case)


def sees(user: User, case: Case, now: object) -> bool:
    return cases_of_desk(user, now).filter(pk=case.pk).exists()  # type: ignore[arg-type]
