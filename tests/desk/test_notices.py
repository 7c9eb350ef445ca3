"""Telling, digests and delivery: in-app at once, mail by lease, one digest a day."""

from __future__ import annotations

import smtplib
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.urls import reverse

from servicedesk.desk import delivery, notices
from servicedesk.desk.delivery import claim, deliver, try_again
from servicedesk.desk.digests import digests
from servicedesk.desk.models import Event, Notice
from servicedesk.desk.notices import recording, tell
from tests.desk.rows import Town, make_case, make_clock, make_event, moment, serving

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = moment("2026-03-03 10:00")


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
def event(town) -> Event:
    return make_event(make_case(town, submitted=NOW, title="The neighbour poisons our well"), NOW)


def say(event, people, **manner) -> None:
    rule = {"effect": "red"}
    clock = make_clock(event.case, start=NOW, code=f"c{event.pk}")
    tell(event, people, "alarm", {"clock": clock, "rule": rule}, NOW, **manner)


def mails() -> list[Notice]:
    return list(Notice.objects.filter(channel="email").order_by("pk"))


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


# delivery


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


# digests


@pytest.fixture
def waiting(town):
    """Two pieces of news for the head, one for the leader, written on Tuesday at ten."""
    for people in ([town.head, town.leader], [town.head]):
        event = make_event(make_case(town, submitted=NOW), NOW)
        say(event, people, digest=True)


WEDNESDAY = moment("2026-03-04 09:00")


def test_news_for_a_digest_waits_for_the_next_morning(town, waiting):
    assert set(Notice.objects.values_list("channel", "state", "next_try_at")) == {
        ("digest", "queued", WEDNESDAY)
    }
    assert digests(NOW + timedelta(hours=2)) == 0
    assert deliver(NOW + timedelta(days=9)) == 0


def test_a_digest_is_one_event_and_one_message_with_a_sentence_each(town, waiting):
    assert digests(WEDNESDAY) == 2
    event = Event.objects.get(chain=f"user:{town.head.pk}", verb="digest")
    waited = Notice.objects.filter(channel="digest", recipient=town.head)
    assert event.params["events"] == [notice.event_id for notice in waited.order_by("pk")]
    app = event.notices.get(channel="app")
    assert app.subject == "Daily digest: 2 matters need attention"
    assert app.body.count("due ") == 2
    assert event.notices.get(channel="email").state == "queued"
    assert set(Notice.objects.filter(channel="digest").values_list("state", flat=True)) == {"sent"}


def test_nobody_gets_two_digests_a_day(town, waiting):
    assert digests(WEDNESDAY) == 2
    late = make_event(make_case(town, submitted=NOW), NOW)
    say(late, [town.head], digest=True)
    assert digests(WEDNESDAY + timedelta(minutes=1)) == 0
    assert digests(WEDNESDAY + timedelta(days=1)) == 1


def test_after_an_outage_there_is_one_digest_and_not_one_for_each_day(town, waiting):
    another = make_event(make_case(town, submitted=NOW), NOW + timedelta(days=1))
    say(another, [town.head], digest=True)
    assert digests(moment("2026-03-09 11:00")) == 2
    assert Event.objects.filter(verb="digest").count() == 2


@pytest.mark.parametrize("closed", ["2026-03-04 08:59", "2026-03-04 17:00", "2026-03-07 10:00"])
def test_digests_come_on_working_days_after_the_opening(town, waiting, closed):
    assert digests(moment(closed)) == 0


def test_the_break_at_noon_does_not_hold_a_digest_up(town, waiting):
    assert digests(moment("2026-03-04 12:30")) == 2


# reading


def test_a_person_reads_what_they_were_told_and_nobody_elses(town, event):
    say(event, [town.officer, town.head])
    assert [notice.recipient for notice in notices.of_user(town.officer)] == [town.officer]
    assert notices.mark_read(town.officer, NOW) == 1
    assert notices.mark_read(town.officer, NOW) == 0
    assert notices.of_user(town.head).get().read_at is None


def test_one_persons_trouble_does_not_hold_up_the_digests_of_others(town, waiting, monkeypatch):
    from servicedesk.desk import digests as module

    write = module._write

    def refusing(user, *rest):
        if user == town.head:
            raise IntegrityError("somebody else writes into this chain")
        write(user, *rest)

    monkeypatch.setattr(module, "_write", refusing)
    assert digests(WEDNESDAY) == 1
    monkeypatch.undo()
    assert digests(WEDNESDAY) == 1
