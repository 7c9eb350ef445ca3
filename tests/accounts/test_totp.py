"""The staff door: enrolment first, then a code in every session, and nobody else."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth, flows
from django.test import Client

from servicedesk.accounts import demo
from servicedesk.accounts.models import User
from tests.entering import enter_desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_factor")]

PASSWORD = "a long enough password"


@pytest.fixture
def officer() -> User:
    return User.objects.create_user("officer", PASSWORD, name="赵敏", is_staff=True, phone="13800000000")


def code_for(secret: str) -> str:
    counters = list(auth.yield_hotp_counters_from_time())
    return auth.format_hotp_value(auth.hotp_value(secret, counters[len(counters) // 2]))


def log_in(client: Client, login: str = "officer", following: str = "/desk/") -> Any:
    return client.post("/account/login/", {"login": login, "password": PASSWORD, "next": following})


def test_staff_without_totp_are_led_to_enrolment_and_then_in(
    client: Client, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Within the test's transaction nothing would ever be committed.
    monkeypatch.setattr(flows.transaction, "on_commit", lambda told: told())
    log_in(client)
    assert client.get("/desk/").headers["Location"] == "/account/2fa/totp/activate/"
    page = client.get("/account/2fa/totp/activate/")
    assert "qr.svg" in page.content.decode() and "data:" not in page.content.decode()
    secret = page.context["form"].secret
    client.post("/account/2fa/totp/activate/", {"code": code_for(secret)})
    assert client.get("/desk/").status_code == 200


def test_staff_with_totp_are_asked_for_a_code(client: Client, officer: User) -> None:
    demo.enrol(officer)
    answer = log_in(client)
    assert answer.headers["Location"].startswith("/account/2fa/authenticate/")
    assert client.get("/desk/", follow=True).redirect_chain[-1][0] == "/account/2fa/authenticate/"
    wrong = client.post("/account/2fa/authenticate/", {"code": "000000"})
    assert wrong.status_code == 200 and 'id="errors"' in wrong.content.decode()
    client.post("/account/2fa/authenticate/", {"code": demo.code_of(officer)})
    assert client.get("/desk/").status_code == 200


@pytest.mark.parametrize("login", ["officer", "OFFICER", "13800000000", "+86 138 0000 0000"])
def test_name_or_phone_will_do(client: Client, officer: User, login: str) -> None:
    demo.enrol(officer)
    assert log_in(client, login).headers["Location"].startswith("/account/2fa/authenticate/")


def test_a_session_without_a_code_is_asked_for_one(client: Client, officer: User) -> None:
    demo.enrol(officer)
    client.force_login(officer)
    answer = client.get("/desk/?q=1")
    assert answer.headers["Location"] == "/account/2fa/reauthenticate/?next=%2Fdesk%2F%3Fq%3D1"
    client.post("/account/2fa/reauthenticate/", {"code": demo.code_of(officer)})
    assert client.get("/desk/").status_code == 200


def test_another_users_code_opens_nothing(client: Client, officer: User) -> None:
    other = User.objects.create_user("other", PASSWORD, name="钱", is_staff=True)
    demo.enrol(officer)
    demo.enrol(other)
    enter_desk(client, officer)
    session = client.session
    records = dict(session.items())
    client.force_login(other)
    session = client.session
    session.update({key: value for key, value in records.items() if key.startswith("account_")})
    session.save()
    assert client.get("/desk/").status_code == 302


def test_the_desk_is_reachable_once_inside(client: Client, officer: User) -> None:
    demo.enrol(officer)
    enter_desk(client, officer)
    assert client.get("/desk/").status_code == 200
    assert client.get("/desk/login/").status_code == 302


def test_a_company_at_the_staff_door_is_told_so_and_not_sent_round(client: Client) -> None:
    client.force_login(User.objects.create_user("company", PASSWORD, name="孙立"))
    for path in ("/desk/", "/desk/login/", "/desk/jsi18n/", "/desk/no/such/"):
        assert client.get(path).status_code == 403


def test_strangers_are_led_to_the_log_in(client: Client) -> None:
    answer = client.get("/desk/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/login/?next=")


@pytest.mark.parametrize(
    ("known", "unknown"),
    [("officer", "nobody"), ("officer@example.cn", "nobody@example.cn"), ("13800000000", "13911111111")],
)
def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(
    client: Client, officer: User, known: str, unknown: str
) -> None:
    User.objects.filter(pk=officer.pk).update(email="officer@example.cn")
    said = []
    for login in (known, unknown):
        answer = client.post("/account/login/", {"login": login, "password": "not the password"})
        assert answer.status_code == 200
        said.append(answer.context["form"].non_field_errors())
    assert said[0] == said[1] and said[0]


def test_codes_are_shown_in_a_demonstration_only(client: Client, officer: User, settings: Any) -> None:
    demo.enrol(officer)
    User.objects.filter(pk=officer.pk).update(is_demo=True)
    for shown in (False, True):
        settings.DEMO = shown
        log_in(client)
        page = client.get("/account/2fa/authenticate/").content.decode()
        assert (demo.code_of(officer) in page) is shown
        assert (demo.PASSWORD in client.get("/account/login/").content.decode()) is False or shown


def test_turning_it_off_closes_the_door_again(client: Client, officer: User) -> None:
    demo.enrol(officer)
    enter_desk(client, officer)
    Authenticator.objects.filter(user=officer).delete()
    session = client.session
    session.flush()
    client.force_login(officer)
    assert client.get("/desk/").headers["Location"] == "/account/2fa/totp/activate/"
