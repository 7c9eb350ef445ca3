"""My account: number, mail, password and sessions change hands only with a proof, and leave a line behind."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import Sitting, User
from servicedesk.desk.models import Event, Notice
from tests.accounts.test_codes import last_code

pytestmark = [pytest.mark.once, pytest.mark.django_db]

PASSWORD = "a long enough password"
OLD, NEW, TAKEN = "13800000001", "13900000002", "13700000003"


@pytest.fixture
def wang(settings: Any) -> User:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return User.objects.create_user("wang", PASSWORD, name="王丽", phone=OLD)


@pytest.fixture
def inside(client: Client, wang: User) -> Client:
    """Wang, who has just given the password."""
    client.post("/account/login/", {"login": "wang", "password": PASSWORD})
    return client


def last_message(settings: Any, phone: str) -> str:
    files = sorted((settings.VAR / "sms").glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    said = [json.loads(file.read_text()) for file in files]
    return str([each for each in said if each["phone"] == phone][-1]["template"])


def link_in_letter() -> str:
    found = re.search(r"https?://[^/]+(/account/mail/\S+)", str(mail.outbox[0].body))
    assert found
    return found.group(1)


def test_strangers_are_led_to_the_log_in(client: Client) -> None:
    for path in (
        "",
        "phone/",
        "phone/enter/",
        "mail/",
        "mail/x/",
        "prove/",
        "sessions/end/",
        "password/remove/",
    ):
        answer = client.get(f"/account/{path}")
        assert answer.headers["Location"].startswith("/account/login/?next=/account/")


def test_name_and_language_are_kept_and_the_page_speaks_it(inside: Client, wang: User) -> None:
    answer = inside.post("/account/", {"name": " 王 莉 ", "language": "ru"}, follow=True)
    assert answer.headers["Content-Language"] == "ru"
    wang.refresh_from_db()
    assert (wang.name, wang.language) == ("王 莉", "ru")
    assert Event.objects.get(verb="account_changed").params == {"fields": ["language", "name"]}
    assert inside.post("/account/", {"name": "", "language": "tlh"}).status_code == 422


def test_staff_do_not_rename_themselves(client: Client, wang: User) -> None:
    wang.is_staff = True
    wang.save()
    client.force_login(wang)
    client.post("/account/", {"name": "Somebody else", "language": "en"})
    wang.refresh_from_db()
    assert (wang.name, wang.language) == ("王丽", "en")


def test_a_new_number_is_proved_and_the_old_one_is_told(inside: Client, wang: User, settings: Any) -> None:
    inside.post("/account/phone/", {"phone": NEW})
    assert inside.post("/account/phone/enter/", {"code": "000000"}).status_code == 422
    wang.refresh_from_db()
    assert wang.phone == OLD
    inside.post("/account/phone/enter/", {"code": last_code(settings, NEW)})
    wang.refresh_from_db()
    assert wang.phone == NEW
    assert last_message(settings, OLD) == "security"
    event = Event.objects.get(verb="phone_changed")
    assert event.body == f"{OLD} → {NEW}" and NEW not in str(event.params)
    notice = Notice.objects.get(event=event, channel=Notice.Channel.APP)
    assert notice.recipient == wang and NEW not in notice.body


def test_a_number_of_another_account_stays_with_it(inside: Client, wang: User, settings: Any) -> None:
    User.objects.create_user("other", None, name="别人", phone=TAKEN)
    assert inside.post("/account/phone/", {"phone": TAKEN}).status_code == 302, (
        "nothing is said before the proof"
    )
    answer = inside.post("/account/phone/enter/", {"code": last_code(settings, TAKEN)}, follow=True)
    wang.refresh_from_db()
    assert wang.phone == OLD and 'class="flash error"' in answer.content.decode()


def test_whoever_has_been_in_for_long_proves_to_be_there_still(
    inside: Client, wang: User, settings: Any
) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for path in ("phone/", "mail/", "2fa/totp/activate/"):
            assert inside.get(f"/account/{path}").headers["Location"].startswith("/account/prove/")
        assert inside.post("/account/password/remove/").headers["Location"].startswith("/account/prove/")
        wang.refresh_from_db()
        assert wang.has_usable_password()
        page = inside.post("/account/prove/", {"send": "1", "next": "/account/phone/"})
        assert 'autocomplete="one-time-code"' in page.content.decode()
        assert inside.post("/account/prove/", {"code": "000000"}).status_code == 422
        code = last_code(settings, OLD)
        answer = inside.post("/account/prove/", {"code": code, "next": "/account/phone/"})
        assert answer.headers["Location"] == "/account/phone/"
        assert inside.get("/account/phone/").status_code == 200


def test_a_mail_address_holds_once_its_link_was_followed(inside: Client, wang: User) -> None:
    inside.post("/account/mail/", {"email": "wang@example.cn"})
    wang.refresh_from_db()
    assert wang.email == ""
    path = link_in_letter()
    assert mail.outbox[0].to == ["wang@example.cn"]
    stranger = Client()
    stranger.force_login(User.objects.create_user("other", None, name="别人"))
    assert stranger.post(path).status_code == 410
    assert inside.get(path).status_code == 200
    wang.refresh_from_db()
    assert wang.email == "", "looking is not confirming"
    inside.post(path)
    wang.refresh_from_db()
    assert wang.email == "wang@example.cn"
    assert inside.post(path).status_code == 410, "a link works once"
    inside.post("/account/mail/", {"email": ""})
    wang.refresh_from_db()
    assert wang.email == "" and Event.objects.filter(verb="mail_changed").count() == 2


def test_a_mail_link_grows_old_and_no_address_has_two_owners(inside: Client, wang: User) -> None:
    inside.post("/account/mail/", {"email": "wang@example.cn"})
    path = link_in_letter()
    User.objects.create_user("other", None, name="别人", email="WANG@example.cn")
    assert inside.post(path).status_code == 410
    User.objects.filter(username="other").delete()
    session = inside.session
    session.set_expiry(3 * 24 * 3600)
    session.save()
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert inside.post(path).status_code == 410


def test_nobody_fills_a_strangers_letter_box(inside: Client, wang: User) -> None:
    answers = [inside.post("/account/mail/", {"email": f"x{n}@example.cn"}).status_code for n in range(6)]
    assert answers == [302] * 5 + [429] and len(mail.outbox) == 5


def test_a_password_is_optional_where_another_way_stays_open(inside: Client, wang: User) -> None:
    inside.post("/account/password/remove/")
    wang.refresh_from_db()
    assert not wang.has_usable_password()
    assert inside.get("/account/").status_code == 200, "this session goes on"
    assert Event.objects.filter(verb="password_removed").exists()
    words = {"password1": PASSWORD, "password2": PASSWORD}
    assert inside.get("/account/password/set/").status_code == 200
    inside.post("/account/password/set/", words)
    wang.refresh_from_db()
    assert wang.check_password(PASSWORD) and Event.objects.filter(verb="password_changed").exists()
    User.objects.filter(pk=wang.pk).update(phone=None)
    inside.post("/account/password/remove/")
    wang.refresh_from_db()
    assert wang.has_usable_password(), "the only way in"


def test_sessions_are_listed_and_ended_one_by_one_or_all_others(inside: Client, wang: User) -> None:
    phone = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) MicroMessenger/8.0", REMOTE_ADDR="10.1.1.1")
    tablet = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPad) Safari/605", REMOTE_ADDR="10.1.1.2")
    for client in (phone, tablet):
        client.post("/account/login/", {"login": "wang", "password": PASSWORD})
    page = inside.get("/account/").content.decode()
    assert "WeChat · iPhone" in page and "10.1.1.2" in page
    other = User.objects.create_user("other", None, name="别人")
    now = timezone.now()
    given = {"how": "code", "address": "10.2.2.2", "began_at": now, "seen_at": now}
    theirs = Sitting.objects.create(user=other, key="a" * 32, **given)
    inside.post("/account/sessions/end/", {"only": theirs.pk})
    theirs.refresh_from_db()
    assert theirs.ended_at is None, "another's session"
    inside.post("/account/sessions/end/", {"only": Sitting.objects.get(address="10.1.1.1").pk})
    assert phone.get("/account/").status_code == 302 and tablet.get("/account/").status_code == 200
    inside.post("/account/sessions/end/")
    assert tablet.get("/account/").status_code == 302 and inside.get("/account/").status_code == 200
    for wrong in ("x", "9" * 30, "-1"):
        assert inside.post("/account/sessions/end/", {"only": wrong}).status_code == 302
    assert inside.post("/account/logout/").status_code == 302
    assert not Sitting.objects.filter(user=wang, ended_at=None).exists()


def test_the_page_tells_what_happened_to_the_account(inside: Client, wang: User) -> None:
    page = inside.get("/account/").content.decode()
    assert "127.0.0.1" in page and 'id="record"' in page


def test_a_locked_out_guess_leaves_one_line_and_tells_the_owner(wang: User, lock_out: None) -> None:
    for _ in range(7):
        Client().post("/account/login/", {"login": "wang", "password": "wrong"})
    assert Event.objects.filter(verb="log_in_locked", chain=f"user:{wang.pk}").count() >= 1
    assert not Event.objects.filter(verb="log_in").exists()
