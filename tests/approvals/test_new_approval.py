"""A new approval is rows alone: brought in by a file, it works from its guide to its licence; and a limit
that an official changes from next month moves no case under way."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from approvals.models import Document, Licence, ServiceItem
from servicedesk.accounts.models import Post
from servicedesk.desk import actions
from servicedesk.desk.actions.limits import limits_for
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Limit
from tests.entering import enter_desk
from tests.make import again
from tests.people import Cast, cast, person, posted

pytestmark = pytest.mark.django_db

FILE = """
items:
  - code: tea-house
    name: {zh: 茶馆登记, en: Registration of a tea house, ru: Регистрация чайной}
    office: xzspj
    extension: 10
    special: [expert_review]
    is_licensed: true
    licence_months: 36
    laws:
      - {title: 中华人民共和国行政许可法, number: 主席令第七号, article: 第十二条}
    limits:
      - {clock: check, term: 5, unit: working_days, basis: 行政许可法第三十二条}
      - {clock: statutory, term: 20, unit: working_days, basis: 行政许可法第四十二条}
      - {clock: promised, term: 5, unit: working_days, basis: 本市承诺}
      - {clock: deliver, term: 10, unit: working_days, basis: 行政许可法第四十四条}
    sections:
      - {code: house, label: {zh: 茶馆, en: The house, ru: Чайная}}
    fields:
      - {code: house_name, section: house, label: {zh: 茶馆名称, en: Name of the house, ru: Название чайной}}
    papers:
      - {code: hygiene, name: {zh: 卫生承诺, en: Promise of hygiene, ru: Обязательство о гигиене}}
"""
SHORTER = """
items:
  - code: tea-house
    limits:
      - {clock: promised, term: 2, unit: working_days, basis: 本市承诺, valid_from: %s}
"""


@pytest.fixture
def people() -> Cast:
    return cast()


def bring(tmp_path: Path, text: str) -> None:
    path = tmp_path / "catalogue.yaml"
    path.write_text(text, encoding="utf-8")
    call_command("load_catalogue", path)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    assert found is not None, name
    return found[1]


def apply(client: Client, **answers: Any) -> Case:
    """From the guide to the confirmation, as the pages lead."""
    guide = client.get("/guides/tea-house/").content.decode()
    assert "茶馆登记" in guide and 'href="/start/approval/?item=tea-house"' in guide
    page = client.get("/start/approval/?item=tea-house").content.decode()
    given = {name: hidden(page, name) for name in ("form_key", "whom")}
    missing = client.post("/start/approval/?item=tea-house", given | {"house_name": ""})
    assert missing.status_code == 422 and "problem" in missing.content.decode()
    case = Case.objects.latest("pk")
    place = f"/start/approval/{case.pk}/"
    paper = SimpleUploadedFile("卫生承诺.pdf", PDF, "application/pdf")
    assert client.post(place, answers | {"paper_hygiene": paper}).status_code == 302
    check = client.get(f"{place}check/").content.decode()
    assert answers["house_name"] in check
    sent = {name: hidden(check, name) for name in ("key", "seal")}
    assert client.post(f"{place}check/", sent).status_code == 302
    return again(case)


PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def test_an_approval_brought_in_by_a_file_works_from_its_guide_to_its_licence(
    people: Cast, client: Client, tmp_path: Path
) -> None:
    assert client.get("/guides/tea-house/").status_code == 404
    bring(tmp_path, FILE)
    client.force_login(people.wang)
    case = apply(client, house_name="云溪茶馆")
    assert (case.state, case.title, case.office.code) == ("submitted", "茶馆登记", "xzspj")
    assert case.application.answers == {"house_name": "云溪茶馆"}  # type: ignore[attr-defined]
    officer = posted(person("olga"), "xzspj", Post.Role.OFFICER)
    now = timezone.now()
    for act in (actions.claim, actions.accept):
        act(again(case), by=officer, at=now)
    actions.decide(again(case), by=officer, at=now, outcome="granted", text="准予登记。")
    actions.complete(again(case).steps.get(code="deliver"), by=officer, at=now)
    case = again(case)
    assert (case.state, case.outcome) == ("closed", "granted")
    sorts = set(Document.objects.filter(case=case).values_list("sort", flat=True))
    assert {"receipt", "acceptance", "decision"} <= sorts
    licence = Licence.objects.get(case=case)
    verified = Client().get(f"/verify/{licence.token}/").content.decode()
    assert "茶馆登记" in verified and people.company.name in verified
    for document in Document.objects.filter(case=case):
        answer = client.get(f"/documents/{document.pk}/")
        assert b"".join(answer.streaming_content if answer.streaming else [answer.content]).startswith(
            b"%PDF"
        )
    bench = enter_desk(Client(), officer).get(f"/desk/desk/case/{case.pk}/change/").content.decode()
    assert "云溪茶馆" in bench
    assert broken(now) == []


def test_a_limit_changed_by_a_file_from_next_month_moves_no_case_under_way(
    people: Cast, client: Client, tmp_path: Path
) -> None:
    bring(tmp_path, FILE)
    client.force_login(people.wang)
    case = apply(client, house_name="云溪茶馆")
    next_month = (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)
    bring(tmp_path, SHORTER % next_month.isoformat())
    rows = Limit.objects.filter(subject="tea-house", clock="promised").order_by("valid_from")
    assert [(row.term, row.valid_until) for row in rows] == [(5, next_month - timedelta(days=1)), (2, None)]
    officer = posted(person("olga"), "xzspj", Post.Role.OFFICER)
    later = timezone.now() + timedelta(minutes=1)
    actions.claim(again(case), by=officer, at=later)
    actions.accept(again(case), by=officer, at=later)
    assert again(case).clocks.get(code="promised").term == 5
    assert limits_for(again(case), later)["promised"].term == 5
    assert ServiceItem.objects.filter(code="tea-house", stage="published").count() == 1
    assert date.today() < next_month
