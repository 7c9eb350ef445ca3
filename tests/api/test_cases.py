"""/cases/: who finds what, whole and in pages; a foreign matter is no other than a missing one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from servicedesk.desk import actions
from servicedesk.desk.models import Case, Clock
from tests import make
from tests.api.asking import bearer, faults, get, logged_in, token, told
from tests.make import MONDAY
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
MOST_QUERIES = 12


@pytest.fixture
def people() -> Cast:
    return cast()


def numbers(client: Client, query: str = "") -> list[str]:
    response = get(client, f"/cases/{query}")
    assert response.status_code == 200, response.content.decode()
    return [row["number"] for row in response.json()["results"]]


def test_everybody_finds_what_their_pages_show_and_nothing_else(people: Cast) -> None:
    case = make.claimed(people)
    finds = [people.alice, people.bob, people.erin, people.diana, people.frank, people.grace, people.wang]
    for user in finds:
        assert numbers(logged_in(user)) == [case.number], user
        assert get(logged_in(user), f"/cases/{case.number}/").status_code == 200
    for user in (people.charlie, people.zhao):
        assert numbers(logged_in(user)) == []
        foreign = told(get(logged_in(user), f"/cases/{case.number}/"), 404)
        missing = told(get(logged_in(user), "/cases/ZT-2026-999999/"), 404)
        assert foreign == missing
    told(get(Client(), "/cases/"), 401)
    assert "Bearer" in get(Client(), f"/cases/{case.number}/").headers["WWW-Authenticate"]


def test_the_whole_case_as_the_desk_reads_it(people: Cast) -> None:
    case = make.claimed(people)
    actions.note(case, by=people.alice, at=MONDAY, text="只给内部看")
    response = get(logged_in(people.alice), f"/cases/{case.number}/")
    found = response.json()
    assert response.headers["ETag"] == f'"{make.again(case).version}"'
    assert response.headers["Cache-Control"] == "no-store"
    assert found["version"] == make.again(case).version and found["officer"] == "Alice"
    assert "只给内部看" in [each["text"] for each in found["timeline"]]
    assert {"contact", "consult", "message"} <= {each["verb"] for each in found["actions"]}
    clock = next(each for each in found["clocks"] if each["code"] == "contact")
    assert clock["words"] and clock["due_at"] and clock["statement"] and clock["basis"]
    assert [step["code"] for step in found["steps"]][:2] == ["dispatch", "contact"]
    shown = " ".join(each["value"] for each in found["answers"])
    assert "厂门口积水" in shown and "13800000001" not in shown


def test_the_applicant_reads_what_is_public_and_no_officer(people: Cast) -> None:
    case = make.claimed(people)
    actions.note(case, by=people.alice, at=MONDAY, text="只给内部看")
    response = get(logged_in(people.wang), f"/cases/{case.number}/")
    found = response.json()
    assert found["officer"] is None and {each["who"] for each in found["timeline"]} == {""}
    assert all(each["public"] for each in [*found["timeline"], *found["clocks"]])
    assert "只给内部看" not in response.content.decode() and "Alice" not in response.content.decode()
    assert "withdraw" in {each["verb"] for each in found["actions"]}


def test_a_draft_is_not_there(people: Cast) -> None:
    make.draft(people)
    assert numbers(logged_in(people.wang)) == []


def test_the_filters_are_the_queues_and_a_misspelt_one_is_refused(people: Cast) -> None:
    claimed, fresh = make.claimed(people), make.submitted(people, text="路灯坏了。")
    diana = logged_in(people.diana)
    assert numbers(diana, "?tab=dispatch") == [fresh.number]
    assert numbers(diana, "?state=accepted") == [claimed.number]
    assert numbers(diana, "?office=zjj") == [claimed.number]
    assert numbers(diana, f"?officer={people.alice.pk}") == [claimed.number]
    assert numbers(diana, "?officer=none") == [fresh.number]
    assert numbers(diana, "?q=路灯") == [fresh.number]
    assert numbers(diana, "?kind=direct-line&limit=1") == [fresh.number]
    Clock.objects.filter(case=claimed).update(due_at=MONDAY)
    assert claimed.number in numbers(diana, "?overdue=1")
    assert faults(get(diana, "/cases/?ofice=zjj"), 400) == {"ofice"}
    wrong = "?tab=mien&state=open&overdue=yes&kind=x"
    assert faults(get(diana, f"/cases/{wrong}"), 400) == {"tab", "state", "overdue", "kind"}
    for query in ("?office=nowhere", "?topic=water", "?officer=alice", "?limit=0", "?cursor=x"):
        told(get(diana, f"/cases/{query}"), 400)


def test_pages_stay_what_they_are_while_matters_come_in(people: Cast) -> None:
    made = [make.submitted(people, at=MONDAY + timedelta(minutes=n // 2)).number for n in range(7)]
    client, seen = logged_in(people.diana), []
    page: Any = get(client, "/cases/?limit=3").json()
    while True:
        seen += [row["number"] for row in page["results"]]
        make.submitted(people, at=MONDAY + timedelta(hours=2))
        if page["next"] is None:
            break
        page = client.get(page["next"]).json()
    assert seen == made[::-1]


def test_a_list_asks_as_often_however_long_it_is(people: Cast) -> None:
    client = logged_in(people.diana)
    make.claimed(people)
    few = queries(client)
    for n in range(6):
        make.claimed(people, at=MONDAY + timedelta(minutes=n))
    parked = make.claimed(people)
    Clock.objects.filter(case=parked).update(due_at=None)
    assert queries(client) <= min(few + 3, MOST_QUERIES)


def queries(client: Client) -> int:
    get(client, "/cases/")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert get(client, "/cases/").status_code == 200
    return len(asked)


def test_the_language_is_the_holders_or_the_one_asked_for(people: Cast) -> None:
    case = make.claimed(people)
    people.wang.language = "ru"
    people.wang.save()
    client = bearer(token(people, people.wang, party=people.company))
    headers = {"Accept-Language": "en"}
    assert client.get(f"/api/v1/cases/{case.number}/", headers=headers).headers["Content-Language"] == "ru"
    assert get(client, f"/cases/{case.number}/?lang=en").json()["kind"]["label"] == "Direct line"


def test_whoever_is_complained_of_does_not_find_it(people: Cast) -> None:
    case = make.submitted(people)
    Case.objects.filter(pk=case.pk).update(against=people.office("fwzx"))
    assert numbers(logged_in(people.diana)) == []
    assert numbers(logged_in(people.wang)) == [case.number]
