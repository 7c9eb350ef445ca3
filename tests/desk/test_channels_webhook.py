"""Webhooks: signed, retried, to public addresses only, and without anything personal."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from servicedesk.accounts.posting import Answer
from servicedesk.desk import feeds
from servicedesk.desk.channels import webhook
from servicedesk.desk.channels.webhook import ForbiddenAddress, checked, is_public, new_secret
from servicedesk.desk.delivery import deliver
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Membership, Notice, WebhookEndpoint
from tests import make
from tests.desk.gateway import Receiver, serving
from tests.make import MONDAY
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(people: Cast, settings) -> Iterator[Receiver]:
    receiver = Receiver()
    settings.WEBHOOK_ANYWHERE = True
    settings.WEBHOOK_TIMEOUT = 1
    with serving(receiver.answer) as url:
        receiver.secret = new_secret()
        WebhookEndpoint.objects.create(
            party=people.company, url=f"{url}/hook", secret=receiver.secret, created_at=MONDAY
        )
        yield receiver


def calls() -> list[Notice]:
    return list(Notice.objects.filter(channel="webhook").order_by("pk"))


def test_a_companys_program_hears_of_its_matters_and_of_nothing_personal(people, receiver):
    case = make.answered(people)
    deliver(MONDAY)
    kinds = [said["type"] for _id, said in receiver.calls]
    assert {"case.submit", "case.dispatch", "case.sign_off"} <= set(kinds)
    assert len(kinds) == len(set(kinds))
    assert receiver.calls[-1][1]["data"] == {
        "number": case.number,
        "kind": "direct-line",
        "state": "decided",
        "event": "sign_off",
        "link": f"http://127.0.0.1:8000/matters/{case.number}/",
    }
    said = json.dumps([said for _id, said in receiver.calls], ensure_ascii=False)
    assert not any(word in said for word in ("积水", "13800000001", "Alice", "Wang", people.company.name))


def test_what_is_said_inside_the_house_is_not_for_the_companys_program(people, receiver):
    make.claimed(people)
    heard = {row.event.verb for row in calls()}
    assert "claim" not in heard
    assert heard <= {"submit", "dispatch"}


def test_an_offices_program_hears_of_the_offices_cases_alone(people, receiver):
    WebhookEndpoint.objects.update(party=None, office=people.office())
    make.dispatched(people, to="swuj")
    assert calls() == []
    make.dispatched(people)
    assert {row.event.verb for row in calls()} == {"dispatch"}


def test_a_stranger_company_hears_nothing(people, receiver):
    WebhookEndpoint.objects.update(party=people.other)
    make.dispatched(people)
    assert calls() == []


def test_a_failing_receiver_is_called_again_with_the_same_id(people, receiver):
    make.submitted(people)
    receiver.moods = [(500, b"")]
    deliver(MONDAY)
    row = calls()[0]
    assert (row.state, row.attempts) == ("queued", 1)
    deliver(row.next_try_at)
    assert len({name for name, _said in receiver.calls}) == 1
    assert calls()[0].state == "sent"


def test_410_switches_it_off(people, receiver):
    make.submitted(people)
    receiver.moods = [(410, b"")]
    deliver(MONDAY)
    endpoint = WebhookEndpoint.objects.get()
    assert (endpoint.is_on, endpoint.stopped_because) == (False, "410 Gone")
    assert calls()[0].state == "dead"
    make.submitted(people)
    assert len(calls()) == 1


def test_a_redirect_is_a_failure_and_is_not_followed(people, receiver):
    make.submitted(people)
    receiver.moods = [(302, {"to": "http://169.254.169.254/latest/meta-data/"})]
    deliver(MONDAY)
    assert len(receiver.calls) == 1
    assert "302" in calls()[0].last_error


def test_one_dead_receiver_does_not_hold_up_another(people, receiver):
    WebhookEndpoint.objects.create(
        party=people.company, url="http://127.0.0.1:9/", secret=new_secret(), created_at=MONDAY
    )
    make.dispatched(people)
    deliver(MONDAY)
    assert len(receiver.calls) == 2
    assert sorted(row.state for row in calls()) == ["queued", "queued", "sent", "sent"]


@pytest.mark.parametrize(
    "place",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254", "::ffff:10.0.0.8",
        "64:ff9b::a00:8", "2002:a00:8::", "::", "198.18.0.1", "240.0.0.1",
    ],
)  # fmt: skip
def test_addresses_inside_are_not_public(place):
    assert not is_public(place)


@pytest.mark.parametrize("place", ["8.8.8.8", "114.114.114.114", "2400:3200::1"])
def test_addresses_outside_are(place):
    assert is_public(place)


def resolving(monkeypatch, *places: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 443)) for place in places]
    monkeypatch.setattr(webhook.socket, "getaddrinfo", lambda *args, **more: found)


def test_a_name_with_one_address_inside_is_refused(monkeypatch):
    resolving(monkeypatch, "8.8.8.8", "10.0.0.1")
    with pytest.raises(ForbiddenAddress):
        checked("https://rebinding.example/")


def test_the_connection_goes_to_the_address_that_was_checked(people, receiver, monkeypatch, settings):
    settings.WEBHOOK_ANYWHERE = False
    WebhookEndpoint.objects.update(url="https://hook.example/in")
    resolving(monkeypatch, "8.8.8.8")
    asked = []

    def ask(method, url, body, headers, **how):
        asked.append((url, how["to"]))
        return Answer(204, {}, b"")

    monkeypatch.setattr(webhook, "ask", ask)
    make.submitted(people)
    deliver(MONDAY)
    assert asked == [("https://hook.example/in", "8.8.8.8")]


@pytest.mark.parametrize(
    "url",
    [
        "http://hook.example/",
        "https://user:word@hook.example/",
        "https://hook.example:22/",
        "https://hook.example:x/",
        "https://[::1/",
        "ftp://x/",
        "https:///",
    ],
)
def test_only_plain_https_addresses_are_called(monkeypatch, url):
    resolving(monkeypatch, "8.8.8.8")
    with pytest.raises(ForbiddenAddress):
        checked(url)


@pytest.mark.parametrize(
    "url",
    ["https://2130706433/", "https://127.0.0.1/", "https://[::ffff:127.0.0.1]/", f"https://{'a' * 70}.cn/"],
)
def test_an_address_inside_is_refused_however_it_is_written(url):
    with pytest.raises(ForbiddenAddress):
        checked(url)


def test_a_row_that_points_inside_is_given_up_without_a_call(people, receiver, monkeypatch, settings):
    settings.WEBHOOK_ANYWHERE = False
    resolving(monkeypatch, "10.0.0.1")
    WebhookEndpoint.objects.update(url="https://inside.example/")
    make.submitted(people)
    deliver(MONDAY)
    assert calls()[0].state == "dead"
    assert receiver.calls == []


# the page


def test_an_owner_connects_a_program_and_sees_its_secret_once(people, monkeypatch):
    resolving(monkeypatch, "8.8.8.8")
    client = Client()
    client.force_login(people.wang)
    sent = {"party": people.company.pk, "url": "https://hook.example/in"}
    page = client.post("/notices/webhooks/", sent)
    endpoint = WebhookEndpoint.objects.get()
    assert endpoint.secret in page.content.decode()
    assert endpoint.secret not in client.get("/notices/webhooks/").content.decode()
    assert client.post("/notices/webhooks/", {"drop": endpoint.pk}).status_code == 302
    assert not WebhookEndpoint.objects.exists()


def test_strangers_agents_and_inside_addresses_are_refused(people, monkeypatch):
    resolving(monkeypatch, "192.168.0.1")
    client = Client()
    client.force_login(people.wang)
    sent = {"party": people.company.pk, "url": "https://hook.example/in"}
    assert client.post("/notices/webhooks/", sent).status_code == 400
    assert client.post("/notices/webhooks/", sent | {"party": people.other.pk}).status_code == 400
    with pytest.raises(DeskError):
        feeds.add_webhook(people.company, "https://hook.example/", by=people.zhao, at=MONDAY)
    Membership.objects.filter(user=people.wang).update(role="agent")
    assert client.get("/notices/webhooks/").status_code == 404
    assert not WebhookEndpoint.objects.exists()


def test_nobody_removes_anothers_webhook(people, receiver):
    client = Client()
    client.force_login(people.zhao)
    drop = {"drop": WebhookEndpoint.objects.get().pk}
    assert client.post("/notices/webhooks/", drop).status_code == 404
    assert WebhookEndpoint.objects.exists()


def test_what_waits_for_a_removed_webhook_is_given_up(people, receiver):
    make.submitted(people)
    WebhookEndpoint.objects.all().delete()
    deliver(MONDAY + timedelta(minutes=1))
    assert calls()[0].state == "dead"
