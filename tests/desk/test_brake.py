"""The brake on closing what nobody answered: who reads of it, who lets go, and that letting go lasts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk import health
from servicedesk.desk.actions.silence import close_silent, release_brake
from servicedesk.desk.brake import held
from servicedesk.desk.health import note_sweep
from servicedesk.desk.models import Case, Event
from tests import make
from tests.desk.staff import enter
from tests.make import again, moment
from tests.people import Cast

pytestmark = pytest.mark.django_db
PAGE = "/desk/brake/"


@pytest.fixture
def case(people: Cast) -> Case:
    return make.answered(people, at=moment("2026-10-09 09:00"))


@pytest.fixture
def pulled(case: Case) -> datetime:
    """The moment at which a standstill of days has pulled the brake."""
    at = timezone.now() - timedelta(minutes=5)
    note_sweep(at - timedelta(days=9))
    assert close_silent(at) == 0
    note_sweep(at)
    return at


def test_the_manager_and_the_centre_read_of_it_and_nobody_else(
    client: Client, people: Cast, pulled: datetime
) -> None:
    for user, told in ((people.grace, True), (people.diana, True), (people.alice, False)):
        assert (PAGE in enter(client, user).get("/desk/").content.decode()) is told
        assert client.get(PAGE).status_code == (200 if told else 403)
    assert health.work(timezone.now())["brake_held"] == pulled


def test_only_the_manager_lets_go_and_only_with_a_reason(
    client: Client, people: Cast, case: Case, pulled: datetime
) -> None:
    assert enter(client, people.diana).post(PAGE, {"reason": "x"}).status_code == 403
    page = enter(client, people.grace).get(PAGE).content.decode()
    assert str(case.number) in page and "jumped" in page
    assert client.post(PAGE, {"reason": " "}).status_code == 422
    assert held() is not None
    assert client.post(PAGE, {"reason": "停电检修，时钟已核对。"}).status_code == 302
    assert held() is None
    last = Event.objects.filter(chain="brake").latest("seq")
    assert (last.by, last.body) == (people.grace, "停电检修，时钟已核对。")
    assert close_silent(timezone.now()) == 1
    assert again(case).state == "closed"


def test_what_was_let_go_does_not_pull_the_brake_again(
    people: Cast, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.answered(people, at=moment("2026-10-09 09:00"))
    monkeypatch.setattr("servicedesk.desk.actions.silence.MOST_AT_ONCE", 1)
    at = timezone.now()
    note_sweep(at)
    assert close_silent(at) == 0
    release_brake(by=people.grace, at=at, reason="核对过，都已答复满十个工作日。")
    assert close_silent(at + timedelta(minutes=1)) == 2
    assert again(other).outcome == "answered"
