"""The ladder and planning: when each rung speaks, and one pending alarm per clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.desk.alarms import plan, plan_many
from servicedesk.desk.ladder import Ladders, rings_at
from servicedesk.desk.models import Alarm, AlarmRule
from tests.desk.rows import START, make_case, make_clock, moment, planned, running_clock

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TELLABLE = ("told", "superseded")


# when


@pytest.mark.parametrize(
    ("rung", "expected"),
    [
        (1, "2026-03-23 09:00"),  # one working day, the 23rd, is left
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
    assert after.rings_at == moment("2026-03-27 09:00")


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
