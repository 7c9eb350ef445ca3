"""Short messages: one approved text, one part, once for a key, not more than a day allows."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from servicedesk.accounts import sms
from servicedesk.accounts.checks import short_texts_fit
from servicedesk.accounts.models import SmsMessage, SmsTemplate
from servicedesk.accounts.sms import SmsRefused, fit, plain, send
from servicedesk.accounts.sms_rows import length
from tests.make import MONDAY

pytestmark = pytest.mark.django_db
CODE = {"code": "123456", "minutes": "10"}


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.SMS_FOLDER = tmp_path
    return tmp_path


def test_without_a_gateway_the_message_is_a_file(folder: Path) -> None:
    send("138 0000-0001", "login-code", CODE, "k1")
    (path,) = folder.iterdir()
    said = json.loads(path.read_text())
    assert said == {
        "phone": "13800000001",
        "template": "login-code",
        "params": CODE,
        "text": "【胶州营商】验证码123456，10分钟内有效。请勿告诉他人。",
        "key": "k1",
    }


def test_the_same_key_sends_once(folder: Path) -> None:
    assert send("13800000001", "login-code", CODE, "k1") == send("13800000001", "login-code", CODE, "k1")
    assert len(list(folder.iterdir())) == 1


def test_what_was_said_is_kept_nowhere(folder: Path) -> None:
    send("13800000001", "login-code", CODE, "k1")
    assert "123456" not in str(SmsMessage.objects.values().get())


def test_the_first_texts_fit_one_part_with_their_longest_values(settings) -> None:
    settings.SITE_URL = "https://desk.jiaozhou.gov.cn"
    rows = list(SmsTemplate.objects.all())
    assert {row.code for row in rows} >= {"login-code", "news", "revisit", "invitation", "claim", "security"}
    assert {row.code: row.fault() for row in rows if row.fault()} == {}


@pytest.mark.parametrize(
    "text", ["{code", "{code}{secret}", "{code}" + "长" * 60, "{number}{number}{number}{number}{number}"]
)
def test_a_text_that_cannot_go_out_is_not_saved(text: str) -> None:
    row = SmsTemplate(code="x", provider_id="x", text=text)
    with pytest.raises(ValidationError):
        row.full_clean()


def test_a_long_value_is_shortened_and_never_makes_a_second_part() -> None:
    row = SmsTemplate.objects.get(code="invitation")
    link = "https://desk.example/i/ABCDEFGHJK"
    values = fit(row, {"company": "青岛胶州湾" * 10, "link": link})
    assert length(row.whole(values)) == 70
    assert values["company"].endswith("…")
    assert values["link"] == link


def test_a_link_is_never_cut() -> None:
    row = SmsTemplate.objects.get(code="revisit")
    with pytest.raises(SmsRefused, match="too-long") as refused:
        fit(row, {"number": "ZT-2026-000001", "link": "https://desk.example/" + "x" * 60})
    assert refused.value.final


def test_nobody_elses_link_or_signature_travels_in_a_value() -> None:
    row = SmsTemplate.objects.get(code="claim")
    text = row.whole(fit(row, {"company": "【某银行】http://evil.cn/x", "status": "通过"}))
    assert "http://" not in text
    assert "evil.cn" not in text
    assert text.count("【") == 1


@pytest.mark.parametrize("phone", ["", "12345", "not a number", "1380000000113800000001"])
def test_what_is_no_number_is_refused_for_good(phone: str) -> None:
    with pytest.raises(SmsRefused) as refused:
        plain(phone)
    assert refused.value.final


def test_the_day_has_a_cap_for_a_number_and_one_in_all() -> None:
    SmsTemplate.objects.filter(code="login-code").update(per_number=2, per_day=3)
    for key, phone in enumerate(["13800000001", "13800000001", "13800000002"]):
        send(phone, "login-code", CODE, f"k{key}", at=MONDAY)
    for phone in ("13800000001", "13800000003"):
        with pytest.raises(SmsRefused, match="cap") as refused:
            send(phone, "login-code", CODE, f"more-{phone}", at=MONDAY)
        assert not refused.value.final
    send("13800000001", "login-code", CODE, "tomorrow", at=MONDAY + timedelta(days=1))
    send("13800000001", "news", {"number": "ZT-2026-000001", "status": "已受理"}, "other text", at=MONDAY)


def test_a_text_out_of_use_is_refused() -> None:
    SmsTemplate.objects.filter(code="news").update(is_on=False)
    with pytest.raises(SmsRefused, match="off"):
        send("13800000001", "news", {"number": "ZT-2026-000001", "status": "已受理"}, "k")


def test_in_production_without_a_gateway_nothing_pretends_to_be_sent(settings) -> None:
    settings.SMS_FOLDER = None
    assert not sms.is_on()
    with pytest.raises(SmsRefused, match="off"):
        send("13800000001", "login-code", CODE, "k")


def test_a_longer_address_of_the_site_is_warned_of(settings) -> None:
    assert short_texts_fit(None, ["default"]) == []
    settings.SITE_URL = "https://" + "very-" * 12 + "long.example.gov.cn"
    warned = {
        message.msg.partition("”")[0].partition("“")[2] for message in short_texts_fit(None, ["default"])
    }
    assert {"news", "revisit", "invitation"} <= warned
