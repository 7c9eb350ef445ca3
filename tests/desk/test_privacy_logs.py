"""Canaries: what people type, are sent or carry as a key is in no log line and on no error page."""

from __future__ import annotations

import logging
import smtplib
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.test import Client, override_settings
from django.utils import timezone

from servicedesk.accounts import sms
from servicedesk.accounts.views.account import MAIL_SALT
from servicedesk.desk import actions, delivery
from servicedesk.desk.discreet import Discreet, discreet, quieten
from servicedesk.desk.models import CalendarFeed, Event
from tests.make import claimed, submitted
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
PHONE, ID, NAME = "13712345678", "370281199001011234", "金丝雀先生"
MAIL, PASSWORD, WORDS = "canary.bird@example.cn", "Canary-Password-77", "金丝雀的私房话"
CODE, TOKEN = "918273", "sd_canarytoken0123456789abcdefabcdef"
CANARIES = (PHONE, ID, NAME, MAIL, PASSWORD, WORDS, CODE, TOKEN, "canary.bird")


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        # As the lines are written: settings name this formatter for every handler.
        self.formatter = Discreet("{message}")
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The formatter adds the traceback, whose last line holds the words of the exception.
        self.lines.append(f"{record.name}: {self.format(record)}")


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def logged() -> Iterator[Lines]:
    """Everything any logger of ours says at its production level, and the libraries' warnings."""
    heard = Lines()
    names = ["", "django", "servicedesk", "enterprises", "approvals"]
    for name in names:
        logging.getLogger(name).addHandler(heard)
    yield heard
    for name in names:
        logging.getLogger(name).removeHandler(heard)


@pytest.fixture
def everything(logged: Lines) -> Iterator[Lines]:
    """The same with our own loggers at DEBUG."""
    ours = [logging.getLogger(name) for name in ("servicedesk", "enterprises", "approvals")]
    before = [each.level for each in ours]
    for each in ours:
        each.setLevel(logging.DEBUG)
    yield logged
    for each, level in zip(ours, before, strict=True):
        each.setLevel(level)


def clean(text: str) -> None:
    assert [canary for canary in CANARIES if canary in text] == []


def told(lines: Lines) -> str:
    return "\n".join(lines.lines)


FORM = {"text": WORDS, "contact_name": NAME, "contact_phone": PHONE, "place": ID, "title": WORDS}


def test_forms_and_verbs_log_nothing_of_what_was_typed(
    client: Client, people: Cast, everything: Lines
) -> None:
    client.force_login(people.wang)
    client.post("/start/direct-line/", FORM | {"topic": "999999", "party": "x"})
    client.post("/start/direct-line/", FORM)
    case = claimed(people, at=timezone.now() - timedelta(hours=1))
    for verb in ("message", "nudge", "withdraw", "nonsense"):
        client.post(f"/matters/{case.number}/{verb}/", {"text": WORDS, "reason": PHONE, "version": "0"})
    actions.contact(case, by=people.alice, at=timezone.now(), result="no_answer", number=PHONE, text=WORDS)
    client.post("/account/", {"name": NAME + "9", "language": "xx"})
    client.get("/search/", {"q": PHONE})
    client.post("/track/", {"number": ID, "secret": TOKEN})
    clean(told(everything))


def test_log_in_codes_and_passwords_are_in_no_log(client: Client, people: Cast, everything: Lines) -> None:
    client.post("/account/login/", {"login": MAIL, "password": PASSWORD})
    client.post("/account/code/", {"phone": PHONE})
    client.post("/account/code/enter/", {"code": CODE})
    client.post("/account/password/reset/", {"email": MAIL})
    client.get("/api/v1/cases/", HTTP_AUTHORIZATION=f"Bearer {TOKEN}")
    clean(told(everything))


@override_settings(DEBUG=False)
def test_a_page_that_fails_tells_neither_its_reader_nor_the_log(
    people: Cast, everything: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("the house fell")

    monkeypatch.setattr("servicedesk.desk.views.track.find_tracked", fall, raising=False)
    monkeypatch.setattr("servicedesk.portal.search.found", fall)
    client = Client(raise_request_exception=False)
    client.force_login(people.wang)
    answer = client.get("/search/", {"q": WORDS + PHONE})
    assert answer.status_code == 500
    clean(answer.content.decode())
    for path in (f"/nowhere/{PHONE}/", f"/matters/{ID}/", f"/calendar/{TOKEN.replace('_', '-')}.ics"):
        clean(client.get(path, {"name": NAME}).content.decode())
    assert "the house fell" in told(everything)
    clean(told(everything))


def test_keys_in_addresses_are_hidden_where_a_request_is_logged(
    client: Client, people: Cast, everything: Lines
) -> None:
    """The calendar's address, the link of a letter and a follow-up's link open something by themselves."""
    token = f"canary{uuid.uuid4().hex}"
    link = signing.dumps({"user": 0, "old": "", "new": MAIL}, salt=MAIL_SALT)
    client.get(f"/calendar/{token}.ics")
    client.force_login(people.wang)
    client.get(f"/account/mail/{link}/")
    client.get(f"/revisit/{token}/")
    text = told(everything)
    assert token not in text
    assert link not in text
    assert not CalendarFeed.objects.exists()


def test_a_mail_server_that_repeats_the_address_is_not_quoted(
    people: Cast, everything: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    people.wang.email = MAIL
    people.wang.save(update_fields=["email"])

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise smtplib.SMTPRecipientsRefused({MAIL: (550, f"no such user {MAIL}".encode())})

    monkeypatch.setattr(mail, "get_connection", refuse)
    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    submitted(people, at=timezone.now() - timedelta(hours=1), text=WORDS)
    delivery.deliver(timezone.now())
    clean(told(everything))


def test_a_gateway_that_fails_is_not_quoted(everything: Lines, settings: Any) -> None:
    settings.SMS_URL = "https://127.0.0.1:9/send"
    with pytest.raises(sms.SmsRefused) as refused:
        sms.send(PHONE, "login-code", {"code": CODE, "minutes": "5"}, f"code-{uuid.uuid4()}")
    clean(str(refused.value))
    clean(told(everything))


def test_nothing_personal_is_sealed_into_the_chain_for_ever(client: Client, people: Cast) -> None:
    """Params and titles stay when the words are erased."""
    case = claimed(people, at=timezone.now() - timedelta(hours=1))
    actions.contact(case, by=people.alice, at=timezone.now(), result="no_answer", number=PHONE, text=NAME)
    actions.message(case, by=people.wang, at=timezone.now(), text=WORDS + ID)
    actions.note(case, by=people.alice, at=timezone.now(), text=NAME + PHONE)
    for title, params in Event.objects.values_list("title", "params"):
        clean(f"{title} {params}")


def test_every_handler_writes_discreetly(settings: Any) -> None:
    used = {handler["formatter"] for handler in settings.LOGGING["handlers"].values()}
    classes = {settings.LOGGING["formatters"][name]["()"] for name in used}
    assert classes == {f"{Discreet.__module__}.{Discreet.__qualname__}"}


def test_numbers_of_matters_and_pages_stay_readable() -> None:
    line = "Not Found: /matters/ZT-2026-000001/ and /start/construction-permit/ for user 17"
    assert discreet(line) == line
    assert PHONE not in discreet(f"550 {PHONE} <{MAIL}> {ID}")


def test_the_workers_own_handlers_are_quietened_too() -> None:
    handler, logger = logging.StreamHandler(), logging.Logger("worker")
    handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
    logger.addHandler(handler)
    quieten(logger)
    quieten(logger)
    line = logging.LogRecord("worker", logging.ERROR, "", 0, "Task raised: %s", (PHONE,), None)
    assert handler.format(line) == "[ERROR] Task raised: […]"
