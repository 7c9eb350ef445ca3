"""Projects, stages and conditions as registers: kept by the centre, looked at by the others."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from approvals.models import StageCondition, StageRule
from servicedesk.desk.models import Event
from tests.approvals.permits import delivered, project, rules, serving
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    found = cast()
    serving(found)
    rules()
    return found


def of(client: Client, user) -> Client:
    client.force_login(user, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    return client


def test_the_registers_answer_and_lead_to_the_timeline(people: Cast, client: Client) -> None:
    row = project(people)
    life = delivered(people, row, at=timezone.now())
    of(client, people.grace)
    for path in ("project", "stagerule", "permitlife"):
        assert client.get(f"/desk/approvals/{path}/").status_code == 200, path
    page = client.get(f"/desk/approvals/project/{row.pk}/change/").content.decode()
    assert f"/projects/{row.code}/" in page
    page = client.get(f"/desk/approvals/permitlife/{life.permit.pk}/change/")
    assert page.status_code == 200
    assert client.get(f"/desk/approvals/stagerule/{StageRule.objects.first().pk}/change/").status_code == 200


def test_officers_look_and_the_centre_changes(people: Cast, client: Client) -> None:
    rule = StageRule.objects.get(code="p1")
    path = f"/desk/approvals/stagerule/{rule.pk}/change/"
    condition = rule.conditions.get()
    facts = of(client, people.grace).get(path).context["adminform"].form.initial
    posted = {
        "staging": "three",
        "code": "p1",
        "name_zh": "基坑",
        "name_en": "Pit",
        "name_ru": "Котлован",
        "suffix": "S",
        "position": 0,
        "valid_from": "2020-01-01",
        "row_print": facts["row_print"],
        "conditions-TOTAL_FORMS": 1,
        "conditions-INITIAL_FORMS": 1,
        "conditions-0-id": condition.pk,
        "conditions-0-rule": rule.pk,
        "conditions-0-code": "land",
        "conditions-0-name_zh": "用地批准",
        "conditions-0-name_en": "Land",
        "conditions-0-name_ru": "Земля",
        "conditions-0-position": 0,
        "conditions-0-basis": "建筑法第八条",
        "conditions-0-row_print": client.get(path)
        .context["inline_admin_formsets"][0]
        .formset.forms[0]
        .initial["row_print"],
    }
    assert of(client, people.alice).post(path, posted).status_code == 403
    response = of(client, people.grace).post(path, posted)
    assert response.status_code == 302, response.context["errors"]
    rule.refresh_from_db()
    assert rule.label == {"zh-hans": "基坑", "en": "Pit", "ru": "Котлован"}
    assert StageCondition.objects.get(pk=condition.pk).label["ru"] == "Земля"
    assert Event.objects.filter(chain=f"register:stagerule:{rule.pk}", by=people.grace).exists()
    assert client.post(path, posted).status_code == 409
    assert client.post(f"/desk/approvals/stagerule/{rule.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_permits_rest_on_is_fixed_once_one_was_applied_for(people: Cast, client: Client) -> None:
    row = project(people)
    path = f"/desk/approvals/project/{row.pk}/change/"
    names = of(client, people.grace).get(path).context["adminform"].form.fields
    assert "staging" in names and "code" not in names and "owner" not in names
    delivered(people, row, at=timezone.now())
    names = client.get(path).context["adminform"].form.fields
    assert "staging" not in names and "category" not in names and "site" in names
