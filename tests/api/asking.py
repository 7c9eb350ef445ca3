"""Asking the API as a machine does."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import Office, User
from servicedesk.desk import tokens
from servicedesk.desk.models import ApiToken, Party
from tests.people import Cast

API = "/api/v1"
SAID = {
    "kind": "direct-line",
    "answers": {"text": "厂门口积水，货车进不来。", "contact_name": "王", "contact_phone": "13800000001"},
}


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(client: Client, path: str, **headers: str) -> Any:
    return client.get(API + path, headers=headers)


def post(client: Client, path: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(API + path, json.dumps(body or {}), content_type="application/json", headers=named)


def submit(client: Client, body: Any = None, key: str = "", **headers: str) -> Any:
    return post(client, "/cases/", body or SAID, Idempotency_Key=key or str(uuid.uuid4()), **headers)


def token(
    people: Cast, user: User, *, office: Office | None = None, party: Party | None = None, **more: Any
) -> str:
    """A token the user drew, of the office or the party."""
    return drawn(people, user, office=office, party=party, **more)[1]


def drawn(
    people: Cast, user: User, *, at: datetime | None = None, days: int = 30, **facts: Any
) -> tuple[ApiToken, str]:
    at = at or timezone.now()
    wanted = facts.pop("scopes", "read submit act").split()
    scopes = {f"may_{name}": name in wanted for name in ("read", "submit", "act")}
    row = ApiToken(name="ERP", user=user, expires_at=at + timedelta(days=days), **scopes, **facts)
    by = user if row.party is not None else people.grace
    tokens.grant(row, by=by, at=at)
    return row, tokens.draw(row, by=user, at=at)


def bearer(secret: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {secret}"})


def told(response: Any, status: int) -> Any:
    """The problem the answer holds, which is a problem as RFC 9457 has it."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    problem = response.json()
    assert problem["status"] == status and problem["detail"] and problem["code"] and problem["title"]
    return problem


def faults(response: Any, status: int = 422) -> set[str]:
    return {each["field"] for each in told(response, status)["errors"]}
