"""Projects on the portal: entered, shown as a timeline, applied for, and seen by nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from approvals.models import Project, StageApplication
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Event
from tests.approvals.permits import (
    BUILDER,
    CODE,
    asked,
    delivered,
    granted,
    project,
    rules,
    serving,
    submitted,
)
from tests.make import again
from tests.people import Cast, cast, member

pytestmark = pytest.mark.django_db

BACKEND = "servicedesk.accounts.backends.ByNameMailOrPhone"


@pytest.fixture
def people() -> Cast:
    found = cast()
    serving(found)
    rules()
    return found


def of(client: Client, user: User) -> Client:
    client.force_login(user, backend=BACKEND)
    client.cookies["django_language"] = "en"
    return client


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def typed(people: Cast, **given: Any) -> dict[str, Any]:
    facts = {
        "owner": people.company.pk,
        "code": "2603 370281 04 01 123456".replace(" ", "–"),
        "name": "胶州湾智造产业园1号厂房",
        "site": "胶州市长江路1号",
        "area": "12000",
        "amount": "3600",
        "category": "01",
        "staging": "three",
        "contractor": BUILDER["builder_name"],
        "contractor_number": "91370281MA3AB9CX27",
        "supervisor": "",
    }
    return facts | given


# --- entering a project -----------------------------------------------------------------------------------


def test_a_project_is_entered_by_its_owner_with_an_event_in_its_own_chain(
    people: Cast, client: Client
) -> None:
    response = of(client, people.wang).post("/projects/new/", typed(people))
    found = Project.objects.get()
    assert response.status_code == 302 and response.url == f"/projects/{CODE}/"
    assert (found.code, found.owner, found.staging) == (CODE, people.company, "three")
    assert Event.objects.filter(chain=f"register:project:{found.pk}", by=people.wang).count() == 1


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("code", "2603-370281-04-01-12345", "looks like 2106-370281-04-01-123456"),
        ("area", "0", "above zero"),
        ("amount", "viel", "Enter a number"),
        ("contractor_number", "123", "18"),
        ("staging", "four", "four is not"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_everything_typed_is_kept(
    people: Cast, client: Client, name: str, value: str, sentence: str
) -> None:
    response = of(client, people.wang).post("/projects/new/", typed(people, **{name: value}))
    assert response.status_code == 422
    with override("en"):
        assert sentence in str(response.context["form"].errors[name])
    assert "胶州湾智造产业园1号厂房" in words(response)
    assert not Project.objects.exists()


def test_nobody_enters_a_project_for_another_company(people: Cast, client: Client) -> None:
    response = of(client, people.wang).post("/projects/new/", typed(people, owner=people.other.pk))
    assert response.status_code == 422
    assert not Project.objects.exists()


def test_a_code_is_entered_once(people: Cast, client: Client) -> None:
    project(people, owner=people.other)
    response = of(client, people.wang).post("/projects/new/", typed(people))
    assert "entered already" in words(response)
    assert people.other.name not in words(response)


def test_the_threshold_is_named_as_a_default_and_blocks_nobody(people: Cast, client: Client) -> None:
    assert "our default" in words(of(client, people.wang).get("/projects/new/"))
    project(people, amount=20, area=5000)
    page = words(client.get(f"/projects/{CODE}/"))
    assert "may do without a permit" in page and "Apply for this stage" in page


# --- who sees it ------------------------------------------------------------------------------------------


def test_owner_and_offices_concerned_see_it_and_for_everybody_else_it_is_not_there(
    people: Cast, client: Client
) -> None:
    row = project(people)
    path = f"/projects/{CODE}/"
    assert client.get(path).status_code == 302
    assert of(client, people.wang).get(path).status_code == 200
    for user in (people.zhao, people.charlie, people.alice, people.bob):
        assert of(client, user).get(path).status_code == 404, user
        assert client.post(f"{path}apply/p1/").status_code == 404, user
    submitted(people, row, at=timezone.now())
    for user in (people.alice, people.bob, people.diana):
        page = of(client, user).get(path)
        assert page.status_code == 200, user
        assert "Apply for" not in words(page)
        assert client.post(f"{path}apply/p1/").status_code == 404, user
    for user in (people.zhao, people.charlie):
        assert of(client, user).get(path).status_code == 404, user


def test_the_list_holds_my_own_projects_only(people: Cast, client: Client) -> None:
    project(people)
    assert "胶州湾智造产业园1号厂房" in words(of(client, people.wang).get("/projects/"))
    page = words(of(client, people.zhao).get("/projects/"))
    assert "胶州湾智造产业园1号厂房" not in page
    assert "No project has been entered yet" in page


# --- the timeline -----------------------------------------------------------------------------------------


def test_the_timeline_says_where_each_stage_stands_and_what_may_be_done(people: Cast, client: Client) -> None:
    row, now = project(people), timezone.now()
    page = words(of(client, people.wang).get(f"/projects/{CODE}/"))
    assert page.count('aria-current="step"') == 1
    assert "Needs the permit for “P1 (en)”" in page
    life = delivered(people, row, at=now - timedelta(days=2))
    submitted(people, row, "p2", at=now - timedelta(days=1))
    page = words(client.get(f"/projects/{CODE}/"))
    assert life.permit.number in page and "Works begin by the end of" in page
    assert f"/matters/{life.number}/report/" in page
    assert f"/matters/{life.number}/ask_extension/" in page
    assert "under way" in page and "Needs the permit for “P2 (en)”" in page
    assert "The permit of the last stage covers the whole" in page


def test_a_permit_that_has_lapsed_is_shown_so_and_recorded_by_opening_the_page(
    people: Cast, client: Client
) -> None:
    life = delivered(people, project(people), at=timezone.now() - timedelta(days=120))
    page = words(of(client, people.wang).get(f"/projects/{CODE}/"))
    assert "lapsed by law" in page and "Apply for this stage anew" in page
    assert f"/matters/{life.number}/report/" not in page
    assert again(life).outcome == "lapsed"


@pytest.mark.parametrize("path", ["/matters/{number}/", "/desk/desk/case/{pk}/change/", "/track/"])
def test_opening_any_page_of_the_permit_records_its_lapse(people: Cast, client: Client, path: str) -> None:
    life = delivered(people, project(people), at=timezone.now() - timedelta(days=120))
    user = people.alice if "desk" in path else people.wang
    of(client, user)
    if path == "/track/":
        response = client.post(path, {"number": life.number, "secret": life.secret})
    else:
        response = client.get(path.format(number=life.number, pk=life.pk))
    assert response.status_code == 200
    assert again(life).outcome == "lapsed"


def test_a_request_in_time_is_no_lapse_on_the_page_either(people: Cast, client: Client) -> None:
    start = timezone.now() - timedelta(days=120)
    life = delivered(people, project(people), at=start)
    asked(people, life, start + timedelta(days=30))
    page = words(of(client, people.wang).get(f"/projects/{CODE}/"))
    assert "lapsed by law" not in page
    assert again(life).state == "accepted"


def test_pages_take_a_fixed_number_of_queries(people: Cast, client: Client) -> None:
    of(client, people.wang)
    now = timezone.now() - timedelta(days=3)

    def queries(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    row = project(people)
    delivered(people, row, at=now)
    few = queries("/projects/"), queries(f"/projects/{CODE}/")
    delivered(people, row, "p2", at=now)
    granted(people, row, "p3", at=now)
    for number in range(5):
        other = project(people, code=f"2603-370281-04-01-{number:06}")
        delivered(people, other, at=now)
    many = queries("/projects/"), queries(f"/projects/{CODE}/")
    assert many[0] == few[0] <= 22
    # What may be done is asked of each running permit by itself.
    assert many[1] <= few[1] + 12 and many[1] <= 60


# --- applying for a stage ---------------------------------------------------------------------------------


def test_the_button_begins_one_draft_with_the_contractor_filled_in(people: Cast, client: Client) -> None:
    project(people)
    of(client, people.wang)
    first = client.post(f"/projects/{CODE}/apply/p1/")
    assert client.post(f"/projects/{CODE}/apply/p1/").url == first.url
    draft = Case.objects.get(kind="construction-permit")
    assert draft.stage.answers == BUILDER
    page = words(client.get(first.url + "?section=builder"))
    assert BUILDER["builder_name"] in page
    assert "Go on with the application" in words(client.get(f"/projects/{CODE}/"))


def test_a_later_stage_has_no_button_and_its_address_answers_with_the_reason(
    people: Cast, client: Client
) -> None:
    project(people)
    response = of(client, people.wang).post(f"/projects/{CODE}/apply/p2/", follow=True)
    assert "“P1 (en)” must be granted" in words(response)
    assert not StageApplication.objects.exists()
    assert client.post(f"/projects/{CODE}/apply/p9/").status_code == 404


def test_the_address_of_the_start_page_begins_nothing(people: Cast, client: Client) -> None:
    """It would answer otherwise for a project of somebody else's than for one that is not there."""
    project(people)
    of(client, people.wang)
    path = f"/start/construction-permit/?project={CODE}&stage=p1"
    assert client.get(path).status_code == 404
    assert client.post(path, {}).status_code == 404


def test_the_shipped_stages_are_asked_for_page_by_page_and_handed_in_with_their_papers(
    people: Cast, client: Client
) -> None:
    from django.apps import apps

    from approvals.catalogue.first_rows import load_all
    from approvals.construction import first_rows
    from approvals.models import StageRule

    StageRule.objects.all().delete()
    load_all(apps)
    first_rows.load_all(apps)
    project(people)
    of(client, people.wang)
    draft = client.post(f"/projects/{CODE}/apply/pit/").url
    tasks = words(client.get(draft))
    assert "General contractor" in tasks and "What must hold, 1–4" in tasks
    case = Case.objects.get(kind="construction-permit")
    from servicedesk.desk import drafting

    form = drafting.form_class(case)
    for section in form.sections:
        part, posted = form.of_section(section.code), {}
        for name, field in part.base_fields.items():
            if name.startswith("paper_"):
                content = b"%PDF-1.4\n%\xe2\xe3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF " + name.encode()
                posted[name] = SimpleUploadedFile(f"{name}.pdf", content, "application/pdf")
            elif name.endswith("_holds"):
                codes = [code for code, _label in field.choices]
                posted[name] = (
                    "promised"
                    if "promised" in codes
                    else "not-applicable"
                    if "not-applicable" in codes
                    else "met"
                )
            elif name.endswith("_until"):
                posted[name] = (timezone.localdate() + timedelta(days=60)).isoformat()
        if section.code == "builder":
            posted = {"builder_name": BUILDER["builder_name"], "builder_number": "91370281MA3AB9CX27"}
        response = client.post(f"{draft}?section={section.code}", posted)
        assert response.status_code == 302, (section.code, response.context["form"].errors)
    check = client.get(response.url)
    assert check.status_code == 200
    page = words(check)
    assert "I promise it by a day" in page and "The law does not ask it of this project" in page
    sent = client.post(response.url, {"key": check.context["key"], "seal": check.context["seal"]})
    done = again(case)
    assert sent.status_code == 302 and done.state == "submitted", words(sent)
    assert done.stage.contractor == BUILDER["builder_name"]
    receipt = done.documents.get(sort="receipt")
    assert any("用地批准" in name for name, _form, _files in receipt.facts["papers"])
    assert client.get(f"/matters/{done.number}/").status_code == 200
    assert "promised by" in words(client.get(f"/matters/{done.number}/"))
    assert of(client, people.alice).get(f"/desk/desk/case/{done.pk}/change/").status_code == 200


def test_somebody_of_two_companies_chooses_the_owner(people: Cast, client: Client) -> None:
    from servicedesk.desk.models import Membership
    from tests.people import SINCE

    Membership.objects.create(user=people.wang, party=people.other, since=SINCE)
    page = words(of(client, people.wang).get("/projects/new/"))
    assert people.company.name in page and people.other.name in page
    response = client.post("/projects/new/", typed(people, owner=people.other.pk))
    assert response.status_code == 302
    assert Project.objects.get().owner == people.other


def test_staff_of_the_office_are_led_from_the_matter_to_the_project(people: Cast, client: Client) -> None:
    case = submitted(people, project(people), at=timezone.now())
    assert f"/projects/{CODE}/" in words(of(client, people.alice).get(f"/desk/desk/case/{case.pk}/change/"))
    assert f"/projects/{CODE}/" in words(of(client, people.wang).get(f"/matters/{case.number}/"))
    page = Client().post("/track/", {"number": case.number, "secret": case.secret})
    assert CODE not in words(page)


def test_the_owners_term_is_not_called_a_promise_of_ours(people: Cast, client: Client) -> None:
    life = delivered(people, project(people), at=timezone.now() - timedelta(days=3))
    page = words(of(client, people.wang).get(f"/matters/{life.number}/"))
    assert "Your own term" in page and "What we promised you" not in page
    assert "by the end of" in page and "23:59" in page
    other = submitted(people, project(people, code="2603-370281-04-01-000009"), at=timezone.now())
    assert "What we promised you" in words(client.get(f"/matters/{other.number}/"))


def test_a_newcomer_without_a_company_is_told_whom_to_ask(people: Cast, client: Client) -> None:
    user = member("newcomer", people.company)
    user.memberships.all().delete() if hasattr(user, "memberships") else user.membership_set.all().delete()
    page = words(of(client, user).get("/projects/"))
    assert "does not speak for a company yet" in page
    assert client.get("/projects/new/").status_code == 404
