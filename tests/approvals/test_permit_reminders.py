"""Who is reminded that works must begin: the owner 20 and 5 working days before, the office a day later."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.desk.models import Alarm, AlarmRule, Case, Event, Membership, Notice
from servicedesk.desk.ringing import ring
from tests.approvals.permits import delivered, project, rules, serving
from tests.make import MONDAY, moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    found = cast()
    serving(found)
    rules()
    return found


def heard(life: Case) -> list[tuple[str, str]]:
    notices = Notice.objects.filter(event__case=life, event__verb="alarm", channel="app")
    return list(notices.order_by("pk").values_list("recipient__username", "subject"))


def test_the_owner_and_the_office_are_reminded_twice_each_and_nobody_is_escalated_to(people: Cast) -> None:
    life = delivered(people, project(people))
    # The term ends with 2 June: so many working days are left on these mornings: 20, 19, 5 and 4.
    for text in ("2026-05-07 09:00", "2026-05-08 09:00", "2026-05-27 09:00", "2026-05-28 09:00"):
        ring(moment(text))
        ring(moment(text))
    assert [name for name, _subject in heard(life)] == ["wang", "alice", "wang", "alice"]
    ring(moment("2026-06-20 09:00"))
    assert len(heard(life)) == 4
    assert not Alarm.objects.filter(clock__case=life, settled_at=None).exists()


def test_the_owner_reads_the_last_day_and_not_the_midnight_after_it(people: Cast) -> None:
    life = delivered(people, project(people))
    people.wang.language = "en"
    people.wang.save()
    ring(moment("2026-05-07 09:00"))
    note = Notice.objects.get(event__case=life, event__verb="alarm", channel="app")
    assert note.recipient == people.wang
    assert "2 June 2026" in note.subject
    assert "2 June 2026" in note.body and "more time" in note.body
    assert "card" not in note.subject.lower()
    assert f"/matters/{life.number}/" in note.body


def test_after_an_outage_the_owner_is_told_although_the_office_speaks_last(people: Cast) -> None:
    life = delivered(people, project(people))
    ring(moment("2026-05-28 09:00"))
    assert sorted(name for name, _subject in heard(life)) == ["alice", "wang"]
    event = Event.objects.get(case=life, verb="alarm")
    assert event.params["rung"] == 4
    assert [each["whom"] for each in event.params["missed"]] == ["applicant", "officer", "applicant"]


def test_where_nobody_acts_for_the_owner_the_centre_hears(people: Cast) -> None:
    life = delivered(people, project(people))
    Membership.objects.filter(user=people.wang).update(until="2026-04-01")
    ring(moment("2026-05-07 09:00"))
    assert [name for name, _subject in heard(life)] == ["diana"]


def test_reminders_of_many_owners_take_a_fixed_number_of_queries(people: Cast) -> None:
    def queries(codes: range) -> int:
        for number in codes:
            of = project(people, code=f"2603-370281-04-01-{number:06}")
            delivered(people, of, at=MONDAY)
        AlarmRule.objects.filter(subject="permit-life").exclude(whom="applicant").delete()
        with CaptureQueriesContext(connection) as captured:
            assert ring(moment("2026-05-07 09:00")) == len(codes)
        return len(captured)

    few = queries(range(1, 3))
    assert queries(range(10, 22)) == few
