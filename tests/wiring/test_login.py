"""Who gets in, by which name, and who is locked out of what."""

from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.http import HttpResponse
from django.test import Client

from servicedesk.accounts.backends import as_phone
from servicedesk.accounts.models import User

pytestmark = pytest.mark.django_db

PASSWORD = "a long enough password"


@pytest.fixture
def alice() -> User:
    fields = {"name": "王丽", "phone": "13800000001", "email": "alice@example.cn"}
    return User.objects.create_user("alice", PASSWORD, **fields)


def log_in(name: str, password: str = PASSWORD, address: str = "10.0.0.1", **headers: str) -> Any:
    words = {"login": name, "password": password}
    return Client().post("/account/login/", words, REMOTE_ADDR=address, **headers)  # type: ignore[arg-type]


def is_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and "sessionid" in answer.cookies


@pytest.mark.parametrize("name", ["alice", "alice@example.cn", "13800000001", "+86 138 0000 0001"])
def test_one_account_has_three_names(alice: User, name: str) -> None:
    assert is_in(log_in(name))
    assert not is_in(log_in(name, "wrong password"))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("+86 138-0000-0001", "13800000001"), ("008613800000001", "13800000001"), ("alice", ""), ("123", "")],
)
def test_a_number_is_read_as_it_is_stored(typed: str, stored: str) -> None:
    assert as_phone(typed) == stored


def test_unknown_names_are_answered_like_wrong_passwords(alice: User) -> None:
    known, unknown = log_in("alice", "wrong password"), log_in("nobody", "wrong password")
    assert known.status_code == unknown.status_code == 200
    assert list(known.context["form"].non_field_errors()) == list(unknown.context["form"].non_field_errors())


def test_a_name_asked_for_a_new_password_is_neither_confirmed_nor_denied(alice: User) -> None:
    answers = [
        Client().post("/account/password/reset/", {"email": mail})
        for mail in ("alice@example.cn", "nobody@example.cn")
    ]
    assert {(answer.status_code, answer.headers.get("Location")) for answer in answers} == {
        (302, "/account/password/reset/done/")
    }


@pytest.mark.usefixtures("lock_out")
def test_five_wrong_passwords_lock_this_account_at_this_address_only(alice: User) -> None:
    User.objects.create_user("bob", PASSWORD, name="李强")
    for name in ("alice", "alice@example.cn", "13800000001", "ALICE"):
        assert log_in(name, "wrong password").status_code == 200
    assert log_in("alice", "wrong password").status_code == 429
    locked = log_in("13800000001")
    assert locked.status_code == 429
    assert "<h1>" in locked.content.decode()
    assert is_in(log_in("alice", address="10.0.0.2")), "a stranger has locked Alice out"
    assert is_in(log_in("bob")), "a colleague's guesses have locked Bob out"


@pytest.mark.usefixtures("lock_out")
def test_the_address_cannot_be_made_up(alice: User) -> None:
    for last in range(5):
        log_in("alice", "wrong password", HTTP_X_FORWARDED_FOR=f"10.1.1.{last}")
    assert log_in("alice", HTTP_X_FORWARDED_FOR="10.1.1.9").status_code == 429


def test_nobody_signs_up_by_themselves() -> None:
    answer = Client().post(
        "/account/signup/", {"username": "eve", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer.status_code == 200
    assert not User.objects.filter(username="eve").exists()


def test_production_does_not_know_demo_users(alice: User, settings: Any) -> None:
    alice.is_demo = True
    alice.save()
    client = Client()
    client.force_login(alice)
    settings.PRODUCTION = True
    assert not is_in(log_in("alice"))
    assert not client.get("/account/login/").wsgi_request.user.is_authenticated
    with pytest.raises(SystemCheckError, match="Demo users"):
        call_command("check", "--database", "default")


@pytest.mark.django_db
def test_the_language_chosen_before_the_log_in_is_the_one_of_the_letters(client: Client) -> None:
    user = User.objects.create_user("li", "long enough to be good", name="Li")
    client.cookies["django_language"] = "ru"
    client.post("/account/login/", {"login": "li", "password": "long enough to be good"})
    user.refresh_from_db()
    assert user.language == "ru"
