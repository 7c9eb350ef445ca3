"""What every page carries: its language, its content policy, and what a cache may keep of it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from servicedesk.accounts.middleware import forwarded
from servicedesk.accounts.models import User
from tests.entering import enter_desk
from tests.people import cast

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parent.parent.parent
LOGIN = "/account/login/"


@pytest.fixture
def alice() -> User:
    return User.objects.create_user("alice", "a long enough password", name="王丽", language="ru")


def language(client: Client, **headers: Any) -> str:
    return client.get("/account/logout/", **headers, follow=True).headers["Content-Language"]


def test_the_browser_does_not_choose_the_language(client: Client) -> None:
    assert language(client, HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9") == "zh-hans"


def test_a_cookie_goes_before_what_the_user_stored(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert language(client) == "ru"
    client.cookies["django_language"] = "en"
    assert language(client) == "en"
    client.cookies["django_language"] = "tlh"
    assert language(client) == "ru"


def test_personal_pages_stay_out_of_caches(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert "no-store" in client.get("/account/logout/").headers["Cache-Control"]


def test_the_content_policy_is_strict_everywhere(client: Client) -> None:
    for path in (LOGIN, "/", "/desk/login/", "/no/such/page", "/api/schema/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy
        assert "data:" not in policy


def test_headers_against_framing_sniffing_and_telling(client: Client) -> None:
    headers = client.get(LOGIN).headers
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_only_the_reading_page_of_the_api_may_show_data_images(client: Client) -> None:
    policy = client.get("/api/docs/").headers["Content-Security-Policy"]
    assert "img-src 'self' data:" in policy
    assert "unsafe" not in policy
    page = client.get("/api/docs/").content.decode()
    assert "<style" not in page
    assert client.get("/api/schema/?format=json").json()["openapi"].startswith("3.")


def test_every_static_file_a_template_names_is_there() -> None:
    """A missing one would break the page in production only, where names are hashed."""
    folders = ("templates", "servicedesk", "enterprises", "approvals")
    pages = [page for folder in folders for page in (ROOT / folder).rglob("*.html")]
    named = {name for page in pages for name in re.findall(r"{% static [\"']([^\"']+)", page.read_text())}
    assert [name for name in sorted(named) if not finders.find(name)] == []


def seen_from(**headers: str) -> str:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.META["REMOTE_ADDR"])

    return forwarded(answer)(RequestFactory().get("/", **headers)).content.decode()  # type: ignore[arg-type]


def test_behind_a_proxy_the_last_address_counts() -> None:
    assert seen_from() == "127.0.0.1"
    assert seen_from(HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.7") == "10.0.0.7"


NULS = (
    *("/projects/%00/", "/guides/?q=%00&office=%00&life=%00", "/search/?q=%00", "/verify/?code=%00"),
    *(
        "/start/approval/?item=%00",
        "/start/bundle/?bundle=company-opening&take=%00",
        "/desk/reports/?kind=%00",
    ),
    *("/desk/desk/case/?office=%00&kind=%00&q=%00", "/desk/desk/case/?state__exact=%00", "/desk/?x=%00"),
)


@pytest.mark.parametrize("url", NULS)
def test_what_nobody_can_type_breaks_no_page(client: Client, url: str) -> None:
    people = cast()
    enter_desk(client, people.grace)
    assert client.get(url).status_code < 500
