"""The public front in three languages, and what no page may hold."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.models import Limit
from servicedesk.portal.figures import counted, promised_terms
from servicedesk.reports.monthly.public import keep_months

pytestmark = pytest.mark.django_db

PAGES = ["/", "/help/", "/accessibility/", "/privacy/", "/figures/", "/search/?q=road", "/search/?q="]
ENTRANCE = [
    "/account/login/",
    "/account/password/reset/",
    "/account/signup/",
    "/account/password/reset/done/",
]
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)|javascript:|https?://", re.IGNORECASE
)


def spoken_in(client: Client, language: str) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
@pytest.mark.parametrize("path", PAGES + ENTRANCE)
def test_a_page_answers_in_every_language_with_nothing_inline(
    client: Client, path: str, language: str
) -> None:
    answer = spoken_in(client, language).get(path)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'<html lang="{language}"' in page
    assert not INLINE.findall(page.replace('xmlns="http://www.w3.org/2000/svg"', ""))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    assert page.count("<h1") == 1 and 'id="main"' in page


@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "429.html", "500.html"])
def test_an_error_page_needs_neither_request_nor_database(
    template: str, django_db_blocker: Any, rf: Any
) -> None:
    from django.template.loader import render_to_string

    page = render_to_string(template)
    assert not INLINE.findall(page) and "<h1" in page


def test_a_missing_page_is_told_kindly(client: Client) -> None:
    answer = spoken_in(client, "en").get("/no/such/page")
    assert answer.status_code == 404
    assert "This page does not exist" in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_our_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/language/", {"language": "en"})
    assert answer.status_code == 403
    assert not INLINE.findall(answer.content.decode())


def test_the_language_is_kept_for_the_browser_and_for_the_account(client: Client) -> None:
    user = User.objects.create_user("company", "a long enough password", name="孙立")
    client.force_login(user)
    answer = client.post("/language/", {"language": "ru", "next": "/help/"})
    assert answer.headers["Location"] == "/help/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "ru"
    user.refresh_from_db()
    assert user.language == "ru"


@pytest.mark.parametrize("following", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_switch_leads_nowhere_else(client: Client, following: str) -> None:
    answer = client.post("/large-text/", {"large": "1", "next": following})
    assert answer.headers["Location"] == "/"


def test_an_unknown_language_is_ignored(client: Client) -> None:
    answer = client.post("/language/", {"language": "xx"})
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies


def test_large_text_really_enlarges_and_can_be_taken_back(client: Client) -> None:
    assert 'class="large"' not in client.get("/").content.decode()
    client.post("/large-text/", {"large": "1"})
    assert 'class="large"' in client.get("/").content.decode()
    client.post("/large-text/", {"large": "0"})
    assert 'class="large"' not in client.get("/").content.decode()


def test_the_promises_come_from_the_limits(client: Client) -> None:
    assert [code for code, _term in promised_terms(timezone.now())] == ["contact", "opinion", "resolve"]
    Limit.objects.filter(subject="direct-line", clock="resolve").update(term=7)
    assert "7 working days" in spoken_in(client, "en").get("/").content.decode()


def test_without_cases_there_is_no_percentage(client: Client) -> None:
    assert counted(timezone.now()).on_time is None
    assert "—" in client.get("/").content.decode()


def test_the_home_page_asks_little_of_the_database(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    cache.clear()
    keep_months(timezone.now())
    with django_assert_max_num_queries(9):
        client.get("/")
    with django_assert_max_num_queries(2):
        client.get("/")


def test_a_number_leads_to_the_look_up_and_words_to_pages(client: Client) -> None:
    answer = client.get("/search/", {"q": "ZT-2026-000318"})
    assert answer.status_code in {200, 302}
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith(reverse("desk:track"))
    assert "/privacy/" in client.get("/search/", {"q": "隐私"}).content.decode()
    assert "&lt;script&gt;" in client.get("/search/", {"q": "<script>"}).content.decode()
