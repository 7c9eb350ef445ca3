"""The schema is true: what it promises is what comes, whoever asks, and nothing asked makes it stumble.

`API_EXAMPLES=200 pytest tests/api/test_schema.py` asks more."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from rest_framework.throttling import SimpleRateThrottle
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.core.failures import FailureGroup

from enterprises.models import Company
from servicedesk.desk.models import Case
from tests import make
from tests.api.asking import token
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("API_EXAMPLES", "8"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SCHEMA = "/api/schema/?format=json"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    for scope in ("clock", "api-anonymous", "api-person"):
        monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, scope, "100000/min")


@pytest.fixture
def people() -> Cast:
    people = cast()
    Company.objects.create(party=people.company)
    return people


@pytest.fixture
def case(people: Cast) -> Case:
    return make.claimed(people)


def test_it_is_openapi_3_1_and_names_every_answer(client: Client) -> None:
    schema = client.get(SCHEMA).json()
    assert schema["openapi"].startswith("3.1")
    assert {"token", "session"} <= set(schema["components"]["securitySchemes"])
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"] and operation["description"], where
            codes = set(operation["responses"])
            assert codes & {"200", "201"}, where
            if path != "/api/v1/clock/":
                assert {"401", "403", "406", "429"} <= codes, where
            for code in codes - {"200", "201"}:
                assert "application/problem+json" in operation["responses"][code]["content"], where


def test_every_address_of_the_api_is_in_it(client: Client) -> None:
    paths = set(client.get(SCHEMA).json()["paths"])
    assert {
        "/api/v1/me/",
        "/api/v1/kinds/",
        "/api/v1/kinds/{code}/",
        "/api/v1/cases/",
        "/api/v1/cases/{number}/",
        "/api/v1/cases/{number}/{verb}/",
        "/api/v1/cases/{number}/attachments/",
        "/api/v1/cases/{number}/attachments/{id}/",
        "/api/v1/companies/",
        "/api/v1/companies/{number}/",
        "/api/v1/offices/",
        "/api/v1/offices/{code}/",
        "/api/v1/calendar/",
        "/api/v1/calendar/days/",
        "/api/v1/calendar/days/{day}/",
        "/api/v1/clock/",
    } <= paths


def ask(operation: Any, secrets: list[str | None], known: dict[str, str]) -> None:
    """Ask one operation what the machine makes up, as each of these; every other address leads somewhere."""

    @seed(20260302)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), secret=st.sampled_from(secrets), real=st.booleans())
    def asked(case: Any, secret: str | None, real: bool) -> None:
        named = case.path_parameters or {}
        if real and named:
            case.path_parameters = {name: known.get(name, value) for name, value in named.items()}
        if secret is not None:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {secret}"}
        case.call_and_validate(checks=CHECKS)

    asked()


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Requests leave the test's connection open, as those of Django's own client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_nothing_asked_makes_it_stumble(people: Cast, case: Case, one_connection: None) -> None:
    """An officer, the company, a stranger: every answer is one the schema names, and looks as it says."""
    secrets = [
        token(people, people.diana, office=people.office("fwzx")),
        token(people, people.wang, party=people.company),
        None,
    ]
    known = {"number": str(case.number), "code": "direct-line", "verb": "message", "day": "2026-10-01"}
    schema = schemathesis.openapi.from_wsgi(SCHEMA, get_wsgi_application())
    wrong = []
    for found in schema.get_all_operations():
        operation = found.ok()
        try:
            ask(operation, secrets, known)
        except FailureGroup as error:  # every operation is asked, whatever another one says
            wrong.append(f"{operation.label}: {error.exceptions}")
    assert not wrong, "\n\n".join(wrong)
