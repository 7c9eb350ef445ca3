"""What the pages of a direct-line matter show of whose it is, what it waits for, and what belongs to it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from enterprises.models import DispatchRule, ReturnReason, Ruling, Topic
from servicedesk.desk import actions
from servicedesk.desk.models import Attachment, Case, Link
from tests import make
from tests.desk.staff import bench, enter, post
from tests.make import again
from tests.people import SINCE, Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def at() -> datetime:
    return timezone.now() - timedelta(hours=1)


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def in_english(row: Any) -> str:
    with override("en"):
        return escape(row.title())


def desk(client: Client, user: Any, case: Case) -> str:
    return read(enter(client, user), bench(case))


def portal(client: Client, user: Any, case: Case) -> str:
    return read(enter(client, user), f"/matters/{case.number}/")


def parks(people: Cast, at: datetime, *, approve: bool = True) -> Case:
    case = make.claimed(people, at=at)
    until = at + timedelta(days=60)
    actions.contact(case, by=people.alice, at=at, result="reached")
    actions.give_opinion(case, by=people.alice, at=at, text="等管网改造。")
    actions.ask_park(
        again(case), by=people.alice, at=at, reason="管网改造明年开工。", basis="改造计划", until=until
    )
    if approve:
        actions.park(again(case), by=people.erin, at=at)
    return again(case)


def test_the_dispatcher_reads_which_office_the_rules_name(client: Client, people: Cast, at: datetime) -> None:
    case = make.submitted(people, at=at)
    assert "No rule fits this matter" in desk(client, people.diana, case)
    roads = Topic.objects.get(code="roads")
    DispatchRule.objects.create(office=people.office("swuj"), topic=roads, valid_from=SINCE)
    type(case.direct_line).objects.filter(case=case).update(topic=roads)
    page = desk(client, people.diana, case)
    assert "Suggested office" in page
    assert in_english(people.office("swuj")) in page


def test_two_returns_stand_side_by_side_with_precedents(client: Client, people: Cast, at: datetime) -> None:
    case = make.dispatched(people, at=at)
    reason = ReturnReason.objects.order_by("position")[0]
    roads = Topic.objects.get(code="roads")
    type(case.direct_line).objects.filter(case=case).update(topic=roads)
    actions.return_to_centre(again(case), by=people.bob, at=at, reason="排水不归住建。", code=reason.code)
    page = desk(client, people.diana, case)
    assert "Returned to the centre" in page
    assert "arguments" not in page
    assert in_english(reason) in page
    actions.dispatch(again(case), by=people.diana, at=at, office=people.office())
    actions.return_to_centre(again(case), by=people.bob, at=at, reason="第二次：仍不归。", code="x")
    earlier = make.submitted(people, at=at)
    Ruling.objects.create(
        case=earlier,
        office=people.office("swuj"),
        topic=roads,
        reason="道路积水由水务办。",
        ruled_on=at.date(),
    )
    page = desk(client, people.diana, case)
    assert "both arguments" in page
    assert '<div class="arguments">' in page
    assert "排水不归住建" in page and "仍不归" in page
    assert "the centre rules now" in page
    assert "道路积水由水务办" in page
    actions.rule(again(case), by=people.diana, at=at, office=people.office("swuj"), reason="裁定由水务办。")
    page = desk(client, people.diana, case)
    assert "What the centre ruled" in page and "the centre rules now" not in page
    assert "裁定由水务办" not in portal(client, people.wang, case)


def test_co_handlers_are_named_on_both_faces(client: Client, people: Cast, at: datetime) -> None:
    case = make.claimed(people, at=at)
    actions.join(case, by=people.alice, at=at, office=people.office("swuj"), text="请疏通主管。")
    page = desk(client, people.alice, case)
    assert "answers for all" in page and "请疏通主管" in page
    own = portal(client, people.wang, case)
    assert "Who has your matter" in own and in_english(people.office("swuj")) in own
    assert "请疏通主管" not in own
    step = case.steps.get(code="assist")
    actions.reply_consult(step, by=people.charlie, at=at, text="主管已疏通。")
    assert "主管已疏通" in desk(client, people.alice, case)
    own = portal(client, people.wang, case)
    assert "part done" in own and "主管已疏通" not in own


def test_a_wish_to_park_is_the_desks_and_a_parked_matter_says_so(
    client: Client, people: Cast, at: datetime
) -> None:
    case = parks(people, at, approve=False)
    page = desk(client, people.erin, case)
    assert "The office asks to park it" in page and "Alice" in page
    assert "管网改造明年开工" not in portal(client, people.wang, case)
    actions.park(again(case), by=people.erin, at=at)
    page = desk(client, people.alice, case)
    assert "Approved by" in page and "Erin" in page and "Next review" in page
    own = portal(client, people.wang, case)
    assert "It cannot be solved now" in own and "管网改造明年开工" in own
    assert "first promised" in own and "Erin" not in own


def test_after_an_answer_the_company_reads_that_it_will_be_asked(
    client: Client, people: Cast, at: datetime
) -> None:
    case = make.answered(people, at=at)
    own = portal(client, people.wang, case)
    assert "The centre will call you" in own and "One-time" not in own
    assert "A one-time link was sent" in own
    actions.revisit(case, by=people.diana, at=at, result="unreached")
    page = desk(client, people.diana, case)
    assert "nobody answered" in page and "Calls nobody answered: 1 of 3" in page
    assert "One-time link sent" in page
    actions.revisit(again(case), by=people.diana, at=at, result="solved", level=4)
    page = desk(client, people.diana, case)
    assert "by telephone" in page and "satisfied" in page
    assert "The centre will call you" not in portal(client, people.wang, case)


def test_parts_and_the_whole_lead_to_each_other(client: Client, people: Cast, at: datetime) -> None:
    case = make.claimed(people, at=at)
    actions.split(case, by=people.diana, at=at, parts=["第二件事"], reason="两件事分开办。")
    part = Link.objects.get(to=case).case
    assert f"/matters/{part.number}/" in portal(client, people.wang, case)
    own = portal(client, people.wang, part)
    assert "It was part of" in own and f"/matters/{case.number}/" in own


def test_a_merged_matter_points_to_the_one_that_goes_on(client: Client, people: Cast, at: datetime) -> None:
    older = make.claimed(people, at=at - timedelta(minutes=5))
    younger = make.submitted(people, at=at, text="还是同一处积水，附照片。")
    photo = Attachment.objects.create(
        case=younger,
        by=people.wang,
        at=at,
        sha256="0" * 64,
        size=3,
        name="积水.jpg",
        public=True,
        mime="image/jpeg",
    )
    actions.merge(younger, by=people.diana, at=at, into=older, reason="同一件事。")
    own = portal(client, people.wang, younger)
    assert "It goes on in another matter" in own and f"/matters/{older.number}/" in own
    merged = desk(client, people.diana, younger).partition("It goes on in another matter")[2]
    assert f"/desk/desk/case/{older.pk}/change/" in merged
    page = desk(client, people.alice, older)
    assert "还是同一处积水" in page and f"/files/{photo.pk}/" in page
    # The file itself is on no shelf here: 410 to who may have it, 404 to who may not.
    assert enter(client, people.alice).get(f"/files/{photo.pk}/").status_code == 410
    assert enter(client, people.charlie).get(f"/files/{photo.pk}/").status_code == 404
    assert enter(client, people.zhao).get(f"/files/{photo.pk}/").status_code == 404


def test_a_full_panel_costs_no_more_than_the_page_may(client: Client, people: Cast, at: datetime) -> None:
    def queries(user: Any, path: str) -> int:
        enter(client, user).get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    case = parks(people, at)
    for office in ("swuj", "gxj", "fgj"):
        actions.join(again(case), by=people.diana, at=at, office=people.office(office), text="配合。")
    few = queries(people.wang, f"/matters/{case.number}/")
    assert few <= 25
    assert queries(people.alice, bench(case)) <= 25
    actions.join(again(case), by=people.diana, at=at, office=people.office("scjgj"), text="配合。")
    actions.join(again(case), by=people.diana, at=at, office=people.office("zhzfj"), text="配合。")
    assert queries(people.wang, f"/matters/{case.number}/") <= few


def test_the_forms_offer_what_may_belong_together(client: Client, people: Cast, at: datetime) -> None:
    older = make.claimed(people, at=at - timedelta(minutes=5))
    younger = make.dispatched(people, at=at)
    page = desk(client, people.diana, younger)
    assert f'<option value="{older.number}">' in page
    assert '<div class="said" role="note">厂门口积水' in page
    merge = desk(client, people.diana, older).partition('id="do-merge"')[2].partition("</form>")[0]
    assert "into" in merge and str(younger.number) not in merge


def test_a_call_without_a_number_was_to_the_one_given(client: Client, people: Cast, at: datetime) -> None:
    case = make.claimed(people, at=at)
    page = desk(client, people.alice, case)
    assert "138****0001" in page and "13800000001" not in page
    assert post(client, case, "contact", result="no_answer").status_code == 302
    assert case.events.get(verb="contact").body.startswith("13800000001")
