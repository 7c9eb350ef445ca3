"""Log-in by mobile number and code: the same answers for every number, few tries, few messages."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from servicedesk.accounts import codes
from servicedesk.accounts.models import PhoneCode, Sitting, User
from servicedesk.desk.models import Event, Membership, Party

pytestmark = pytest.mark.django_db

KNOWN, UNKNOWN = "13800000001", "13900000002"
ASK, ENTER, REGISTER = "/account/code/", "/account/code/enter/", "/account/register/"


@pytest.fixture
def wang() -> User:
    return User.objects.create_user("wang", None, name="王丽", phone=KNOWN)


@pytest.fixture(autouse=True)
def no_old_messages(settings: Any) -> None:
    for file in (settings.VAR / "sms").glob("*.json"):
        file.unlink()


def last_code(settings: Any, phone: str) -> str:
    """The code in the newest message to the number, as the gateway would carry it."""
    files = sorted((settings.VAR / "sms").glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    said = [json.loads(file.read_text()) for file in files]
    return str([each for each in said if each["phone"] == phone][-1]["params"]["code"])


def ask(client: Client, phone: str, **more: str) -> Any:
    return client.post(ASK, {"phone": phone, **more})


def test_a_known_number_is_logged_in_by_its_code(client: Client, wang: User, settings: Any) -> None:
    answer = ask(client, "+86 138 0000 0001", next="/matters/")
    assert answer.headers["Location"] == ENTER
    before = client.session.session_key
    answer = client.post(ENTER, {"code": last_code(settings, KNOWN)})
    assert answer.headers["Location"] == "/matters/"
    assert client.get("/account/").context["user"] == wang
    assert client.session.session_key != before, "the session must rotate at the log-in"
    assert Sitting.objects.get().how == "code"
    event = Event.objects.get(verb="log_in")
    assert event.chain == f"user:{wang.pk}" and event.params == {"how": "code"} and "127.0.0.1" in event.body


def test_an_unknown_number_gets_the_same_answers_and_registers_a_person(
    client: Client, settings: Any
) -> None:
    assert ask(client, UNKNOWN).headers["Location"] == ENTER
    assert client.get(REGISTER).headers["Location"] == "/account/login/"
    answer = client.post(ENTER, {"code": last_code(settings, UNKNOWN)})
    assert answer.headers["Location"].startswith(REGISTER)
    assert not User.objects.exists()
    assert client.post(REGISTER, {"name": "李雷"}).status_code == 422
    client.post(REGISTER, {"name": " 李雷 ", "agreed": "on"})
    user = User.objects.get()
    assert (user.name, user.phone, user.has_usable_password(), user.is_staff) == (
        "李雷",
        UNKNOWN,
        False,
        False,
    )
    membership = Membership.objects.get(user=user)
    assert membership.party.sort == Party.Sort.PERSON and membership.party.name == "李雷"
    assert Event.objects.get(verb="register").params["agreed"] == "privacy"
    assert client.get("/account/").status_code == 200
    assert client.get(REGISTER).headers["Location"] == "/"


def test_known_and_unknown_numbers_look_alike(wang: User) -> None:
    said = []
    for phone in (KNOWN, UNKNOWN):
        client = Client()
        first = ask(client, phone)
        page = client.get(ENTER)
        wrong = client.post(ENTER, {"code": "000000"})
        again = ask(client, phone)
        texts = [each.content.decode().replace(phone, "…") for each in (page, wrong, again)]
        tokens = [text.partition("csrfmiddlewaretoken")[0] for text in texts]
        said.append([first.status_code, page.status_code, wrong.status_code, again.status_code, tokens])
    assert said[0] == said[1]
    assert said[0][:4] == [302, 200, 422, 429]


@pytest.mark.parametrize("typed", ["", "12345", "23800000001", "138000000012", "abc", "1380000000\0"])
def test_what_is_no_mobile_number_gets_no_message(client: Client, typed: str) -> None:
    assert ask(client, typed).status_code == 422
    assert not PhoneCode.objects.exists()


def test_five_wrong_codes_void_the_right_one(client: Client, wang: User, settings: Any) -> None:
    ask(client, KNOWN)
    right = last_code(settings, KNOWN)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert client.post(ENTER, {"code": wrong}).status_code == 422
    assert client.post(ENTER, {"code": right}).status_code == 422
    assert "_auth_user_id" not in client.session


def test_a_code_works_once_for_five_minutes_and_in_its_own_browser(
    client: Client, wang: User, settings: Any
) -> None:
    at = timezone.now()
    ask(client, KNOWN)
    code = last_code(settings, KNOWN)
    other = Client()
    with time_machine.travel(at + timedelta(minutes=1, seconds=1)):
        ask(other, KNOWN)
        assert other.post(ENTER, {"code": code}).status_code == 422, "a code belongs to its browser"
    with time_machine.travel(at + timedelta(minutes=5, seconds=2)):
        assert client.post(ENTER, {"code": code}).status_code == 422, "a code grows old"
        ask(client, KNOWN)
        code = last_code(settings, KNOWN)
        assert client.post(ENTER, {"code": code}).status_code == 302
        session = client.session
        session["code_pending"] = {"phone": KNOWN, "next": ""}
        session.save()
        assert client.post(ENTER, {"code": code}).status_code == 422, "a code works once"


def test_a_strangers_wrong_tries_do_not_void_the_code_of_another_browser(wang: User, settings: Any) -> None:
    mine, stranger = Client(), Client()
    at = timezone.now()
    ask(mine, KNOWN)
    code = last_code(settings, KNOWN)
    with time_machine.travel(at + timedelta(seconds=61)):
        ask(stranger, KNOWN)
        for _ in range(6):
            stranger.post(ENTER, {"code": "000000"})
        assert mine.post(ENTER, {"code": code}).status_code == 302


def test_a_number_gets_one_code_a_minute_five_an_hour_ten_a_day(wang: User) -> None:
    at = timezone.now()
    sent = []
    for minute in range(0, 24 * 60, 2):
        with time_machine.travel(at + timedelta(minutes=minute)):
            cache.clear()  # the rows alone must hold
            answer = ask(Client(), KNOWN)
        if answer.status_code == 302:
            sent.append(minute)
        elif len(sent) == 10:
            break
        else:
            assert int(answer.headers["Retry-After"]) > 0
    assert sent == [0, 2, 4, 6, 8, 60, 62, 64, 66, 68]


def test_one_address_cannot_send_to_many_numbers(settings: Any) -> None:
    answers = [ask(Client(), f"1370000{n:04d}").status_code for n in range(codes.PER_ADDRESS[0][0] + 1)]
    assert set(answers[:-1]) == {302} and answers[-1] == 429
    elsewhere = Client(REMOTE_ADDR="10.9.9.9").post(ASK, {"phone": "13700009999"})
    assert elsewhere.status_code == 302


def test_neither_the_number_nor_the_code_stands_in_the_rows(
    client: Client, wang: User, settings: Any
) -> None:
    ask(client, KNOWN)
    row = PhoneCode.objects.values().get()
    assert KNOWN not in str(row) and last_code(settings, KNOWN) not in str(row["digest"])


def test_no_code_opens_an_account_of_staff_or_a_closed_one(client: Client, settings: Any) -> None:
    User.objects.create_user("officer", None, name="赵", phone=KNOWN, is_staff=True)
    User.objects.create_user("gone", None, name="钱", phone=UNKNOWN, is_active=False)
    ask(client, KNOWN)
    assert client.post(ENTER, {"code": last_code(settings, KNOWN)}).status_code == 403
    other = Client()
    ask(other, UNKNOWN)
    assert (
        other.post(ENTER, {"code": last_code(settings, UNKNOWN)}).headers["Location"] == "/account/inactive/"
    )
    assert "_auth_user_id" not in client.session and "_auth_user_id" not in other.session


def test_a_dead_gateway_is_said_and_breaks_nothing(client: Client, wang: User, settings: Any) -> None:
    settings.SMS_URL, settings.SMS_FOLDER = "", None
    answer = ask(client, KNOWN)
    assert answer.status_code == 503 and 'id="errors"' in answer.content.decode()


def test_the_code_is_shown_in_a_demonstration_only(client: Client, wang: User, settings: Any) -> None:
    ask(client, KNOWN)
    code = last_code(settings, KNOWN)
    assert code not in client.get(ENTER).content.decode()
    settings.DEMO = True
    other = Client()
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        ask(other, KNOWN)
        assert last_code(settings, KNOWN) in other.get(ENTER).content.decode()


def test_the_log_in_page_offers_both_ways_and_leads_nowhere_else(
    client: Client, wang: User, settings: Any
) -> None:
    page = client.get("/account/login/?next=/matters/").content.decode()
    assert page.index('name="phone"') < page.index('name="password"')
    assert page.count('name="next" value="/matters/"') == 2
    ask(client, KNOWN, next="https://evil.example/")
    assert 'autocomplete="one-time-code"' in client.get(ENTER).content.decode()
    assert client.post(ENTER, {"code": last_code(settings, KNOWN)}).headers["Location"] == "/"
