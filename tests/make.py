"""Plain makers: what a test needs to stand before its sentence begins."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from enterprises.models import DirectLineMatter
from servicedesk.desk import actions
from servicedesk.desk.models import Case
from tests.people import Cast

ZONE = ZoneInfo("Asia/Shanghai")


def moment(text: str) -> datetime:
    """Return the Shanghai moment of "2026-03-03 09:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


MONDAY = moment("2026-03-02 09:00")


def draft(people: Cast, *, at: datetime = MONDAY, text: str = "厂门口积水，货车进不来。") -> Case:
    case = actions.open_case("direct-line", applicant=people.company, by=people.wang, at=at, title=text[:30])
    DirectLineMatter.objects.create(case=case, text=text, contact_name="王", contact_phone="13800000001")
    return case


def submitted(people: Cast, *, at: datetime = MONDAY, text: str = "厂门口积水，货车进不来。") -> Case:
    case = draft(people, at=at, text=text)
    return actions.submit(case, by=people.wang, at=at, key=uuid.uuid4(), facts={"text": text})


def dispatched(people: Cast, *, at: datetime = MONDAY, to: str = "zjj") -> Case:
    case = submitted(people, at=at)
    actions.dispatch(case, by=people.diana, at=at, office=people.office(to), title="厂门口积水")
    return again(case)


def claimed(people: Cast, *, at: datetime = MONDAY) -> Case:
    case = dispatched(people, at=at)
    actions.claim(case, by=people.alice, at=at)
    return again(case)


def drafted(people: Cast, *, at: datetime = MONDAY) -> Case:
    """A case with an answer that waits for its signature, everything at `at`."""
    case = claimed(people, at=at)
    actions.contact(case, by=people.alice, at=at, result="reached", number="13800000001")
    actions.give_opinion(case, by=people.alice, at=at, text="先抽排，再清淤。")
    actions.draft_answer(case, by=people.alice, at=at, text="已清淤，积水已退。")
    return again(case)


def answered(people: Cast, *, at: datetime = MONDAY) -> Case:
    """A case walked to its signed answer, everything at `at`."""
    case = drafted(people, at=at)
    actions.sign_off(case, by=people.bob, at=at)
    return again(case)


def again(case: Case) -> Case:
    """The case as it stands in the database now."""
    return Case.objects.get(pk=case.pk)
