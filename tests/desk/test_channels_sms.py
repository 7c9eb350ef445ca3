"""Short messages: what the gateway takes, what it refuses, and what it says afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from servicedesk.accounts.models import SmsMessage, SmsTemplate
from servicedesk.desk import notices
from servicedesk.desk.delivery import deliver, try_again
from servicedesk.desk.invariants import notices_missing_or_doubled
from servicedesk.desk.models import Notice, NoticeChoices
from tests.desk.gateway import Gateway, serving
from tests.desk.rows import NOW, make_case, make_event, moment, say
from tests.desk.rows import serving as serving_at

pytestmark = pytest.mark.django_db
PLACE = "/channels/sms/receipts/"


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    gateway = Gateway()
    settings.SMS_KEY, settings.SMS_SECRET = gateway.KEY, gateway.SECRET
    settings.SMS_SIGNATURE, settings.SMS_TIMEOUT = gateway.SIGNATURE, 1
    with serving(gateway.answer) as url:
        settings.SMS_URL = url
        yield gateway


@pytest.fixture
def olga(town):
    """Has a telephone and nothing else."""
    return serving_at(town.bureau, "officer", "Olga", email="", phone="13800000001", language="zh-hans")


def sms_of(user) -> Notice:
    return Notice.objects.get(recipient=user, channel="sms")


def receipt(gateway: Gateway, state: str, reason: str = "", **how) -> int:
    body, headers = gateway.receipt(state, reason, **how)
    sent = Client().post(PLACE, body, content_type="application/json", headers=headers)
    return sent.status_code


def test_every_notice_works_without_e_mail(event, olga, gateway):
    say(event, [olga])
    assert deliver(NOW) == 1
    (said,) = gateway.taken.values()
    assert (said["phone"], said["template"]) == ("13800000001", "news")
    assert said["params"]["number"] == event.case.number
    assert sms_of(olga).state == "sent"


def test_a_short_message_never_says_what_it_is_about(event, olga, gateway, settings):
    say(event, [olga])
    deliver(NOW)
    (said,) = gateway.taken.values()
    text = SmsTemplate.objects.get(code="news").whole(said["params"])
    assert len(text) <= 70
    assert event.case.title not in text
    assert "poison" not in str(said)
    assert set(said["params"]) == {"number", "status", "site"}


def test_whoever_has_mail_gets_no_short_message_unless_they_want_one(town, event, gateway, olga):
    olga.email = "olga@example.cn"
    olga.save()
    say(event, [olga])
    assert not Notice.objects.filter(channel="sms").exists()
    NoticeChoices.objects.create(user=olga, channels={"reminder": ["sms"]})
    say(make_event(event.case, NOW), [olga])
    assert sms_of(olga).state == "queued"


def test_at_night_a_short_message_waits_for_the_morning(town, olga, gateway):
    night = moment("2026-03-03 22:30")
    event = make_event(make_case(town, submitted=NOW), night)
    say(event, [olga], quiet_until=night)
    assert sms_of(olga).next_try_at == moment("2026-03-04 08:00")


def test_an_alarm_for_any_hour_comes_at_night(town, olga, gateway):
    night = moment("2026-03-03 22:30")
    say(make_event(make_case(town, submitted=NOW), night), [olga])
    assert sms_of(olga).next_try_at == night


@pytest.mark.parametrize("mood", [(429, {"code": "throttled"}), (500, b"<html>"), (200, b"no json")])
def test_what_the_gateway_cannot_take_now_is_tried_again_with_the_same_key(event, olga, gateway, mood):
    gateway.moods = [mood]
    say(event, [olga])
    assert deliver(NOW) == 0
    again = sms_of(olga)
    assert (again.state, again.attempts) == ("queued", 1)
    assert deliver(again.next_try_at) == 1
    assert list(gateway.taken) == [again.key]


def test_a_timeout_after_the_message_was_taken_sends_it_once(event, olga, gateway):
    gateway.moods = [1.4]
    say(event, [olga])
    assert deliver(NOW) == 0
    time.sleep(0.6)
    assert deliver(sms_of(olga).next_try_at) == 1
    assert (gateway.asked, len(gateway.taken)) == (2, 1)


def test_a_gateway_that_is_down_is_asked_once_and_the_mail_goes_out(town, event, olga, gateway, settings):
    settings.SMS_URL = "http://127.0.0.1:9"
    another = serving_at(town.bureau, "officer", "Oleg", email="", phone="13800000002")
    say(event, [olga, another, town.officer])
    assert deliver(NOW) == 1
    assert len(mail.outbox) == 1
    assert {(row.state, row.attempts) for row in Notice.objects.filter(channel="sms")} == {("queued", 1)}


def test_a_refused_number_falls_to_the_next_channel_once(event, olga, gateway):
    olga.email = "olga@example.cn"
    olga.save()
    NoticeChoices.objects.create(user=olga, channels={"reminder": ["sms"]})
    gateway.moods = [(422, {"code": "phone", "message": "no such number"})]
    say(event, [olga])
    assert deliver(NOW) == 0
    failed = sms_of(olga)
    assert (failed.state, failed.made_up_by.channel) == ("dead", "email")
    assert "no such number" in failed.last_error
    assert deliver(NOW + timedelta(minutes=1)) == 1
    assert mail.outbox[0].to == ["olga@example.cn"]
    assert list(notices_missing_or_doubled(NOW)) == []


def test_a_number_that_the_gateway_repeats_is_not_kept(event, olga, gateway):
    gateway.moods = [(422, {"code": "phone", "message": "13800000001 is blocked"})]
    say(event, [olga])
    deliver(NOW)
    assert sms_of(olga).last_error == "phone: 422 … is blocked"


def test_the_cap_of_the_day_falls_to_the_next_channel(event, olga, gateway):
    SmsTemplate.objects.filter(code="news").update(per_number=0)
    olga.email = "olga@example.cn"
    olga.save()
    NoticeChoices.objects.create(user=olga, channels={"reminder": ["sms"]})
    say(event, [olga])
    deliver(NOW)
    assert sms_of(olga).made_up_by.channel == "email"
    assert gateway.asked == 0


def test_what_the_mail_has_told_already_is_not_made_up_for(event, olga, gateway):
    olga.email = "olga@example.cn"
    olga.save()
    NoticeChoices.objects.create(user=olga, channels={"reminder": ["sms", "email"]})
    gateway.moods = [(422, {"code": "phone"})]
    say(event, [olga])
    deliver(NOW)
    assert sms_of(olga).state == "dead"
    assert Notice.objects.filter(channel="email").count() == 1


# receipts


def test_a_receipt_marks_the_notice_as_delivered(event, olga, gateway):
    say(event, [olga])
    deliver(NOW)
    assert receipt(gateway, "delivered") == 200
    assert sms_of(olga).delivered_at is not None
    assert SmsMessage.objects.get().state == "delivered"


def test_a_failed_receipt_falls_to_the_next_channel_once_however_often_it_comes(event, olga, gateway):
    olga.email = "olga@example.cn"
    olga.save()
    NoticeChoices.objects.create(user=olga, channels={"reminder": ["sms"]})
    say(event, [olga])
    deliver(NOW)
    for _ in range(3):
        assert receipt(gateway, "failed", "switched off") == 200
    assert sms_of(olga).state == "dead"
    assert "switched off" in sms_of(olga).last_error
    assert Notice.objects.filter(channel="email").count() == 1


def test_a_late_receipt_of_arrival_holds_and_a_late_failure_does_not(event, olga, gateway):
    say(event, [olga])
    deliver(NOW)
    receipt(gateway, "failed")
    receipt(gateway, "delivered")
    receipt(gateway, "failed")
    assert (sms_of(olga).state, SmsMessage.objects.get().state) == ("sent", "delivered")


def test_a_revived_message_is_another_one_to_the_gateway(event, olga, gateway):
    say(event, [olga])
    deliver(NOW)
    receipt(gateway, "failed")
    assert try_again(sms_of(olga), NOW)
    assert deliver(NOW + timedelta(minutes=10)) == 1
    assert len(gateway.taken) == 2


def test_forged_stale_and_foreign_receipts_change_nothing(event, olga, gateway, settings):
    say(event, [olga])
    deliver(NOW)
    assert receipt(gateway, "failed", at=time.time() - 3600) == 401
    body, headers = gateway.receipt("failed")
    forged = headers | {"X-Signature": "0" * 64}
    assert Client().post(PLACE, body, content_type="application/json", headers=forged).status_code == 401
    other = Gateway()
    other.taken = {"notice-1-20260303020000-0": {"id": "x"}, "no-key": {"id": "y"}}
    assert receipt(other, "failed") == 200
    assert sms_of(olga).state == "sent"
    settings.SMS_SECRET = ""
    assert Client().post(PLACE, body, content_type="application/json").status_code == 404


@pytest.mark.parametrize("body", [b"{", b"{}", b'[{"key": 1}]', b'[{"key": "k", "id": "i", "state": "x"}]'])
def test_nonsense_is_refused(gateway, body):
    headers = {"X-Timestamp": str(int(time.time()))}
    headers["X-Signature"] = gateway.sign(headers["X-Timestamp"], body)
    assert Client().post(PLACE, body, content_type="application/json", headers=headers).status_code == 400


# people without an account


def test_somebody_without_an_account_is_told_once_at_their_number(event, gateway, settings):
    settings.SITE_URL = "https://desk.example"
    params = {"number": event.case.number, "link": "https://desk.example/r/ABCDEFGHJK"}
    for _ in range(2):
        notices.tell_address(event, "sms", "13800000009", "revisit", params, NOW)
    assert deliver(NOW) == 1
    (said,) = gateway.taken.values()
    assert (said["phone"], said["params"]["link"]) == ("13800000009", params["link"])
    assert list(notices_missing_or_doubled(NOW)) == []


def test_somebody_without_an_account_is_told_by_mail(event):
    words = {"clock": {"office": "x"}, "rule": {"effect": "red"}}
    notices.tell_address(event, "email", "a@example.cn", "alarm", words, NOW, language="en")
    assert deliver(NOW) == 1
    assert mail.outbox[0].subject == f"Red card: {event.case.number} is overdue"
