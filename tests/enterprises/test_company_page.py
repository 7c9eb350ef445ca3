"""The company's own page: its own people only, nothing to change."""

from __future__ import annotations

import pytest
from django.test import Client

from enterprises.models import Company
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_a_company_sees_its_entry_and_who_acts_for_it(client: Client, people: Cast, language: str) -> None:
    Company.objects.create(
        party=people.company, legal_representative="王建国", business_address="长江路 18 号"
    )
    client.force_login(people.wang)
    client.cookies["django_language"] = language
    response = client.get("/company/")
    page = response.content.decode()
    assert people.company.number and people.company.number in page
    assert "长江路 18 号" in page and "Wang" in page
    assert "王建国" not in page and people.other.name not in page
    assert "no-store" in response.headers["Cache-Control"]


def test_a_company_without_an_entry_is_shown_by_name(client: Client, people: Cast) -> None:
    client.force_login(people.zhao)
    assert people.other.name in client.get("/company/").content.decode()


def test_it_is_for_whoever_is_logged_in_and_only_read(client: Client, people: Cast) -> None:
    assert client.get("/company/").status_code == 302
    client.force_login(people.alice)
    assert people.company.name not in client.get("/company/").content.decode()
    assert client.post("/company/").status_code == 405
