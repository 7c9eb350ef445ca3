"""What tests of oversight begin with: complaints, orders, matters that come back."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.test import Client

from enterprises.models import ComplaintMatter, DirectLineMatter
from enterprises.oversight import orders
from servicedesk.accounts.models import Office, User
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Membership
from tests.make import MONDAY, again, answered
from tests.people import Cast

BACKEND = "servicedesk.accounts.backends.ByNameMailOrPhone"
WORDS = "窗口三次不收材料，也不说明理由。"


def detail() -> dict[str, Any]:
    """What an order needs that nobody has ordered yet: a matter it is about."""
    member = Membership.objects.order_by("pk")[0]
    case = actions.open_case("direct-line", applicant=member.party, by=member.user, at=MONDAY, title="积水")
    DirectLineMatter.objects.create(case=case, text="积水", contact_name="王", contact_phone="13800000001")
    actions.submit(case, by=member.user, at=MONDAY, key=uuid.uuid4(), facts={})
    return {"matter": again(case), "demand": "限期办结并说明原因。"}


def complaint(people: Cast, about: str = "zjj", *, at: datetime = MONDAY) -> Case:
    """Wang's complaint about an office, submitted."""
    case = actions.open_case(
        "complaint", applicant=people.company, by=people.wang, at=at, title="窗口不收材料"
    )
    office = Office.objects.get(code=about)
    ComplaintMatter.objects.create(
        case=case, office=office, text=WORDS, contact_name="王", contact_phone="13800000001"
    )
    return again(actions.submit(case, by=people.wang, at=at, key=uuid.uuid4(), facts={"text": WORDS}))


def redone_twice(people: Cast, *, at: datetime = MONDAY) -> Case:
    """A matter that was taken up again a second time."""
    case = answered(people, at=at)
    actions.redo(case, by=people.wang, at=at, reason="还是积水。")
    actions.draft_answer(again(case), by=people.alice, at=at, text="再次清淤。")
    actions.sign_off(again(case), by=people.bob, at=at)
    actions.redo(again(case), by=people.wang, at=at, reason="又积水了。")
    return again(case)


def ordered(people: Cast, matter: Case, *, at: datetime = MONDAY) -> Case:
    return orders.issue(matter, by=people.frank, at=at, demand="限期办结并说明原因。", cause="manual")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client
