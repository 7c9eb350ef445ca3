"""Rows stored and changed by the hundred are the same as those stored one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from servicedesk.desk import storing
from servicedesk.desk.models import Alarm, Event, Notice, Promise
from servicedesk.desk.storing import change, store
from tests import make
from tests.make import MONDAY
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

ODD = "a\tb\nc\r\\N \\t “引号” {\"x\": 'y'} %s \u2028 end"


@pytest.fixture(autouse=True)
def already_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storing, "MANY", 2)


def values(row: models.Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def event_of(case: Any, seq: int) -> Event:
    return Event(
        chain="test",
        seq=seq,
        case=case,
        verb="note",
        at=MONDAY + timedelta(microseconds=seq),
        effective_at=MONDAY,
        params={"odd": ODD, "list": [1, None, True], "语": "言"},
        title=ODD[:10],
        body=ODD,
        public=True,
        salt="s",
        seal="x",
        digest="d",
    )


def test_what_is_stored_is_what_was_meant(people: Cast) -> None:
    case = make.submitted(people)
    rows = [event_of(case, seq) for seq in range(1, 6)]
    store(Event, rows)
    assert len({row.pk for row in rows}) == 5 and not rows[0]._state.adding
    stored = {row.pk: row for row in Event.objects.filter(chain="test")}
    assert all(values(stored[row.pk]) == values(row) for row in rows)
    # Rows stored afterwards by Django get keys of their own.
    later = event_of(case, 6)
    later.save()
    assert later.pk not in stored


def test_notices_and_promises_are_stored_with_what_they_lack(people: Cast) -> None:
    case = make.submitted(people)
    event, clock = case.events.get(), case.clocks.earliest("pk")
    told = {"event": event, "channel": Notice.Channel.APP, "language": "zh-hans", "created_at": MONDAY}
    notices = [
        Notice(recipient=user, subject="主题", body=ODD, params={}, **told)
        for user in (people.alice, people.bob)
    ]
    store(Notice, notices)
    stored = {row.pk: row for row in Notice.objects.filter(pk__in=[each.pk for each in notices])}
    assert all(values(stored[row.pk]) == values(row) for row in notices)
    promises = [Promise(clock=clock, event=event, why="start", due_at=due) for due in (None, MONDAY)]
    store(Promise, promises)
    assert list(Promise.objects.filter(pk__in=[p.pk for p in promises]).values_list("due_at", flat=True)) == [
        None,
        MONDAY,
    ]


def test_a_place_in_a_chain_is_taken_once(people: Cast) -> None:
    case = make.submitted(people)
    store(Event, [event_of(case, seq) for seq in (1, 2)])
    with pytest.raises(IntegrityError), transaction.atomic():
        store(Event, [event_of(case, seq) for seq in (3, 2)])
    assert Event.objects.filter(chain="test").count() == 2


def test_nothing_to_store_is_no_fault(people: Cast) -> None:
    store(Event, [])


def test_changes_are_made_where_nobody_was_quicker(people: Cast) -> None:
    make.submitted(people)
    alarms = list(Alarm.objects.filter(settled_at=None).order_by("pk"))
    assert len(alarms) >= 2
    Alarm.objects.filter(pk=alarms[0].pk).update(settled_at=MONDAY, fate=Alarm.Fate.VOID)
    types = {"rings_at": "datetime", "attempts": "int", "last_error": "str", "next_try_at": "datetime"}
    later = MONDAY + timedelta(hours=1, microseconds=7)
    rows = [(later, 3, ODD, None, alarm.pk) for alarm in alarms]
    assert change("desk_alarm", types, rows, unset="settled_at") == len(alarms) - 1
    for alarm in alarms[1:]:
        alarm.refresh_from_db()
        assert (alarm.rings_at, alarm.attempts, alarm.last_error, alarm.next_try_at) == (later, 3, ODD, None)
    alarms[0].refresh_from_db()
    assert alarms[0].attempts == 0
