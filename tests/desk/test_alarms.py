"""Planning and ringing: one pending alarm per clock, each rung told once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.accounts.models import Post
from servicedesk.desk import ringing
from servicedesk.desk.alarms import plan, plan_many
from servicedesk.desk.audit import verify
from servicedesk.desk.ladder import Ladders, rings_at
from servicedesk.desk.models import Alarm, AlarmRule, Case, Event, Notice
from servicedesk.desk.ringing import ring
from tests.desk.rows import Town, make_case, make_clock, moment

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

START = moment("2026-03-02 10:00")  # a Monday; 15 working days end on Monday the 23rd at 17:00
TELLABLE = ("told", "superseded")


@pytest.fixture
def town() -> Town:
    return Town()


def running_clock(town: Town, **fields):
    return make_clock(make_case(town, submitted=START), start=START, **fields)


def planned(clock):
    plan(clock, START)
    return Alarm.objects.get(clock=clock, settled_at=None)


def told(clock) -> list[int]:
    return list(
        Alarm.objects.filter(clock=clock, fate="told").order_by("rung").values_list("rung", flat=True)
    )


# when


@pytest.mark.parametrize(
    ("rung", "expected"),
    [
        (1, "2026-03-22 23:59:59.999999"),  # one working day, the 23rd, is left
        (2, "2026-03-24 09:00"),
        (3, "2026-03-25 09:00"),
        (4, "2026-03-26 09:00"),
        (5, "2026-03-30 09:00"),
    ],
)
def test_the_rungs_of_a_day_clock_follow_working_days(town, rung, expected):
    clock = running_clock(town)
    rule = Ladders(START).of(clock)[rung - 1]
    assert rings_at(rule, clock) == moment(expected)


@pytest.mark.parametrize(
    ("rung", "expected"),
    [
        (1, "2026-03-02 11:30"),
        (2, "2026-03-02 12:00"),  # two working hours from ten end exactly at noon
        (3, "2026-03-02 14:30"),  # an hour of office time later, over lunch
        (4, "2026-03-03 09:00"),
        (5, "2026-03-04 09:00"),
    ],
)
def test_the_rungs_of_a_minute_clock_skip_lunch_and_nights(town, rung, expected):
    clock = running_clock(town, term=120, unit="working_minutes")
    assert rings_at(Ladders(START).of(clock)[rung - 1], clock) == moment(expected)


def test_a_red_card_after_a_holiday_comes_on_the_first_working_day(town):
    """15 working days from 8 September 2026 end on the 30th; National Day lasts until 7 October."""
    clock = running_clock(town, due_at=moment("2026-09-30 17:00"))
    red = Ladders(START).of(clock)[1]
    assert rings_at(red, clock) == moment("2026-10-08 09:00")


def test_the_most_specific_rules_win_as_a_whole_set(town):
    clock = running_clock(town)
    AlarmRule.objects.create(
        subject="rows", clock_unit="working_days", rung=1, offset=-3, unit="working_days",
        whom="head", effect="remind", valid_from=START.date(),
    )  # fmt: skip
    assert [rule.offset for rule in Ladders(START).of(clock)] == [-3]
    AlarmRule.objects.create(
        subject="rows", clock="resolve", rung=1, offset=-2, unit="working_days",
        whom="head", effect="remind", valid_from=START.date(),
    )  # fmt: skip
    assert [rule.offset for rule in Ladders(START).of(clock)] == [-2]


def test_rules_hold_on_their_days_only(town):
    clock = running_clock(town)
    rule = {"subject": "rows", "clock": "resolve", "rung": 1, "unit": "working_days", "whom": "head"}
    AlarmRule.objects.create(**rule, offset=-2, effect="remind", valid_from="2026-03-03")
    assert len(Ladders(START).of(clock)) == 5
    assert len(Ladders(START + timedelta(days=1)).of(clock)) == 1


# planning


def test_a_running_clock_has_one_pending_alarm_its_next_rung(town):
    clock = running_clock(town)
    plan(clock, START)
    plan(clock, START)
    alarm = Alarm.objects.get(clock=clock)
    assert (alarm.rung, alarm.settled_at) == (1, None)


def test_a_rung_before_the_start_is_skipped(town):
    clock = running_clock(town, term=30, unit="working_minutes")
    assert planned(clock).rung == 2


def test_the_dispatch_clock_is_reminded_ten_minutes_ahead(town):
    case = make_case(town, submitted=START, kind="direct-line")
    clock = make_clock(case, start=START, term=30, unit="working_minutes", code="dispatch")
    assert planned(clock).rings_at == moment("2026-03-02 10:20")


def test_re_dating_moves_the_pending_alarm_in_place(town):
    clock = running_clock(town)
    before = planned(clock)
    clock.due_at = moment("2026-03-27 17:00")
    clock.save()
    after = planned(clock)
    assert after.pk == before.pk
    assert after.rings_at == moment("2026-03-26 23:59:59.999999")


@pytest.mark.parametrize("stop", [{"due_at": None}, {"stopped_at": START, "late": False}])
def test_a_paused_or_stopped_clock_has_no_pending_alarm(town, stop):
    clock = running_clock(town)
    alarm = planned(clock)
    for name, value in stop.items():
        setattr(clock, name, value)
    clock.save()
    plan(clock, START)
    alarm.refresh_from_db()
    assert (alarm.fate, alarm.settled_at) == ("void", START)
    assert not Alarm.objects.filter(clock=clock, settled_at=None).exists()


def test_a_resumed_clock_is_planned_again(town):
    clock = running_clock(town)
    due = clock.due_at
    planned(clock)
    clock.due_at = None
    plan(clock, START)
    clock.due_at = due
    assert planned(clock).rung == 1


def test_planning_many_clocks_takes_as_many_queries_as_planning_one(town):
    clocks = [running_clock(town) for _ in range(20)]
    with CaptureQueriesContext(
        connection,
    ) as one:
        plan_many(clocks[:1], START)
    with CaptureQueriesContext(connection) as many:
        plan_many(clocks[1:], START)
    assert len(many) == len(one) <= 4


# ringing


def test_the_yellow_card_tells_the_officer_and_plans_the_red_one(town):
    clock = running_clock(town)
    planned(clock)
    now = moment("2026-03-23 09:00")
    assert ring(now) == 1
    event = Event.objects.get(case=clock.case, verb="alarm")
    assert event.at == now
    assert event.effective_at == moment("2026-03-22 23:59:59.999999")
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
    assert (alarm.rung, alarm.rings_at) == (1, moment("2026-04-29 23:59:59.999999"))


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
    ring(moment("2026-03-23 03:00"))
    app, mail = Notice.objects.get(channel="app"), Notice.objects.get(channel="email")
    assert app.state == "sent"
    assert mail.next_try_at == moment("2026-03-23 09:00")


def test_a_rule_for_any_hour_does_not_wait(town):
    AlarmRule.objects.update(any_hour=True)
    clock = running_clock(town)
    planned(clock)
    ring(moment("2026-03-23 03:00"))
    assert Notice.objects.get(channel="email").next_try_at == moment("2026-03-23 03:00")


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

    assert queries(3) == queries(30) <= 25


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
