"""The queue: whose it is, its tabs, filters and search, what is done to many at once, and what it costs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from enterprises.models import DirectLineMatter, Topic
from servicedesk.accounts.models import User
from servicedesk.desk import actions, finding
from servicedesk.desk.models import Case, Event
from tests import make
from tests.desk.staff import INLINE, QUEUE, administrator, bench, enter, rows
from tests.people import Cast

pytestmark = pytest.mark.django_db


def recent(people: Cast, stage: str = "dispatched", days: int = 0) -> Case:
    maker = getattr(make, stage)
    return maker(people, at=timezone.now() - timedelta(days=days))


def test_everybody_sees_their_own_desk_and_no_more(client: Client, people: Cast) -> None:
    here, there = recent(people), make.dispatched(people, to="swuj")
    fresh = recent(people, "submitted")
    seen = {
        people.alice: {here.number},
        people.charlie: {there.number},
        people.erin: {here.number},
        people.diana: {here.number, there.number, fresh.number},
        people.frank: {here.number, there.number, fresh.number},
        people.grace: {here.number, there.number, fresh.number},
    }
    for user, numbers in seen.items():
        enter(client, user)
        assert set(rows(client.get(QUEUE + "?tab=all"))) == numbers, user
    draft = make.draft(people)
    assert draft.pk not in {case.pk for case in client.get(QUEUE + "?tab=all").context["cl"].result_list}


@pytest.mark.parametrize("role", ["auditor", "security", "system"])
def test_administrators_meet_no_case_even_as_superuser(client: Client, people: Cast, role: str) -> None:
    case, user = recent(people), administrator(role)
    user.is_superuser = True
    user.save()
    enter(client, user)
    assert client.get(QUEUE).status_code == 403
    for path in (bench(case), f"{QUEUE}{case.pk}/history/", f"/desk/cases/{case.number}/"):
        assert client.get(path).status_code == 404


def test_a_superuser_without_a_post_is_shown_nothing(client: Client, people: Cast) -> None:
    recent(people)
    people.alice.posts.all().delete()
    User.objects.filter(pk=people.alice.pk).update(is_superuser=True)
    enter(client, people.alice)
    assert client.get(QUEUE).status_code == 403
    assert client.get("/desk/").context["app_list"] == []


def test_neither_an_applicant_nor_staff_out_of_post_comes_in(client: Client, people: Cast) -> None:
    recent(people)
    people.charlie.posts.update(until="2020-02-01")
    for user in (people.wang, people.charlie):
        enter(client, user)
        assert client.get(QUEUE).status_code in {302, 403}


def test_a_member_of_staff_never_meets_their_own_companys_matter_at_the_desk(
    client: Client, people: Cast
) -> None:
    case = recent(people)
    people.alice.memberships.create(party=people.company, since="2020-01-01")
    enter(client, people.alice)
    assert rows(client.get(QUEUE + "?tab=all")) == []
    assert client.get(bench(case)).status_code == 404


def test_tabs_hold_what_they_say_and_count_it(client: Client, people: Cast) -> None:
    fresh, unclaimed = recent(people, "submitted"), recent(people)
    mine, late = recent(people, "claimed"), recent(people, "claimed", days=60)
    answered = recent(people, "answered")
    again = recent(people, "answered")
    actions.redo(again, by=people.wang, at=timezone.now(), reason="又积水了")
    enter(client, people.alice)
    expected = {
        "mine": {mine, late, answered, again},
        "office": {unclaimed, mine, late, answered, again},
        "unclaimed": {unclaimed},
        "late": {late},
        "paused": set(),
        "waiting": {answered},
        "back": {again},
    }
    for tab, cases in expected.items():
        page = client.get(f"{QUEUE}?tab={tab}")
        assert set(rows(page)) == {case.number for case in cases}, tab
        counted = {each.code: number for each, number in page.context["tabs"]}
        assert counted[tab] == len(cases), tab
    enter(client, people.diana)
    assert rows(client.get(f"{QUEUE}?tab=dispatch")) == [fresh.number]
    drafted = recent(people, "claimed")
    now = timezone.now()
    actions.contact(drafted, by=people.alice, at=now, result="reached")
    actions.give_opinion(drafted, by=people.alice, at=now, text="先抽排")
    actions.draft_answer(drafted, by=people.alice, at=now, text="已清淤")
    enter(client, people.bob)
    assert rows(client.get(f"{QUEUE}?tab=signing")) == [drafted.number]
    enter(client, people.erin)
    actions.escalate(drafted, by=people.bob, at=now, reason="要协调")
    assert rows(client.get(f"{QUEUE}?tab=raised")) == [drafted.number]


def test_a_bare_address_opens_ones_own_tab_and_a_search_looks_in_all(client: Client, people: Cast) -> None:
    closed = recent(people, "answered")
    actions.confirm(closed, by=people.wang, at=timezone.now())
    enter(client, people.alice)
    assert rows(client.get(QUEUE)) == []
    assert rows(client.get(f"{QUEUE}?q={closed.number}")) == [closed.number]
    assert rows(client.get(f"{QUEUE}?tab=no-such")) == [closed.number]


def test_what_is_due_first_stands_first(client: Client, people: Cast) -> None:
    later, sooner = recent(people), recent(people, days=30)
    enter(client, people.alice)
    assert rows(client.get(f"{QUEUE}?tab=office")) == [sooner.number, later.number]
    assert rows(client.get(f"{QUEUE}?tab=all")) == [later.number, sooner.number]


def test_search_takes_the_beginning_of_a_number_and_every_word(client: Client, people: Cast) -> None:
    case = recent(people)
    DirectLineMatter.objects.filter(case=case).update(text="仓库 屋顶 漏雨")
    finding.keep(case)
    other = recent(people)
    enter(client, people.alice)
    for words in (case.number, "漏雨 屋顶", "长江 漏雨"):
        assert rows(client.get(QUEUE, {"q": words})) == [case.number], words
    assert set(rows(client.get(QUEUE, {"q": "zt-"}))) == {case.number, other.number}
    for words in ("漏雨 噪声", "' OR 1=1", "%"):
        assert rows(client.get(QUEUE, {"q": words})) == [], words


def test_filters_narrow_by_kind_state_office_dimension_officer_and_lateness(
    client: Client, people: Cast
) -> None:
    late, topic = recent(people, "claimed", days=60), Topic.objects.valid().first()
    fresh = make.dispatched(people, at=timezone.now(), to="swuj")
    DirectLineMatter.objects.filter(case=late).update(topic=topic)
    enter(client, people.diana)
    narrow = [
        f"topic={topic.pk}",
        "overdue=1",
        "state__exact=accepted&office=zjj",
        f"officer={people.alice.pk}",
    ]
    for query in narrow:
        assert rows(client.get(f"{QUEUE}?{query}")) == [late.number], query
    assert (
        rows(client.get(f"{QUEUE}?officer=none")) == rows(client.get(f"{QUEUE}?overdue=0")) == [fresh.number]
    )
    assert len(rows(client.get(f"{QUEUE}?kind=direct-line"))) == 2
    for nonsense in ("topic=x", "officer=x", "office=x", "overdue=7", "kind=x", "town=99999999999999999999"):
        assert client.get(f"{QUEUE}?{nonsense}").status_code in {200, 302}, nonsense


def act(client: Client, action: str, *cases: Case, tab: str = "all", **more: Any) -> Any:
    data = {"action": action, "_selected_action": [case.pk for case in cases]} | more
    return client.post(f"{QUEUE}?tab={tab}", data, follow=True)


def test_an_export_is_harmless_in_a_spreadsheet_and_logged(client: Client, people: Cast) -> None:
    case = recent(people)
    Case.objects.filter(pk=case.pk).update(title='=HYPERLINK("http://evil")')
    enter(client, people.alice)
    response = act(client, "export_csv", case)
    assert response.streaming
    text = response.getvalue().decode("utf-8-sig")
    assert "'=HYPERLINK" in text and case.number in text
    assert "13800000001" not in text
    assert Event.objects.get(verb="export").chain == f"user:{people.alice.pk}"


def test_the_queue_costs_the_same_few_queries_however_long(
    client: Client, people: Cast, django_assert_max_num_queries: Any
) -> None:
    for stage in ("dispatched", "claimed", "answered", "submitted") * 3:
        recent(people, stage)
    for user in (people.alice, people.bob, people.diana, people.grace):
        enter(client, user)
        for query in ("", "?tab=all", "?tab=late", "?q=积水"):
            client.get(QUEUE + query)
            with django_assert_max_num_queries(14):
                client.get(QUEUE + query)


def test_nothing_is_added_edited_or_deleted_here(client: Client, people: Cast) -> None:
    case = recent(people)
    enter(client, people.grace)
    assert client.get(QUEUE + "add/").status_code == 403
    assert client.get(f"{QUEUE}{case.pk}/delete/").status_code == 403
    assert client.post(bench(case), {"title": "x"}).status_code == 405
    assert (
        act(client, "delete_selected", case).status_code == 200 and Case.objects.filter(pk=case.pk).exists()
    )


def test_the_page_obeys_the_content_policy_and_escapes(client: Client, people: Cast) -> None:
    case = recent(people)
    Case.objects.filter(pk=case.pk).update(title="<script>alert(1)</script>")
    enter(client, people.alice)
    html = client.get(QUEUE).content.decode()
    assert "<script>alert" not in html and not INLINE.search(html)
