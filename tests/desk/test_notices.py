"""Telling: in the app at once, by mail from the queue, in the reader's language; a wake-up after commit."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from servicedesk.desk import notices
from servicedesk.desk.delivery import deliver
from servicedesk.desk.models import Notice
from servicedesk.desk.notices import recording
from tests.desk.rows import NOW, mails, say, serving

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


# telling


def test_everybody_is_told_in_the_app_at_once_and_by_mail_from_the_queue(town, event):
    say(event, [town.officer, town.head, town.officer])
    told = set(Notice.objects.values_list("recipient__name", "channel", "state"))
    assert told == {
        (name, *rest) for name in ("Alice", "Helen") for rest in (("app", "sent"), ("email", "queued"))
    }


def test_without_an_address_there_is_no_mail(town, event):
    say(event, [serving(town.bureau, "officer", "Olga", email="")])
    assert set(Notice.objects.values_list("channel", flat=True)) == {"app"}


def test_the_mail_says_where_to_look_and_never_what_was_complained_of(town, event):
    say(event, [town.officer])
    notice = mails()[0]
    assert notice.subject == f"Red card: {event.case.number} is overdue"
    assert f"{event.case.number}" in notice.body
    assert "http" in notice.body
    assert "poison" not in notice.subject + notice.body


def test_the_link_leads_to_the_page_that_fits_the_reader(event, settings):
    case = event.case
    assert notices.link_to(case, False) == settings.SITE_URL + reverse("desk:matter", args=[case.number])
    assert notices.link_to(case, True) == settings.SITE_URL + reverse(
        "admin:desk_case_change", args=[case.pk]
    )
    assert notices.link_to(None, False) == settings.SITE_URL + reverse("desk:notices")
    assert notices.link_to(None, True) == settings.SITE_URL + reverse("admin:index")


def test_each_reads_it_in_their_own_language(town, event):
    russian = serving(town.bureau, "officer", "Olga", language="ru")
    say(event, [town.officer, russian])
    assert {notice.recipient.name: notice.language for notice in mails()} == {"Alice": "en", "Olga": "ru"}


def test_one_notice_an_event_a_person_and_a_channel(town, event):
    say(event, [town.officer])
    with pytest.raises(IntegrityError), transaction.atomic():
        say(event, [town.officer])


def test_quiet_mail_waits_and_the_app_does_not(town, event):
    later = NOW + timedelta(hours=14)
    say(event, [town.officer], quiet_until=later)
    assert mails()[0].next_try_at == later
    assert deliver(NOW) == 0
    assert deliver(later) == 1


def test_in_a_recording_nothing_is_sent_and_the_record_says_so(town, event):
    with recording():
        say(event, [town.officer])
    notice = mails()[0]
    assert (notice.state, notice.address) == ("sent", f"recorded:{town.officer.email}")
    assert deliver(NOW) == 0
    assert not mail.outbox


# waking


def test_waking_happens_after_commit(town, event, monkeypatch, django_capture_on_commit_callbacks):
    woken = []
    monkeypatch.setattr(notices, "_nudge", lambda: woken.append(1))
    with django_capture_on_commit_callbacks(execute=True):
        say(event, [town.officer])
        assert not woken
    assert woken == [1]


def test_a_dead_broker_is_left_alone_for_half_a_minute(monkeypatch):
    asked = []

    def dead(*args, **kwargs):
        asked.append(args)
        raise ConnectionRefusedError

    monkeypatch.setattr(notices, "_next_wake", 0.0)
    monkeypatch.setattr(notices.current_app, "send_task", dead)
    notices._publish()
    notices._nudge()
    assert len(asked) == 1
    assert notices._next_wake > time.monotonic() + 25


def test_a_broker_that_hangs_slows_nobody(monkeypatch):
    monkeypatch.setattr(notices, "_next_wake", 0.0)
    monkeypatch.setattr(notices.current_app, "send_task", lambda *args, **kwargs: time.sleep(2))
    begun = time.monotonic()
    notices._nudge()
    notices._nudge()
    assert time.monotonic() - begun < 0.5


# reading


def test_a_person_reads_what_they_were_told_and_nobody_elses(town, event):
    say(event, [town.officer, town.head])
    assert [notice.recipient for notice in notices.of_user(town.officer)] == [town.officer]
    assert notices.mark_read(town.officer, NOW) == 1
    assert notices.mark_read(town.officer, NOW) == 0
    assert notices.of_user(town.head).get().read_at is None
