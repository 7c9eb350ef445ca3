"""Plain rows for the tests of alarms, notices and the audit: no verbs, no kinds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from servicedesk.accounts.models import Office, Post, User
from servicedesk.clock import Reckoning, Term
from servicedesk.desk import calendars, trail
from servicedesk.desk.alarms import plan
from servicedesk.desk.models import (
    Alarm,
    Case,
    Clock,
    Event,
    Notice,
    Party,
)
from servicedesk.desk.notices import tell

CHINA = ZoneInfo("Asia/Shanghai")
SINCE = date(2018, 1, 1)
numbers = count(1)


def moment(text: str) -> datetime:
    """`2026-03-03 09:00` in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


# A Monday; 15 working days end on Monday the 23rd at 17:00.
START = moment("2026-03-02 10:00")
NOW = moment("2026-03-03 10:00")


class Town:
    """One bureau with an officer, a head and a leader above it, and the centre with a dispatcher."""

    def __init__(self) -> None:
        self.city = office("city-of-rows")
        self.centre = Office.objects.filter(code="fwzx").first() or office("fwzx")
        self.bureau = office("bureau-of-rows", parent=self.city)
        self.officer = serving(self.bureau, "officer", "Alice")
        self.head = serving(self.bureau, "head", "Helen")
        self.leader = serving(self.city, "leader", "Leo")
        self.dispatcher = serving(self.centre, "dispatcher", "Dora")
        self.party = Party.objects.create(name="Rows Ltd")


def office(code: str, parent: Office | None = None) -> Office:
    return Office.objects.create(code=code, name=code, parent=parent)


def serving(where: Office, role: str, name: str, **fields: object) -> User:
    username = f"{name.lower()}-{next(numbers)}"
    person = {"email": f"{username}@desk.example", "language": "en", "is_staff": True} | fields
    user = User.objects.create(username=username, name=name, **person)
    Post.objects.create(user=user, office=where, role=role, since=SINCE)
    return user


def make_case(town: Town, *, submitted: datetime, **fields: object) -> Case:
    case = Case.objects.create(
        **{
            "number": f"R-{next(numbers):06}",
            "kind": "rows",
            "applicant": town.party,
            "office": town.bureau,
            "officer": town.officer,
            "state": "accepted",
            "opened_at": submitted,
            "submitted_at": submitted,
            **fields,
        }
    )
    chain = trail.chain_of_case(case)
    trail.record(chain, "submit", at=submitted, case=case, params={"state": case.state})
    return case


def make_clock(
    case: Case, *, start: datetime, term: int = 15, unit: str = "working_days", **fields: object
) -> Clock:
    version = calendars.current_version()
    calendar = calendars.calendar_of(case.office_id, version)
    due = Reckoning(calendar, start, Term(term, unit)).due()
    return Clock.objects.create(
        **{
            "case": case,
            "code": "resolve",
            "label": {"en": "Solved"},
            "basis": "rows",
            "office": case.office,
            "term": term,
            "unit": unit,
            "started_at": start.astimezone(UTC),
            "due_at": due,
            "calendar_version": version,
            **fields,
        }
    )


def running_clock(town: Town, **fields: Any) -> Clock:
    return make_clock(make_case(town, submitted=START), start=START, **fields)


def planned(clock: Clock) -> Alarm:
    plan(clock, START)
    return Alarm.objects.get(clock=clock, settled_at=None)


def told(clock: Clock) -> list[int]:
    rung = Alarm.objects.filter(clock=clock, fate=Alarm.Fate.TOLD).order_by("rung")
    return list(rung.values_list("rung", flat=True))


def make_event(case: Case, at: datetime, verb: str = "note", **fields: object) -> Event:
    return trail.record(trail.chain_of_case(case), verb, at=at, case=case, **fields)


def say(event: Event, people: Iterable[User], **manner: Any) -> None:
    """Tell people of a red card at the event's moment."""
    clock = make_clock(event.case, start=event.at, code=f"c{event.pk}")
    tell(event, people, "alarm", {"clock": clock, "rule": {"effect": "red"}}, event.at, **manner)


def mails() -> list[Notice]:
    return list(Notice.objects.filter(channel="email").order_by("pk"))
