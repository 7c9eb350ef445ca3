"""The forms of the catalogue as it is delivered: each opens, shows, keeps and refuses in every language."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from approvals.catalogue.snapshot import current
from approvals.forms import form_for
from approvals.models import Bundle, ServiceItem
from servicedesk.desk.models import Case, Membership
from tests.people import SINCE, Cast, cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def wang(client: Client, people: Cast) -> Client:
    client.force_login(people.wang)
    return client


def codes() -> list[str]:
    return list(ServiceItem.objects.published(timezone.localdate()).values_list("code", flat=True).distinct())


def test_every_item_makes_a_form_whose_conditions_name_its_own_questions(people: Cast) -> None:
    assert codes()
    for code in codes():
        item = current(code, timezone.localdate())
        assert item is not None
        form = form_for([item], item["sections"])
        for rules in form.rules.values():
            assert {rule.field for rule in rules} <= set(form.base_fields), code
        assert not form({}).is_valid() or not form.base_fields


def test_every_bundle_makes_one_form_that_asks_each_fact_once(people: Cast) -> None:
    for bundle in Bundle.objects.published(timezone.localdate()):
        wanted = bundle.items.values_list("item_code", flat=True)
        items = [found for code in wanted if (found := current(code, timezone.localdate()))]
        form = form_for(items, bundle.sections, title=bundle.name)
        assert form.sections and str(form.title) == bundle.name["zh-hans"]
        assert sum(len(item["papers"]) for item in items) >= len(form.paper_fields())  # type: ignore[attr-defined]


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_every_item_can_be_begun_and_every_page_of_it_shows(wang: Client, language: str) -> None:
    wang.cookies["django_language"] = language
    shown = 0
    for code in codes():
        start = f"/start/approval/?item={code}"
        response = wang.get(start)
        if response.status_code == 404:
            continue  # part of a bundle only, or not online
        response = wang.post(start, {"form_key": str(uuid.uuid4())})
        case = Case.objects.latest("pk")
        pages = wang.get(f"/start/approval/{case.pk}/").context.get("tasks") or []
        for url in [f"/start/approval/{case.pk}/", *(task.url for task in pages)]:
            assert wang.get(url).status_code == 200, url
            assert wang.post(url, {}).status_code in {302, 422}, url
        shown += 1
    assert shown > 3


@pytest.mark.parametrize("item", ["", "no-such-item", "x" * 5000, "\0", "1e9", "../x"])
def test_an_item_nobody_offers_cannot_be_started(wang: Client, item: str) -> None:
    for path in ("/start/approval/", "/start/approval/autosave/"):
        answer: Any = wang.post(path, {}, query_params={"item": item})
        assert answer.status_code == 404
    assert wang.get("/start/approval/", {"item": item}).status_code == 404


def test_whoever_serves_several_companies_keeps_the_item_while_choosing(wang: Client, people: Cast) -> None:
    Membership.objects.create(user=people.wang, party=people.other, since=SINCE)
    code = next(code for code in codes() if wang.get(f"/start/approval/?item={code}").status_code == 200)
    said = wang.get(f"/start/approval/?item={code}").content.decode()
    assert f'<input type="hidden" name="item" value="{code}">' in said
    response = wang.get(f"/start/approval/?item={code}&whom={people.other.pk}")
    assert response.context["applicant"] == people.other
