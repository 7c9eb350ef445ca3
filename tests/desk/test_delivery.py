"""Delivery: mail by lease, later and later after a failure, the same bytes at every try."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from servicedesk.desk import delivery
from servicedesk.desk.delivery import claim, deliver, try_again
from tests.desk.rows import NOW, mails, say

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def test_mail_is_delivered_once_with_its_own_date_and_name(town, event, settings):
    settings.SITE_URL = "https://desk.example"
    say(event, [town.officer])
    assert deliver(NOW) == 1
    assert deliver(NOW) == 0
    sent = mail.outbox[0].message()
    notice = mails()[0]
    assert notice.state == "sent"
    assert sent["Message-ID"] == f"<notice.{notice.pk}.20260303020000@desk.example>"
    assert sent["Date"] == "Tue, 03 Mar 2026 02:00:00 +0000"
    assert sent["To"] == town.officer.email


def test_a_mail_sent_again_has_the_same_bytes(town, event):
    say(event, [town.officer])
    notice = mails()[0]
    assert delivery.message(notice).message().as_bytes() == delivery.message(notice).message().as_bytes()


class Refusing(EmailBackend):
    """Refuses while `trouble` is left, then accepts."""

    trouble: list[Exception] = []

    def send_messages(self, messages):
        if self.trouble:
            raise self.trouble.pop()
        return super().send_messages(messages)


class Unreachable(EmailBackend):
    asked = 0

    def open(self):
        type(self).asked += 1
        raise ConnectionRefusedError("nobody there")


def test_a_failure_is_tried_again_later_and_later_and_then_given_up(town, event, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.trouble = [smtplib.SMTPDataError(451, b"later")] * 6
    say(event, [town.officer])
    now, waits = NOW, []
    for _ in range(5):
        assert deliver(now) == 0
        notice = mails()[0]
        waits.append(round((notice.next_try_at - now).total_seconds() / 60))
        now = notice.next_try_at
    assert waits == [1, 5, 30, 120, 360]
    assert deliver(now) == 0
    notice = mails()[0]
    assert (notice.state, notice.attempts) == ("dead", 6)
    assert "451" in notice.last_error
    assert deliver(now + timedelta(days=1)) == 0
    assert try_again(notice, now)
    assert not try_again(notice, now)
    assert deliver(now) == 1


def test_one_bad_mail_does_not_hold_up_the_others(town, event, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    Refusing.trouble = [ValueError("no such thing")]
    say(event, [town.officer, town.head, town.leader])
    assert deliver(NOW) == 2
    assert sorted(notice.state for notice in mails()) == ["queued", "sent", "sent"]


def test_a_server_out_of_reach_is_asked_once_and_everything_waits(town, event, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Unreachable"
    Unreachable.asked = 0
    say(event, [town.officer, town.head, town.leader])
    assert deliver(NOW) == 0
    assert Unreachable.asked == 1
    assert {notice.attempts for notice in mails()} == {1}


def test_a_lease_keeps_others_away_until_it_ends(town, event):
    say(event, [town.officer])
    mine = claim(NOW, 10)
    assert [notice.recipient for notice in mine] == [town.officer]
    assert claim(NOW + timedelta(seconds=120), 10) == []
    theirs = claim(NOW + timedelta(minutes=10), 10)
    assert len(theirs) == 1
    assert not delivery._mark(mine[0], state="sent")
    assert delivery._mark(theirs[0], state="sent")


def test_the_lease_outlasts_the_slowest_exchange_with_the_server(town, event, settings):
    settings.EMAIL_TIMEOUT = 30
    say(event, [town.officer])
    leased = claim(NOW, 1)[0]
    assert leased.leased_until - NOW >= delivery.BEGIN_WITHIN + timedelta(seconds=8 * 30)
