"""Verbs over the API: on the version one has seen, by whom they are for, with every refusal in its place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from enterprises.models import Topic
from servicedesk.desk.models import Case
from tests import make
from tests.api.asking import API, faults, get, logged_in, post, told
from tests.api.test_submit import PNG
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


def do(client: Client, case: Case, verb: str, body: Any = None, version: int | str | None = None) -> Any:
    at = make.again(case).version if version is None else version
    tag = {"If_Match": f'"{at}"'} if at != "" else {}
    return post(client, f"/cases/{case.number}/{verb}/", body, **tag)


def test_a_matter_is_led_to_its_answer(people: Cast) -> None:
    case = make.submitted(people)
    diana, alice, bob, wang = (
        logged_in(user) for user in (people.diana, people.alice, people.bob, people.wang)
    )
    office, topic = people.office().pk, Topic.objects.valid().first()
    assert topic is not None
    done = do(diana, case, "dispatch", {"office": office, "title": "积水", "topic": topic.pk})
    assert done.status_code == 200, done.content.decode()
    assert done.json()["state"] == "accepted" and done.headers["ETag"] == f'"{done.json()["version"]}"'
    for client, verb, body in (
        (alice, "claim", {}),
        (alice, "contact", {"result": "reached", "number": "13800000001"}),
        (alice, "give_opinion", {"text": "先抽排，再清淤。"}),
        (alice, "draft_answer", {"text": "已清淤。"}),
        (bob, "sign_off", {"text": "已清淤。"}),
        (wang, "confirm", {"text": "谢谢"}),
    ):
        done = do(client, case, verb, body)
        assert done.status_code == 200, (verb, done.content.decode())
    after = make.again(case)
    assert after.version == done.json()["version"] and after.direct_line.topic == topic
    assert after.outcome == "solved"


def test_a_version_must_be_named_and_be_the_one(people: Cast) -> None:
    case, diana = make.submitted(people), logged_in(people.diana)
    body = {"office": people.office().pk}
    assert told(do(diana, case, "dispatch", body, version=""), 428)["code"] == "version-missing"
    for stale in (case.version + 1, 0, "x", "*x"):
        assert told(do(diana, case, "dispatch", body, version=stale), 412)["code"] == "version"
    assert told(post(diana, f"/cases/{case.number}/dispatch/", body, If_Match="*"), 428)
    assert told(post(diana, f"/cases/{case.number}/dispatch/", body, If_Match='W/"1"'), 412)
    assert make.again(case).state == "submitted"


def test_what_leaves_the_version_needs_none_but_heeds_it(people: Cast) -> None:
    case, wang = make.claimed(people), logged_in(people.wang)
    assert do(wang, case, "message", {"text": "请尽快"}, version="").status_code == 200
    told(do(wang, case, "message", {"text": "请尽快"}, version=99), 412)


def test_refusals_have_their_places(people: Cast) -> None:
    case = make.dispatched(people)
    alice, charlie = logged_in(people.alice), logged_in(people.charlie)
    office = {"office": people.office().pk}
    # not where the matter stands, not this person's, not there, no such verb
    assert told(do(alice, case, "confirm", {}), 409)["code"] == "case-state"
    assert told(do(alice, case, "sign_off", {"text": "x"}), 409)["code"] == "case-state"
    assert told(do(alice, case, "transfer", office | {"reason": "x"}), 403)["code"] == "not-allowed"
    assert told(do(charlie, case, "claim"), 404) == told(post(charlie, "/cases/ZT-2026-999/claim/"), 404)
    told(do(alice, case, "decide", {}), 404)
    told(do(alice, case, "submit", {}), 404)
    told(do(alice, case, "no_such_verb", {}), 404)
    told(post(Client(), f"/cases/{case.number}/claim/"), 401)
    assert told(get(alice, f"/cases/{case.number}/claim/"), 405)
    response = alice.post(f"{API}/cases/{case.number}/claim/", "x", content_type="text/plain")
    told(response, 415)
    told(alice.get(f"{API}/cases/", headers={"Accept": "text/html"}), 406)
    told(alice.get(f"{API}/nothing/here/"), 404)
    told(alice.get(f"{API}/cases/{case.number}"), 404)


def test_wrong_fields_are_named_and_nothing_happens(people: Cast) -> None:
    case, diana = make.submitted(people), logged_in(people.diana)
    assert faults(do(diana, case, "dispatch", {})) == {"office"}
    assert faults(do(diana, case, "dispatch", {"office": 10**30, "urgency": "x"})) == {"office", "urgency"}
    assert faults(do(diana, case, "dispatch", {"office": people.office().pk, "state": "closed"})) == {"state"}
    assert faults(do(diana, case, "dispatch", {"office": {"pk": 1}})) >= {"office"}
    told(do(diana, case, "dispatch", ["office"]), 422)
    assert make.again(case).version == case.version


def test_who_lets_a_matter_go_is_told_that_it_went(people: Cast) -> None:
    case = make.dispatched(people)
    body = {"office": people.office("swuj").pk, "reason": "属水务"}
    done = do(logged_in(people.bob), case, "transfer", body)
    assert done.status_code == 200, done.content.decode()
    assert done.json()["version"] == make.again(case).version


def test_files_are_added_by_the_verb_or_at_their_own_address(people: Cast) -> None:
    case = make.claimed(people)
    for client, path in (
        (logged_in(people.alice), "attachments"),
        (logged_in(people.alice), "attach"),
        (logged_in(people.wang), "attachments"),
    ):
        file = SimpleUploadedFile("照片.png", PNG)
        done = client.post(f"{API}/cases/{case.number}/{path}/", {"files": file})
        assert done.status_code == 200, done.content.decode()
    files = get(logged_in(people.wang), f"/cases/{case.number}/attachments/").json()["results"]
    # What the desk adds without a word more stays with the desk.
    assert len(files) == 1
    assert len(get(logged_in(people.alice), f"/cases/{case.number}/attachments/").json()["results"]) == 3
    none = logged_in(people.wang).post(f"{API}/cases/{case.number}/attachments/", {})
    assert faults(none) == {"files"}
    svg = SimpleUploadedFile("a.svg", b"<svg onload=alert(1)>")
    assert faults(logged_in(people.wang).post(f"{API}/cases/{case.number}/attachments/", {"files": svg}))


def test_the_actions_told_are_those_that_work(people: Cast) -> None:
    case = make.submitted(people)
    found = get(logged_in(people.diana), f"/cases/{case.number}/").json()["actions"]
    dispatch = next(each for each in found if each["verb"] == "dispatch")
    asked = dispatch["fields"]["properties"]
    assert {"office", "title", "topic", "urgency"} <= set(asked) and dispatch["needs_version"]
    assert people.office().pk in [each["const"] for each in asked["office"]["oneOf"]]
    assert "version" not in asked and dispatch["fields"]["additionalProperties"] is False
    mine = get(logged_in(people.wang), f"/cases/{case.number}/").json()["actions"]
    assert {each["verb"] for each in mine} >= {"withdraw", "message", "nudge"}
    assert all("version" not in each["fields"]["properties"] for each in mine)
    attach = next(each for each in mine if each["verb"] == "attach")
    assert attach["files"] == [attach["files"][0] | {"name": "files", "many": True, "required": True}]


# Of the last ones only when more is asked for: every value goes into every field of every verb.
MORE = "API_EXAMPLES" in os.environ
HOSTILE: list[Any] = [10**30, [{"a": "b"}], "😀" * 20_000]
HOSTILE += ["9999-12-31T23:59:59+00:00", "0001-01-01", -1, ["1", "2"], True, None] if MORE else []
WALKED = [make.submitted, make.claimed, make.answered] if MORE else [make.claimed]


@pytest.mark.parametrize("walked", WALKED, ids=lambda each: each.__name__)
def test_nothing_in_any_field_of_any_verb_makes_it_stumble(people: Cast, walked: Any) -> None:
    case = walked(people)
    for user in (people.diana, people.alice, people.bob, people.wang):
        client = logged_in(user)
        for action in get(client, f"/cases/{case.number}/").json().get("actions", ()):
            names = action["fields"]["properties"]
            for value in HOSTILE:
                with undone():
                    answer = do(client, case, action["verb"], dict.fromkeys(names, value))
                    assert answer.status_code in {200, 403, 409, 422}, (action["verb"], value)


@contextmanager
def undone() -> Iterator[None]:
    """Nothing of it stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
