"""Handing a matter in whole: once a key, every wrong field named, nothing half kept."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from servicedesk.desk.models import Attachment, Case, SubmissionKey
from tests.api.asking import API, SAID, bearer, faults, get, logged_in, post, submit, token, told
from tests.desk.papers import picture
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
PNG = picture("PNG")


@pytest.fixture
def people() -> Cast:
    return cast()


def test_a_matter_is_handed_in_in_one_go(people: Cast) -> None:
    client = bearer(token(people, people.wang, party=people.company))
    response = submit(client)
    assert response.status_code == 201, response.content.decode()
    receipt = response.json()
    case = Case.objects.get(number=receipt["number"])
    assert (case.state, case.applicant, case.opened_by) == ("submitted", people.company, people.wang)
    assert receipt["secret"] == case.secret and response.headers["Location"] == receipt["url"]
    assert response.headers["ETag"] == f'"{case.version}"'
    assert case.direct_line.text == SAID["answers"]["text"]  # type: ignore[index]
    assert client.get(receipt["url"]).status_code == 200


def test_the_same_key_with_the_same_body_is_the_same_answer(people: Cast) -> None:
    client, key = logged_in(people.wang), str(uuid.uuid4())
    first, second = submit(client, key=key), submit(client, key=key)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert Case.objects.count() == SubmissionKey.objects.count() == 1
    other = SAID | {"answers": SAID["answers"] | {"text": "另一件事。"}}  # type: ignore[operator]
    assert told(submit(client, other, key=key), 422)["code"] == "key-reused"
    assert Case.objects.count() == 1
    # Somebody else's key is theirs.
    assert submit(logged_in(people.zhao), key=key).json()["number"] != first.json()["number"]


@pytest.mark.parametrize("key", ["", "no-uuid"])
def test_without_a_key_nothing_is_taken(people: Cast, key: str) -> None:
    response = post(logged_in(people.wang), "/cases/", SAID, Idempotency_Key=key)
    assert faults(response, 400) == {"Idempotency-Key"}


def test_every_wrong_field_is_named_and_nothing_is_kept(people: Cast) -> None:
    client, key = logged_in(people.wang), str(uuid.uuid4())
    response = submit(
        client, {"kind": "direct-line", "answers": {"contact_phone": "12", "place": "x" * 999}}, key
    )
    assert {"answers.text", "answers.contact_phone", "answers.place"} <= faults(response)
    assert Case.objects.count() == SubmissionKey.objects.count() == 0
    assert submit(client, key=key).status_code == 201


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "no-such"}, "kind"),
        ({"kind": ["direct-line"]}, "kind"),
        ({"kind": "look-back"}, "kind"),
        ({"kind": "approval", "opening": {"item": "no-such"}}, "opening"),
        (SAID | {"state": "closed"}, "state"),
        (SAID | {"answers": []}, "answers"),
        (SAID | {"answers": {"rating": 5}}, "answers.rating"),
        (SAID | {"answers": {"text": {"a": 1}}}, "answers.text"),
        (SAID | {"applicant": True}, "applicant"),
        (SAID | {"applicant": 10**30}, "applicant"),
    ],
)
def test_what_cannot_be_handed_in_is_refused_at_its_field(people: Cast, body: Any, field: str) -> None:
    assert field in faults(submit(logged_in(people.wang), body))


@pytest.mark.parametrize("body", [b"{", b'{"kind": "\\u0000"}', b'{"kind": "\\ud800"}', b"[" * 9000, b"NaN"])
def test_what_is_no_json_is_refused(people: Cast, body: bytes) -> None:
    client = logged_in(people.wang)
    key = {"Idempotency-Key": str(uuid.uuid4())}
    told(client.post(f"{API}/cases/", body, content_type="application/json", headers=key), 400)


def test_other_peoples_companies_are_as_unknown_as_none(people: Cast) -> None:
    client = logged_in(people.wang)
    foreign = submit(client, SAID | {"applicant": people.other.pk})
    missing = submit(client, SAID | {"applicant": 987654321})
    by_code = submit(client, SAID | {"applicant": people.other.number})
    assert told(foreign, 422) == told(missing, 422) == told(by_code, 422)
    assert submit(client, SAID | {"applicant": people.company.number}).status_code == 201


def test_the_centre_hands_in_for_whoever_calls(people: Cast) -> None:
    response = submit(logged_in(people.diana), SAID | {"applicant": people.company.number})
    assert response.status_code == 201, response.content.decode()
    assert faults(submit(logged_in(people.alice), SAID | {"applicant": people.company.number})) == {
        "applicant"
    }


def test_files_come_along_as_parts_of_a_form(people: Cast) -> None:
    client, key = logged_in(people.wang), str(uuid.uuid4())

    def sent(content: bytes = PNG, name: str = "门口.png") -> Any:
        parts = {"case": json.dumps(SAID), "files": SimpleUploadedFile(name, content)}
        return client.post(f"{API}/cases/", parts, headers={"Idempotency-Key": key})

    assert faults(sent(b"<svg/>", "a.svg")) == {"files"}
    first = sent()
    assert first.status_code == 201, first.content.decode()
    assert sent().json() == first.json()
    assert told(sent(name="别的.png"), 422)["code"] == "key-reused"
    assert Attachment.objects.count() == 1
    files = get(client, f"/cases/{first.json()['number']}/attachments/").json()["results"]
    download = client.get(files[0]["url"])
    assert b"".join(download.streaming_content) == PNG
    assert download.headers["Cache-Control"] == "no-store"
    told(logged_in(people.zhao).get(files[0]["url"]), 404)


def test_a_session_needs_the_csrf_token_and_a_bearer_does_not(people: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.wang)
    told(submit(client), 403)
    secret = token(people, people.wang, party=people.company)
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    assert submit(client).status_code == 201
