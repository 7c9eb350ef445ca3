"""The fullest matters there are: everything a page of theirs can show, a few of each or many."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from enterprises.models import EscalationLevel, Ruling, Topic
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Attachment, Case
from tests import make
from tests.desk.staff import enter
from tests.enterprises import overseeing
from tests.make import again
from tests.people import Cast

ASKED = ("swuj", "gxj", "fgj", "scjgj", "zhzfj", "sthjj")


def queries(client: Client, user: User, path: str) -> list[str]:
    """What the page costs its reader, once they have been there before."""
    enter(client, user).get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200, path
    return [each["sql"] for each in seen.captured_queries]


def direct_line(people: Cast, at: datetime, *, times: int = 1) -> Case:
    """A direct-line matter with returns, a ruling, precedents, helpers, consultations, calls, orders, files,
    links, parts, and what was merged into it; `times` of each that may be there more than once."""
    case = make.dispatched(people, at=at)
    topic = Topic.objects.get(code="roads")
    type(case.direct_line).objects.filter(case=case).update(topic=topic)
    actions.return_to_centre(again(case), by=people.bob, at=at, reason="不归住建。", code="not_ours")
    actions.dispatch(again(case), by=people.diana, at=at, office=people.office("swuj"))
    actions.claim(again(case), by=people.charlie, at=at)
    actions.return_to_centre(again(case), by=people.charlie, at=at, reason="不归水务。", code="not_ours")
    actions.rule(again(case), by=people.diana, at=at, office=people.office(), reason="裁定由住建办。")
    actions.claim(again(case), by=people.alice, at=at)
    for n in range(times):
        _one_more(people, case, topic, at, n)
    actions.split(again(case), by=people.diana, at=at, parts=["另一件。"] * times, reason="两件事。")
    actions.contact(again(case), by=people.alice, at=at, result="no_answer")
    actions.contact(again(case), by=people.alice, at=at, result="reached", number="13800000001")
    actions.give_opinion(again(case), by=people.alice, at=at, text="先抽排。")
    overseeing.ordered(people, again(case), at=at)
    level = EscalationLevel.objects.filter(is_valid=True, needs_brief=False).order_by("position")[0]
    actions.escalate(again(case), by=people.bob, at=at, reason="需协调。", level=level.code)
    return again(case)


def _one_more(people: Cast, case: Case, topic: Topic, at: datetime, n: int) -> None:
    office = people.office(ASKED[n])
    actions.join(again(case), by=people.alice, at=at, office=office, text="请协办。")
    actions.consult(again(case), by=people.alice, at=at, office=office, text="请协助。")
    actions.note(again(case), by=people.alice, at=at, text=f"内部{n}")
    actions.message(again(case), by=people.wang, at=at, text=f"快点{n}")
    actions.nudge(again(case), by=people.wang, at=at, text=f"急{n}")
    file(case, people.wang, at, n)
    twin = make.submitted(people, at=at, text=f"又积水{n}")
    file(twin, people.wang, at, n)
    actions.merge(again(twin), by=people.diana, at=at, into=again(case), reason="同一件。")
    near = make.submitted(people, at=at, text=f"相关{n}")
    actions.link(again(case), by=people.diana, at=at, to=near, sort="related")
    Ruling.objects.create(
        case=near, office=people.office(), topic=topic, reason="由住建办。", ruled_on=at.date()
    )


def file(case: Case, by: User, at: datetime, n: int) -> Attachment:
    return Attachment.objects.create(
        case=case, by=by, at=at, sha256=f"{n:064}", size=3, name=f"{n}.jpg", public=True, mime="image/jpeg"
    )


def walked(people: Cast, at: datetime) -> Case:
    """One that was ordered about and linked, its answer next."""
    case = make.claimed(people, at=at)
    near = make.submitted(people, at=at, text="相关")
    actions.link(again(case), by=people.diana, at=at, to=near, sort="related")
    actions.contact(again(case), by=people.alice, at=at, result="reached", number="13800000001")
    actions.give_opinion(again(case), by=people.alice, at=at, text="先抽排。")
    overseeing.ordered(people, again(case), at=at)
    return again(case)


def parked(people: Cast, case: Case, at: datetime) -> None:
    until = at + timedelta(days=60)
    actions.ask_park(again(case), by=people.alice, at=at, reason="明年开工。", basis="计划", until=until)
    actions.park(again(case), by=people.erin, at=at)


def redone(people: Cast, case: Case, at: datetime) -> None:
    """Answered, asked after, badly rated, and taken up again."""
    actions.draft_answer(again(case), by=people.alice, at=at, text="已清淤。")
    actions.sign_off(again(case), by=people.bob, at=at)
    actions.revisit(again(case), by=people.diana, at=at, result="unreached")
    actions.revisit(again(case), by=people.diana, at=at, result="unsolved", level=1, text="没用。")
