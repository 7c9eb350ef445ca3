"""POST /api/v1/clock/: the JSON lines over HTTP. Whatever is sent, it answers; never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.throttling import SimpleRateThrottle

from servicedesk.clock import lines
from servicedesk.desk.api.clock import EXAMPLE, MOST_BYTES

pytestmark = pytest.mark.django_db
CLOCK = "/api/v1/clock/"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the tests ask as often as they like, but for those of the limit."""
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "clock", "10000/min")


def ask(client: Client, body: Any, content_type: str = "application/json") -> Any:
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(CLOCK, text, content_type=content_type)


@pytest.mark.parametrize(
    "question",
    [
        EXAMPLE,
        {"start": "2026-03-03T09:00:00", "until": "2026-03-04T10:00:00"},
        {"start": "2026-03-03T17:00:00", "term": 5, "unit": "working_days", "back": True},
        {
            "start": "2026-03-03T09:00:00",
            "term": 5,
            "unit": "working_days",
            "pauses": [["2026-03-04T09:00:00", None]],
        },
        {
            "start": "2026-03-03T09:00:00",
            "term": 3,
            "unit": "months",
            "calendar": "plain",
            "hours": ["09:00-17:00"],
        },
    ],
)
def test_it_answers_as_the_lines_do(client: Client, question: dict[str, Any]) -> None:
    response = ask(client, question)
    assert response.status_code == 200
    assert response.json() == json.loads(json.dumps(lines.answer(question)))
    assert response.headers["Content-Type"].startswith("application/json")


def test_it_asks_for_no_log_in_and_no_token() -> None:
    assert ask(Client(enforce_csrf_checks=True), EXAMPLE).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", ""]
)
def test_the_content_type_does_not_matter(client: Client, kind: str) -> None:
    assert ask(client, json.dumps(EXAMPLE), content_type=kind or "x/y").status_code == 200


HOSTILE = [
    b"",
    b"   ",
    b"null",
    b"true",
    b"1",
    b'"text"',
    b"[]",
    b"[1,2,3]",
    b"[{}]",
    b"{",
    b"{}",
    b"\xff\xfe\x00",
    b"\x00" * 100,
    b"NaN",
    b'{"term": NaN}',
    b'{"start": Infinity, "term": 1, "unit": "months"}',
    b"[" * 100_000,
    b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    b'{"start": ' + b"9" * 100_000 + b"}",
    b'{"start": "2026-03-03T09:00:00", "term": 1e400, "unit": "months"}',
    b'{"start": "2026-03-03T09:00:00", "term": ' + b"9" * 4000 + b', "unit": "working_days"}',
    b'{"start": "2026-03-03T09:00:00", "term": true, "unit": "working_days"}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": ["working_days"]}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": {}}',
    b'{"start": ["2026"], "term": 1, "unit": "working_days"}',
    b'{"start": "0001-01-01T00:00:00", "term": 1, "unit": "working_days"}',
    b'{"start": "9999-12-31T23:59:59+14:00", "term": 1, "unit": "working_days"}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": "working_days", "tz": "../../etc/passwd"}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": "working_days", "tz": "\\u0000"}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": "working_days", "hours": {"mon": "x"}}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": "working_days", "hours": [[]]}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": "working_days", "pauses": {"a": 1}}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": "working_days", "off": [1, null, {}]}',
    b'{"\\ud800": 1}',
    b'{"start": "\\ud800", "term": 1, "unit": "\\udfff"}',
    b'{"start": "2026-03-03T09:00:00", "term": 1, "unit": "working_days", "calendar": "\\ud800"}',
]


@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:40]))
def test_what_is_no_question_is_a_problem_with_a_sentence(client: Client, body: bytes) -> None:
    response = ask(client, body)
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("application/problem+json")
    told = response.json()
    assert told["status"] == 400 and told["error"] == told["detail"] and told["code"]
    assert len(told["error"]) < 500


def test_too_long_a_question_is_refused_unread(client: Client) -> None:
    response = ask(client, b" " * (MOST_BYTES + 1))
    assert response.status_code == 413
    assert "error" in response.json()
    assert ask(client, b'{"x": "' + b"y" * 6_000_000 + b'"}').status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_other_methods_are_told_how_to_ask(client: Client, method: str) -> None:
    response = getattr(client, method)(CLOCK)
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert response.json()["example"] == EXAMPLE


def test_one_address_may_ask_only_so_often(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "clock", "3/min")
    assert [ask(client, EXAMPLE).status_code for _one in range(4)] == [200, 200, 200, 429]
    response = ask(client, EXAMPLE)
    assert int(response.headers["Retry-After"]) >= 1
    assert response.headers["Content-Type"].startswith("application/problem+json")
    assert response.json()["code"] == "throttled"


def test_it_is_in_the_schema(client: Client) -> None:
    schema = client.get("/api/schema/", HTTP_ACCEPT="application/vnd.oai.openapi+json").content.decode()
    assert "/api/v1/clock/" in schema
