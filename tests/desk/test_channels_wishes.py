"""How people want to hear: their settings, their own reminders, their calendar; and what the case shows."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk import feeds, ics
from servicedesk.desk.channels.choice import after_quiet, sort_of
from servicedesk.desk.delivery import deliver
from servicedesk.desk.models import (
    CalendarFeed,
    Event,
    Membership,
    Notice,
    NoticeChoices,
    OwnReminder,
    ReminderWish,
)
from servicedesk.desk.models.telling import EVENING, MORNING
from servicedesk.desk.reminders import PATIENCE, own_reminders
from tests import make
from tests.make import MONDAY, moment

pytestmark = pytest.mark.django_db
PAGE = "/notices/settings/"


# choices


def test_the_page_is_found_from_the_notices_and_from_the_desk(wang, people):
    assert PAGE in wang.get("/notices/").content.decode()
    desk = Client()
    desk.force_login(people.alice)
    assert PAGE in desk.get("/desk/").content.decode()
    assert desk.get(PAGE).status_code == 200


def test_a_choice_is_kept_and_obeyed(wang, people):
    sent = {"do": "choices", "decision": "email", "quiet_from": "20:00", "quiet_until": "07:00"}
    assert wang.post(PAGE, sent).status_code == 302
    row = NoticeChoices.objects.get(user=people.wang)
    assert row.channels["decision"] == ["email"]
    assert row.channels["progress"] == []
    make.answered(people)
    mailed = Notice.objects.filter(recipient=people.wang, channel="email")
    assert {notice.event.verb for notice in mailed} == {"sign_off"}
    told = Notice.objects.filter(recipient=people.wang, channel="app")
    assert {"dispatch", "sign_off"} <= {notice.event.verb for notice in told}


def test_the_app_cannot_be_switched_off(wang, people):
    assert wang.post(PAGE, {"do": "choices", "decision": "app"}).status_code == 400
    wang.post(PAGE, {"do": "choices"})
    make.answered(people)
    assert Notice.objects.filter(recipient=people.wang, channel="app", event__verb="sign_off").exists()
    assert not Notice.objects.filter(recipient=people.wang, channel="email").exists()


def test_half_a_quiet_time_and_foreign_channels_are_refused(wang, people):
    page = wang.post(PAGE, {"do": "choices", "quiet_from": "20:00"})
    assert page.status_code == 400
    assert wang.post(PAGE, {"do": "choices", "decision": "wecom"}).status_code == 400
    assert not NoticeChoices.objects.exists()


@pytest.mark.parametrize(
    ("at", "then"),
    [
        ("2026-03-03 21:00", "2026-03-04 08:00"),
        ("2026-03-04 07:59", "2026-03-04 08:00"),
        ("2026-03-04 08:00", "2026-03-04 08:00"),
        ("2026-03-03 20:59", "2026-03-03 20:59"),
    ],
)
def test_quiet_hours_end_in_the_morning(at, then):
    assert after_quiet(moment(at), EVENING, MORNING) == moment(then)


def test_news_has_its_sort():
    assert sort_of("applicant", "sign_off") == "decision"
    assert sort_of("applicant", "dispatch") == "progress"
    assert sort_of("alarm", "alarm") == sort_of("own_reminder", "own_reminder") == "reminder"
    assert sort_of("breakfast", "x") == "meeting"


# own reminders


def wish(user, amount=3, unit="working_days") -> ReminderWish:
    before = moment("2026-01-01 09:00")
    return ReminderWish.objects.create(user=user, amount=amount, unit=unit, created_at=before)


def test_an_own_reminder_comes_once_for_a_clock_at_its_moment(people):
    case = make.claimed(people)
    wish(people.wang)
    due = case.clocks.get(code="resolve", stopped_at=None).due_at
    assert own_reminders(due - timedelta(days=8)) == 0
    at = due - timedelta(days=1)
    told = own_reminders(at)
    assert told >= 1
    assert own_reminders(at + PATIENCE) == 0
    row = OwnReminder.objects.get(clock__code="resolve")
    event = Event.objects.get(verb="own_reminder", params__clock="resolve")
    assert event.case is None
    assert row.wish.user == people.wang
    notice = event.notices.get(channel="app")
    assert case.number in notice.subject
    assert f"/matters/{case.number}/" in notice.body
    assert "积水" not in notice.subject + notice.body


def test_an_own_reminder_speaks_of_what_is_ones_own_only(people):
    make.claimed(people)
    for user in (people.zhao, people.charlie, people.bob):
        wish(user)
    assert own_reminders(MONDAY + timedelta(days=18)) == 0
    wish(people.alice)
    assert own_reminders(MONDAY + timedelta(days=18)) >= 1


def test_two_rounds_at_once_and_an_outage_give_one_reminder(people):
    case = make.claimed(people)
    mine = wish(people.wang)
    due = case.clocks.get(code="resolve", stopped_at=None).due_at
    own_reminders(due - timedelta(minutes=5))
    ReminderWish.objects.filter(pk=mine.pk).update(looked_at=None)
    assert own_reminders(due - timedelta(minutes=4)) == 0
    assert OwnReminder.objects.filter(clock__code="resolve").count() == 1


def test_a_reminder_is_set_and_removed_on_the_page(wang, people):
    assert wang.post(PAGE, {"do": "add_wish", "amount": "3", "unit": "working_days"}).status_code == 302
    assert wang.post(PAGE, {"do": "add_wish", "amount": "3", "unit": "working_days"}).status_code == 400
    for amount in ("0", "61", "x", ""):
        assert (
            wang.post(PAGE, {"do": "add_wish", "amount": amount, "unit": "working_days"}).status_code == 400
        )
    other = wish(people.zhao, 7)
    wang.post(PAGE, {"do": "drop_wish", "wish": other.pk})
    assert ReminderWish.objects.filter(pk=other.pk).exists()
    wang.post(PAGE, {"do": "drop_wish", "wish": ReminderWish.objects.get(user=people.wang).pk})
    assert not ReminderWish.objects.filter(user=people.wang).exists()


# the calendar


def lines_of(content: bytes) -> list[str]:
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_the_calendar_holds_each_public_clock_and_nothing_of_the_matter(wang, people):
    case = make.claimed(people, at=timezone.now())
    wang.post(PAGE, {"do": "renew_feed"})
    address = feeds.address_of(CalendarFeed.objects.get(user=people.wang))
    assert address in wang.get(PAGE).content.decode()
    answer = Client().get(address.removeprefix("http://127.0.0.1:8000"))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    lines = lines_of(answer.content)
    clocks = case.clocks.filter(public=True, stopped_at=None, due_at__isnull=False)
    uids = [line for line in lines if line.startswith("UID:")]
    assert uids == [f"UID:clock-{clock.pk}@127.0.0.1" for clock in clocks.order_by("due_at", "pk")]
    due = timezone.localtime(clocks.order_by("due_at", "pk")[0].due_at)
    assert f"DTSTART;TZID=Asia/Shanghai:{due:%Y%m%dT%H%M%S}" in lines
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert "积水" not in answer.content.decode()
    assert any(re.match(rf"SUMMARY:{case.number} · ", line) for line in lines)


def test_the_calendar_answers_304_until_something_moves(people):
    make.claimed(people, at=timezone.now())
    path = f"/calendar/{feeds.renew(people.wang, MONDAY).token}.ics"
    first = Client().get(path)
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    make.claimed(people, at=timezone.now())
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_whoever_leaves_the_company_has_an_empty_calendar(people):
    make.claimed(people, at=timezone.now())
    path = f"/calendar/{feeds.renew(people.wang, MONDAY).token}.ics"
    assert b"VEVENT" in Client().get(path).content
    Membership.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert b"VEVENT" not in Client().get(path).content
    people.wang.is_active = False
    people.wang.save()
    assert Client().get(path).status_code == 404


def test_a_renewed_or_closed_address_no_longer_works(wang, people):
    path = f"/calendar/{feeds.renew(people.wang, MONDAY).token}.ics"
    wang.post(PAGE, {"do": "renew_feed"})
    assert Client().get(path).status_code == 404
    wang.post(PAGE, {"do": "drop_feed"})
    assert not CalendarFeed.objects.exists()
    assert Client().get("/calendar/guessed.ics").status_code == 404


def test_staff_see_the_clocks_of_their_office_and_others_do_not(people):
    make.claimed(people, at=timezone.now())
    now = timezone.now()
    assert b"VEVENT" in ics.calendar_for(people.alice, now)
    assert b"VEVENT" in ics.calendar_for(people.bob, now)
    assert b"VEVENT" not in ics.calendar_for(people.charlie, now)
    assert b"VEVENT" not in ics.calendar_for(people.zhao, now)


def test_the_calendar_speaks_the_persons_language(people):
    make.claimed(people, at=timezone.now())
    people.wang.language = "en"
    assert "Deadlines of the service desk" in ics.calendar_for(people.wang, timezone.now()).decode()


def test_text_is_escaped_and_folded_between_characters():
    assert ics.escaped("a,b;c\\d\r\ne") == "a\\,b\\;c\\\\d\\ne"
    folded = ics.folded("SUMMARY:" + "限" * 60)
    assert all(len(piece.encode()) <= 75 for piece in folded.split("\r\n"))
    assert folded.replace("\r\n ", "") == "SUMMARY:" + "限" * 60


# the case and the outbox


def test_the_workbench_says_what_did_not_arrive_and_what_was_done_instead(people):
    people.wang.phone = "not-a-number"
    people.wang.save()
    NoticeChoices.objects.create(user=people.wang, channels={"progress": ["sms"], "decision": ["sms"]})
    case = make.answered(people)
    deliver(MONDAY)
    deliver(MONDAY + timedelta(minutes=1))
    failed = Notice.objects.get(channel="sms", recipient=people.wang, event__verb="sign_off")
    assert (failed.state, failed.made_up_by.channel, failed.made_up_by.state) == ("dead", "email", "sent")
    people.alice.language = "en"
    people.alice.save()
    desk = Client()
    desk.force_login(people.alice)
    page = " ".join(desk.get(f"/desk/desk/case/{case.pk}/change/").content.decode().split())
    assert f"to {case.applicant.name} failed; e-mail: sent instead" in page
    assert "to Wang failed" not in page


def test_dead_notices_of_every_channel_are_tried_again_in_bulk(people):
    make.answered(people)
    Notice.objects.filter(channel="email").update(state="dead")
    dead = list(Notice.objects.filter(state="dead").values_list("pk", flat=True))
    desk = Client()
    desk.force_login(people.grace)
    page = desk.get("/desk/desk/notice/?state__exact=dead")
    assert page.status_code == 200
    desk.post("/desk/desk/notice/", {"action": "try_again", "_selected_action": dead})
    assert not Notice.objects.filter(state="dead").exists()
    assert set(Notice.objects.filter(pk__in=dead).values_list("revived", flat=True)) == {1}
