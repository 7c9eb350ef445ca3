"""The guides: every item and bundle in force, in three languages, complete and in a few queries."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.catalogue.world import world_on
from approvals.models import ItemPaper, ServiceItem
from servicedesk.desk.models import Limit

pytestmark = [pytest.mark.once, pytest.mark.django_db]
LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.fixture
def speaking(client: Client) -> Any:
    def page(path: str, language: str = "en") -> str:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        answer = client.get(path)
        assert answer.status_code == 200, path
        return answer.content.decode()

    return page


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_every_item_and_bundle_has_a_page_with_its_words_in_each_language(speaking: Any) -> None:
    world = world_on(timezone.localdate())
    for code, row in {**world.items, **world.bundles}.items():
        for language in LANGUAGES:
            said = speaking(reverse("approvals:guide", args=[code]), language)
            assert f"<h1>{row['name'][language]}</h1>" in said, (code, language)
            if row["summary"]:
                assert row["summary"][language] in said, (code, language)


def test_a_guide_names_papers_limits_with_their_basis_law_office_and_what_comes_of_it(speaking: Any) -> None:
    said = speaking("/guides/food-licence/")
    for words in (
        "5 working days",
        "10 working days",
        "食品经营许可和备案管理办法（国家市场监督管理总局令第78号）",
        "《中华人民共和国食品安全法》（主席令第二十一号）第三十五条",
        "Administrative Approval Bureau",
        "Health certificates",
        "valid for 60 months",
        "No fee",
        "Kind of business: Serving meals / Canteen",
        "extended by up to 5 working days",
        "Time for inspection is not counted",
    ):
        assert words in said, words


def test_a_guide_leads_to_the_start_where_the_item_can_be_applied_for_online(speaking: Any) -> None:
    assert 'href="/start/approval/?item=food-licence"' in speaking("/guides/food-licence/")
    ServiceItem.objects.filter(code="food-licence").update(is_online=False)
    said = speaking("/guides/food-licence/")
    assert "?item=food-licence" not in said and "government service hall" in said
    ServiceItem.objects.filter(code="food-licence").update(is_online=True, is_part_only=True)
    assert "part of a bundle" in speaking("/guides/food-licence/")


def test_the_bundle_says_what_is_in_it_and_asks_each_thing_once(speaking: Any) -> None:
    said = speaking("/guides/company-opening/")
    assert said.count('href="/guides/company-setup/"') == 1
    assert "1 hour 45 minutes" in said and "3 hours 15 minutes" in said and "1 hour 30 minutes" in said
    assert said.count("Employees to be insured") == 1 and said.count(">Business licence") == 1
    assert "Opening a company: eight in one" in speaking("/guides/housing-fund/")


def test_a_limit_from_next_month_is_shown_beside_the_one_in_force(speaking: Any) -> None:
    day = timezone.localdate() + timedelta(days=30)
    old = Limit.objects.get(subject="food-licence", clock="promised")
    Limit.objects.filter(pk=old.pk).update(valid_until=day - timedelta(days=1))
    Limit.objects.create(
        subject="food-licence", clock="promised", term=3, unit="working_days", basis="通知", valid_from=day
    )
    assert re.search(
        r"<b>5 working days</b><span[^>]*>from [^<]*: 3 working days", speaking("/guides/food-licence/")
    )


def test_drafts_ended_items_and_unknown_codes_have_no_guide(client: Client) -> None:
    ServiceItem.objects.filter(code="food-licence").update(stage="draft")
    ServiceItem.objects.filter(code="drug-retail").update(valid_until=date(2020, 1, 1))
    for code in ("food-licence", "drug-retail", "no-such-thing"):
        assert client.get(f"/guides/{code}/").status_code == 404
    said = client.get("/guides/").content.decode()
    assert "/guides/food-licence/" not in said and "/guides/drug-retail/" not in said


@pytest.mark.parametrize(
    ("asked", "there", "absent"),
    [
        ("?q=食品", "food-licence", "drug-retail"),
        ("?q=licence+FOOD", "food-licence", "road-freight"),
        ("?q=пищевыми", "food-licence", "road-freight"),
        ("?office=gjj", "fund-withdrawal", "food-licence"),
        ("?life=project", "construction-permit", "food-licence"),
        ("?life=enterprise&office=gaj", "large-event", "construction-permit"),
    ],
)
def test_the_list_is_searched_in_any_language_and_narrowed(
    speaking: Any, asked: str, there: str, absent: str
) -> None:
    said = speaking(f"/guides/{asked}")
    assert f'href="/guides/{there}/"' in said and f'href="/guides/{absent}/"' not in said


def test_an_empty_search_result_says_what_to_do(speaking: Any) -> None:
    assert "No guide answers this" in speaking("/guides/?q=zzzz")
    assert "No guide answers this" in speaking("/guides/?office=nowhere&life=%00")


def test_what_is_typed_into_the_search_is_never_markup(speaking: Any) -> None:
    said = speaking('/guides/?q="><b>x')
    assert "<b>x" not in said and "&lt;b&gt;x" in said


def test_the_pages_take_a_fixed_number_of_queries(client: Client) -> None:
    assert queries(client, "/guides/") == 3
    one = queries(client, "/guides/food-licence/")
    item = ServiceItem.objects.get(code="food-licence")
    ItemPaper.objects.bulk_create(ItemPaper(item=item, code=f"more-{n}", name=item.name) for n in range(9))
    assert queries(client, "/guides/food-licence/") == one == 6
    assert queries(client, "/guides/company-opening/") == 8
