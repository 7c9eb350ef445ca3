"""Staff work with a second factor; the demo shows its codes, and nobody else's."""

from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from servicedesk.accounts import demo
from servicedesk.accounts.models import Office, Post, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor")]

PASSWORD = "a long enough password"


@pytest.fixture
def officer() -> User:
    return User.objects.create_user("officer", PASSWORD, name="赵敏", is_staff=True)


def test_staff_without_a_code_are_led_to_enrolment(client: Client, officer: User) -> None:
    client.force_login(officer)
    for path in ("/desk/", "/desk/accounts/user/", "/", "/no/such/page"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/account/2fa/totp/activate/")
    assert client.post("/desk/accounts/user/add/").status_code == 302
    assert client.get("/api/v1/anything/").status_code == 403
    assert client.get("/healthz").status_code == 200


def test_staff_enrol_and_enter(client: Client, officer: User) -> None:
    client.post("/account/login/", {"login": "officer", "password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/")
    picture = client.get("/account/2fa/totp/qr.svg")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    secret = page.context["form"].secret
    codes = demo.auth.yield_hotp_counters_from_time()
    code = demo.auth.format_hotp_value(demo.auth.hotp_value(secret, list(codes)[1]))
    assert client.post("/account/2fa/totp/activate/", {"code": code}).status_code == 302
    assert client.get("/account/2fa/totp/qr.svg").status_code == 404
    assert client.get("/no/such/page").status_code == 404


def test_a_password_alone_opens_nothing(client: Client, officer: User) -> None:
    demo.enrol(officer)
    answer = client.post("/account/login/", {"login": "officer", "password": PASSWORD})
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert not client.get("/account/2fa/authenticate/").wsgi_request.user.is_authenticated
    client.post("/account/2fa/authenticate/", {"code": demo.code_of(officer)})
    assert client.get("/account/2fa/").wsgi_request.user == officer


def test_companies_need_no_code(client: Client) -> None:
    client.force_login(User.objects.create_user("company", PASSWORD, name="孙立"))
    assert client.get("/no/such/page").status_code == 404


def test_the_desk_has_no_log_in_of_its_own(client: Client) -> None:
    answer = client.get("/desk/login/?next=/desk/accounts/")
    assert answer.headers["Location"] == "/account/login/?next=/desk/accounts/"


@pytest.fixture
def cast(settings: Any, officer: User) -> User:
    """One officer of the demo, and one who is not of the demo."""
    settings.DEMO = True
    bureau = Office.objects.create(code="zjj", name="住建局")
    of_demo = User.objects.create_user("wang", demo.PASSWORD, name="王伟", is_staff=True, is_demo=True)
    for user in (officer, of_demo):
        Post.objects.create(user=user, office=bureau, role=Post.Role.OFFICER, since=date(2020, 1, 1))
        demo.enrol(user)
    return of_demo


def test_the_log_in_page_of_the_demo_shows_working_codes_once_each(cast: User) -> None:
    for _ in range(3):
        (person,) = demo.people(date(2026, 1, 5))
        assert person.username == "wang"
        totp = Authenticator.objects.get(user=cast).wrap()
        assert totp.validate_code(person.code)
        assert not totp.validate_code(person.code)


def test_outside_the_demo_nobody_is_shown(cast: User, settings: Any) -> None:
    settings.DEMO = False
    assert demo.people(date(2026, 1, 5)) == []
    assert demo.progress() is None


def test_the_banner_tells_how_far_the_demo_is(settings: Any) -> None:
    settings.DEMO = True
    file = settings.VAR / "demo-progress.json"
    assert demo.progress() is None
    file.write_text('{"done": 3, "total": 600}')
    assert demo.progress() == {"done": 3, "total": 600}
    file.write_text('{"done": 600, "total": 600}')
    assert demo.progress() is None
    file.unlink()
