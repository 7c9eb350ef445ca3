"""Ringing: each rung told once, to the right people, whatever went wrong before."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.accounts.models import Post
from servicedesk.desk import ringing
from servicedesk.desk.alarms import plan, plan_many
from servicedesk.desk.audit import verify
from servicedesk.desk.models import Alarm, AlarmRule, Case, Event, Notice
from servicedesk.desk.ringing import ring
from tests.desk.rows import START, make_clock, moment, planned, running_clock, told

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TELLABLE = ("told", "superseded")


def test_the_yellow_card_tells_the_officer_and_plans_the_red_one(town):
    clock = running_clock(town)
    planned(clock)
    now = moment("2026-03-23 09:00")
    assert ring(now) == 1
    event = Event.objects.get(case=clock.case, verb="alarm")
    assert event.at == now
    assert event.effective_at == moment("2026-03-23 09:00")
    assert (
        event.params | {"rung": 1, "effect": "yellow", "whom": "officer", "clock": "resolve"} == event.params
    )
    assert {notice.recipient for notice in event.notices.all()} == {town.officer}
    assert {notice.channel for notice in event.notices.all()} == {"app", "email"}
    assert Alarm.objects.get(clock=clock, settled_at=None).rung == 2
    assert ring(now) == 0


def test_a_ring_leaves_the_version_of_the_case(town):
    clock = running_clock(town)
    planned(clock)
    ring(moment("2026-03-23 09:00"))
    assert Case.objects.get(pk=clock.case_id).version == clock.case.version


def test_the_due_moment_itself_is_still_in_time(town):
    clock = running_clock(town, term=120, unit="working_minutes")
    planned(clock)
    ring(moment("2026-03-02 11:30"))
    noon = moment("2026-03-02 12:00")
    assert ring(noon) == 0
    assert ring(noon + timedelta(microseconds=1)) == 1
    assert told(clock) == [1, 2]


def test_the_ladder_is_climbed_rung_by_rung_each_told_once(town):
    clock = running_clock(town)
    planned(clock)
    now, end = moment("2026-03-20 09:00"), moment("2026-04-10 18:00")
    while now < end:
        ring(now)
        ring(now)
        now += timedelta(minutes=180)
    assert told(clock) == [1, 2, 3, 4, 5]
    assert Event.objects.filter(case=clock.case, verb="alarm").count() == 5
    heard = Notice.objects.filter(channel="digest").values_list("recipient__name", flat=True).order_by("pk")
    assert list(heard) == ["Helen", "Dora", "Leo"]
    assert not verify()


def test_after_an_outage_only_the_most_severe_rung_speaks(town):
    clock = running_clock(town)
    planned(clock)
    now = moment("2026-03-26 10:00")
    assert ring(now) == 1
    event = Event.objects.get(case=clock.case, verb="alarm")
    assert event.params["rung"] == 4
    assert [missed["rung"] for missed in event.params["missed"]] == [1, 2, 3]
    assert event.params["missed"][1]["moment"] == "2026-03-24T09:00:00+08:00"
    assert told(clock) == [4]
    assert Alarm.objects.filter(clock=clock, fate="superseded", event=event).count() == 3
    assert Alarm.objects.get(clock=clock, settled_at=None).rung == 5


def test_after_an_outage_nobody_meant_by_a_red_card_or_an_escalation_stays_uninformed(town):
    clock = running_clock(town)
    planned(clock)
    ring(moment("2026-03-26 10:00"))
    heard = {(notice.recipient.name, notice.channel) for notice in Notice.objects.all()}
    assert heard == {("Alice", "app"), ("Alice", "email"), ("Helen", "digest"), ("Dora", "digest")}


@pytest.mark.parametrize("change", [{"due_at": None}, {"stopped_at": START, "late": False}])
def test_a_clock_that_stopped_behind_the_alarm_is_not_spoken_for(town, change):
    """Look again before speaking: here the planning was forgotten."""
    clock = running_clock(town)
    planned(clock)
    type(clock).objects.filter(pk=clock.pk).update(**change)
    assert ring(moment("2026-03-30 10:00")) == 0
    assert Alarm.objects.get(clock=clock).fate == "void"
    assert not Notice.objects.exists()


def test_a_clock_re_dated_behind_the_alarm_is_planned_anew_instead(town):
    clock = running_clock(town)
    planned(clock)
    type(clock).objects.filter(pk=clock.pk).update(due_at=moment("2026-04-30 17:00"))
    assert ring(moment("2026-03-30 10:00")) == 0
    alarm = Alarm.objects.get(clock=clock)
    assert (alarm.rung, alarm.rings_at) == (1, moment("2026-04-30 09:00"))


def test_a_rung_once_told_is_not_told_again_after_re_dating(town):
    clock = running_clock(town)
    planned(clock)
    ring(moment("2026-03-23 09:00"))
    clock.due_at = moment("2026-04-30 17:00")
    clock.save()
    assert planned(clock).rung == 2


def test_at_night_the_event_is_recorded_and_the_mail_waits_for_the_opening(town):
    clock = running_clock(town)
    planned(clock)
    ring(moment("2026-03-23 20:00"))
    app, mail = Notice.objects.get(channel="app"), Notice.objects.get(channel="email")
    assert app.state == "sent"
    assert mail.next_try_at == moment("2026-03-24 09:00")


def test_a_rule_for_any_hour_does_not_wait(town):
    AlarmRule.objects.update(any_hour=True)
    clock = running_clock(town)
    planned(clock)
    ring(moment("2026-03-23 20:00"))
    assert Notice.objects.get(channel="email").next_try_at == moment("2026-03-23 20:00")


def test_without_an_officer_the_office_hears_and_without_officers_its_head(town):
    clock = running_clock(town)
    Case.objects.filter(pk=clock.case_id).update(officer=None)
    planned(clock)
    second = make_clock(clock.case, start=START, code="other")
    plan(second, START)
    ring(moment("2026-03-23 09:00"))
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == {"Alice"}
    Post.objects.filter(user=town.officer).delete()
    ring(moment("2026-03-24 09:00"))
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == {"Alice", "Helen"}


def test_where_nobody_serves_the_centre_hears(town):
    clock = running_clock(town)
    Case.objects.filter(pk=clock.case_id).update(officer=None)
    Post.objects.exclude(user=town.dispatcher).delete()
    planned(clock)
    ring(moment("2026-03-23 09:00"))
    assert set(Notice.objects.values_list("recipient__name", flat=True)) == {"Dora"}


def test_a_batch_takes_a_fixed_number_of_queries(town):
    def queries(number: int) -> int:
        plan_many([running_clock(town) for _ in range(number)], START)
        with CaptureQueriesContext(connection) as captured:
            assert ring(moment("2026-03-23 09:00")) == number
        return len(captured)

    assert queries(3) == queries(20) <= 25


def test_the_sweep_loops_until_nothing_is_due(town):
    plan_many([running_clock(town) for _ in range(7)], START)
    assert ring(moment("2026-03-23 09:00"), limit=2) == 7


def test_one_bad_row_is_pushed_back_and_the_others_ring(town, monkeypatch):
    clocks = [running_clock(town) for _ in range(9)]
    plan_many(clocks, START)
    bad = clocks[4].pk
    look = ringing._looked_at

    def poisoned(alarm, *rest):
        if alarm.clock_id == bad:
            raise ValueError("poison")
        return look(alarm, *rest)

    monkeypatch.setattr(ringing, "_looked_at", poisoned)
    now = moment("2026-03-23 09:00")
    assert ring(now) == 8
    alarm = Alarm.objects.get(clock=bad)
    assert (alarm.attempts, alarm.next_try_at) == (1, now + timedelta(minutes=1))
    assert alarm.last_error == "ValueError: poison"
    assert ring(now) == 0
    assert ring(now + timedelta(minutes=1)) == 0
    alarm.refresh_from_db()
    assert (alarm.attempts, alarm.next_try_at) == (2, now + timedelta(minutes=3))
    monkeypatch.undo()
    assert ring(now + timedelta(minutes=3)) == 1
    assert told(clocks[4]) == [1]


def test_the_database_refuses_a_second_pending_alarm_and_a_second_telling(town):
    from django.db import IntegrityError, transaction

    clock = running_clock(town)
    alarm = planned(clock)
    copy = {"clock": clock, "rule": alarm.rule, "rung": 1, "rings_at": alarm.rings_at}
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(**copy)
    ring(moment("2026-03-23 09:00"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Alarm.objects.create(**copy, fate="told", settled_at=START)
