"""Kinds with their forms, companies by rights, offices, the calendar: what a machine has to know before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import jsonschema
import pytest
from django.test import Client

from approvals.models import ServiceItem
from enterprises.models import Company
from servicedesk.desk import registry
from servicedesk.desk.models import CalendarDay, CalendarNotice
from servicedesk.desk.registry import kinds as every_kind
from tests import kinds
from tests.api.asking import SAID, faults, get, logged_in, told
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def permit() -> Iterator[None]:
    registry.register(kinds.PERMIT)
    yield
    registry.unregister("test-permit")


def test_a_new_kind_is_there_by_itself_with_its_verbs(permit: None) -> None:
    codes = [each["code"] for each in get(Client(), "/kinds/").json()["results"]]
    assert codes == [kind.code for kind in every_kind()]
    found = get(Client(), "/kinds/test-permit/?lang=en").json()
    assert found["form"] is None and not found["can_start"]
    verbs = {each["verb"]: each for each in found["verbs"]}
    assert {"accept", "decide", "withdraw"} <= set(verbs)
    assert verbs["decide"]["desk"]["fields"]["required"] == ["outcome", "text"]
    assert verbs["decide"]["applicant"] is None and verbs["withdraw"]["desk"] is None
    assert verbs["withdraw"]["applicant"]["fields"]["properties"].keys() == {"reason"}
    assert verbs["decide"]["needs_version"] and not verbs["note"]["needs_version"]
    told(get(Client(), "/kinds/no-such/"), 404)


def test_the_form_of_a_kind_is_a_json_schema_that_its_submissions_meet() -> None:
    form: Any = get(Client(), "/kinds/direct-line/?lang=en").json()["form"]
    jsonschema.Draft202012Validator.check_schema(form["fields"])
    judge = jsonschema.Draft202012Validator(form["fields"])
    assert judge.is_valid(SAID["answers"])
    assert not judge.is_valid({"text": "x"}) and not judge.is_valid({**SAID["answers"], "state": "x"})  # type: ignore[dict-item]
    assert form["fields"]["properties"]["text"]["title"] == "What is wrong?"
    assert [each["name"] for each in form["files"]] == ["files"]


def test_every_form_there_is_reads_as_json_schema() -> None:
    for kind in get(Client(), "/kinds/").json()["results"]:
        found = get(Client(), f"/kinds/{kind['code']}/").json()
        forms = [found["form"], *(verb[side] for verb in found["verbs"] for side in ("desk", "applicant"))]
        for form in forms:
            if form is not None:
                jsonschema.Draft202012Validator.check_schema(form["fields"])


def test_the_register_is_the_desks_and_everybody_else_finds_their_own(people: Cast) -> None:
    for party in (people.company, people.other):
        Company.objects.create(party=party, legal_representative="张三丰")
    both, own = [people.other.number, people.company.number], [people.company.number]
    for user, found in ((people.alice, both), (people.diana, both), (people.wang, own)):
        rows = get(logged_in(user), "/companies/").json()["results"]
        assert [row["number"] for row in rows] == found
        assert "张三丰" not in str(rows)
    wang = logged_in(people.wang)
    foreign = told(get(wang, f"/companies/{people.other.number}/"), 404)
    assert foreign == told(get(wang, "/companies/91370281MA00000000/"), 404)
    assert get(wang, f"/companies/{people.company.number}/").json()["party"] == people.company.pk
    alice = logged_in(people.alice)
    assert [row["name"] for row in get(alice, "/companies/?q=大沽河").json()["results"]] == [
        people.other.name
    ]
    first = get(alice, "/companies/?limit=1").json()
    assert [row["number"] for row in alice.get(first["next"]).json()["results"]] == own
    assert faults(get(alice, "/companies/?name=x"), 400) == {"name"}
    told(get(Client(), "/companies/"), 401)


def test_offices_by_name_and_place_in_the_tree(people: Cast) -> None:
    found = {each["code"]: each for each in get(Client(), "/offices/?lang=en").json()["results"]}
    assert found["zjj"] == get(Client(), "/offices/zjj/?lang=en").json()
    assert found["zjj"]["name"] == people.office().title("en")
    told(get(Client(), "/offices/nowhere/"), 404)


def test_is_this_a_working_day() -> None:
    notice = CalendarNotice(
        year=2031, title="x", source="国办发明电〔2030〕1号", published_on=date(2030, 11, 1)
    )
    notice.enter()
    CalendarDay.objects.create(notice=notice, day=date(2031, 10, 1), works=False, name="国庆节")
    day = get(Client(), "/calendar/days/2031-10-01/").json()
    assert (day["works"], day["kind"], day["source"]) == (False, "holiday", "国办发明电〔2030〕1号")
    days = get(Client(), "/calendar/days/?since=2031-09-29&until=2031-10-01").json()["results"]
    assert [each["works"] for each in days] == [True, True, False]
    assert get(Client(), "/calendar/").json()["notices"][0]["days"][0]["day"] == "2031-10-01"
    for wrong in ("2031-13-01", "1899-01-01", "today"):
        told(get(Client(), f"/calendar/days/{wrong}/"), 404)
    for query in ("since=2031-02-30", "since=x", "since=2031-02-02&until=2031-02-01", "since=1900-01-01"):
        told(get(Client(), f"/calendar/days/?{query}"), 400)
    told(get(Client(), "/calendar/days/?since=2026-01-01&until=2030-01-01"), 400)


def test_the_page_to_read_it_needs_no_other_machine(client: Client) -> None:
    page = client.get("/api/docs/").content.decode()
    assert "http://" not in page and "https://" not in page and "swagger-ui" in page


def test_the_form_of_an_approval_asks_for_its_papers_as_files() -> None:
    item = next(iter(ServiceItem.objects.filter(is_online=True).values_list("code", flat=True)))
    found = get(Client(), f"/kinds/approval/?item={item}").json()["form"]
    jsonschema.Draft202012Validator.check_schema(found["fields"])
    assert found["fields"]["properties"] and found["fields"]["title"]
    told(get(Client(), "/kinds/approval/?item=no-such"), 404)
