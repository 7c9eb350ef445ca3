"""The verbs and their alarms: every running clock of the direct line is watched, every stopped one silent."""

from __future__ import annotations

from datetime import timedelta

import pytest

from servicedesk.desk import actions
from servicedesk.desk.audit import verify
from servicedesk.desk.digests import digests
from servicedesk.desk.models import Alarm, Event, Notice
from servicedesk.desk.replay import differences
from servicedesk.desk.ringing import ring
from tests.make import MONDAY, again, answered, claimed, moment, submitted
from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def people() -> Cast:
    return cast()


def pending(case) -> dict[str, int]:
    alarms = Alarm.objects.filter(clock__case=case, settled_at=None)
    return dict(alarms.values_list("clock__code", "rung"))


def heard(case) -> set[tuple[str, str]]:
    told = Notice.objects.filter(event__case=case, event__verb="alarm")
    return set(told.values_list("recipient__username", "channel"))


def test_submitting_plans_the_reminder_of_the_dispatch(people):
    case = submitted(people)
    alarm = Alarm.objects.get(clock__case=case, clock__code="dispatch")
    assert (alarm.rung, alarm.rings_at) == (1, MONDAY + timedelta(minutes=20))


def test_every_running_clock_has_its_alarm_and_no_stopped_one(people):
    case = claimed(people)
    running = case.clocks.running().values_list("code", flat=True)
    assert set(pending(case)) == set(running)
    assert Alarm.objects.get(clock__case=case, clock__code="dispatch").fate == "void"


def test_a_case_that_lies_is_spoken_of_up_the_ladder_and_the_history_holds(people):
    case = claimed(people)
    now, end = MONDAY, moment("2026-04-20 18:00")
    while now < end:
        ring(now)
        digests(now)
        now += timedelta(hours=4)
    case = again(case)
    assert pending(case) == {}
    assert heard(case) >= {("alice", "app"), ("bob", "digest"), ("diana", "digest"), ("erin", "digest")}
    rungs = Alarm.objects.filter(clock__case=case, clock__code="resolve", fate="told")
    assert sorted(rungs.values_list("rung", flat=True)) == [1, 2, 3, 4, 5]
    chains = Event.objects.filter(verb="digest").values_list("chain", flat=True)
    assert set(chains) == {f"user:{user.pk}" for user in (people.bob, people.diana, people.erin)}
    assert verify() == []
    assert list(differences()) == []


def test_an_answered_case_leaves_nobody_in_the_office_to_remind(people):
    case = answered(people)
    assert not set(pending(case)) & {"contact", "opinion", "resolve"}


def test_a_withdrawn_case_is_silent(people):
    case = claimed(people)
    actions.withdraw(case, by=people.wang, at=MONDAY + timedelta(hours=1), reason="已自行解决")
    assert pending(case) == {}
    assert ring(moment("2026-04-30 10:00")) == 0


def test_a_matter_told_of_by_mail_names_the_matter_and_never_its_words(people):
    case = claimed(people)
    ring(moment("2026-04-30 10:00"))
    for notice in Notice.objects.filter(event__case=case, event__verb="alarm"):
        assert case.number in notice.subject
        assert "积水" not in notice.subject + notice.body
