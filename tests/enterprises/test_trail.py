"""Whoever changes a register is written into its chain, and nobody overwrites what they have not seen."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enterprises.models import Company, CompanyYear, Contact, Industry, Tag, TagSort, Topic, Town
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import User
from servicedesk.desk.audit import verify
from servicedesk.desk.models import Event, Party
from tests.desk.staff import enter, form_of
from tests.enterprises.make import make_company, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
HERE = "/desk/enterprises/"
ONE, TWO = make_uscc(301), make_uscc(302)


@pytest.fixture
def keeper(client: Client) -> User:
    user = make_staff("dispatcher")
    enter(client, user)
    return user


@pytest.fixture
def company() -> Company:
    company = make_company("青岛甲有限公司", ONE, legal_representative="王建国")
    company.contacts.create(name="李明远", phone="13800001234")
    return company


def change_of(row: Any) -> str:
    return f"{HERE}{row._meta.model_name}/{row.pk}/change/"


def uncovered(client: Client, row: Any) -> str:
    """The page of a row whose personal data is shown, for a reason, and may be changed."""
    client.post(f"{HERE}{row._meta.model_name}/{row.pk}/uncover/", {"reason": "企业来电更正。"})
    return change_of(row)


def told(company: Company) -> list[Event]:
    chain = f"register:company:{company.pk}"
    assert verify([chain]) == []
    return list(Event.objects.filter(chain=chain).order_by("seq"))


def test_a_change_of_a_company_tells_what_was_and_is_but_nothing_personal(
    client: Client, keeper: User, company: Company
) -> None:
    path = uncovered(client, company)
    changed = {"name": "青岛乙有限公司", "legal_representative": "赵国强", "contacts-0-phone": "13900005678"}
    assert client.post(path, form_of(client, path, **changed)).status_code == 302
    [event] = told(company)
    [contact] = company.contacts.all()
    assert (event.by, event.verb) == (keeper, "register_change")
    fields = {"name": ["青岛甲有限公司", "青岛乙有限公司"], "legal_representative": None}
    assert event.params["fields"] == fields
    row = {"model": "contact", "pk": contact.pk, "did": "change", "fields": {"phone": None}}
    assert event.params["rows"] == [row] and contact.phone == "13900005678"


def test_rows_added_and_deleted_with_a_company_stand_in_its_chain(
    client: Client, keeper: User, company: Company
) -> None:
    contact, path = company.contacts.get(), uncovered(client, company)
    year = {"years-TOTAL_FORMS": "1", "years-0-year": "2025", "years-0-staff": "30"}
    assert client.post(path, form_of(client, path, **year, **{"contacts-0-DELETE": "on"})).status_code == 302
    [event] = told(company)
    gone, new = event.params["rows"]
    assert (gone["did"], gone["pk"], gone["fields"]["phone"]) == ("delete", contact.pk, None)
    assert (new["did"], new["fields"]["staff"]) == ("add", [None, 30])
    assert "1380000" not in json.dumps(event.params)
    assert client.post(path, form_of(client, path)).status_code == 302 and len(told(company)) == 1


@pytest.mark.parametrize("part", ["row", "party", "contact"])
def test_a_company_is_not_overwritten_unseen(
    client: Client, keeper: User, company: Company, part: str
) -> None:
    path = change_of(company)
    mine = form_of(client, path, business_address="胶西街道一号", **{"contacts-0-role": "owner"})
    theirs = {
        "row": lambda: Company.objects.update(business_address="李哥庄镇"),
        "party": lambda: Party.objects.update(name="青岛丙有限公司"),
        "contact": lambda: Contact.objects.update(phone="13700000000"),
    }
    theirs[part]()
    response = client.post(path, mine)
    assert response.status_code == 409 and "胶西街道一号" in response.content.decode()
    assert "Somebody else changed this row" in response.content.decode() and not told(company)
    assert Contact.objects.get().role != "owner"


def test_a_companys_telephone_changed_elsewhere_stays(client: Client, keeper: User, company: Company) -> None:
    path = change_of(company)
    mine = form_of(client, path, business_address="胶西街道一号")
    Party.objects.update(phone="053288880000")
    assert client.post(path, mine).status_code == 302
    assert Party.objects.get().phone == "053288880000"


def test_figures_and_tags_of_their_own_page_stand_in_the_companys_chain(
    client: Client, keeper: User, company: Company
) -> None:
    year = CompanyYear.objects.create(company=company, year=2025, staff=30)
    other = make_company("青岛丁有限公司", TWO)
    path = change_of(year)
    assert client.post(path, form_of(client, path, staff="45", company=other.pk)).status_code == 302
    new = {"company": company.pk, "year": "2024", "staff": "12"}
    assert client.post(f"{HERE}companyyear/add/", new).status_code == 302
    client.post(f"{HERE}companyyear/{year.pk}/delete/", {"post": "yes"})
    changed, added, deleted = (event.params["rows"][0] for event in told(company))
    assert changed == {"model": "companyyear", "pk": year.pk, "did": "change", "fields": {"staff": [30, 45]}}
    assert (added["did"], added["fields"]["year"]) == ("add", [None, 2024])
    assert (deleted["did"], deleted["pk"], deleted["fields"]["staff"]) == ("delete", year.pk, [45, None])
    assert not told(other)


def test_a_tag_is_not_overwritten_unseen(client: Client, keeper: User, company: Company) -> None:
    sort = TagSort.objects.get(code="high-tech")
    tag = Tag.objects.create(company=company, sort=sort, issuer="科技局", valid_from=date(2024, 1, 1))
    path = change_of(tag)
    mine = form_of(client, path, issuer="工信局")
    Tag.objects.update(evidence="鲁科字〔2024〕1号")
    assert client.post(path, mine).status_code == 409
    assert Tag.objects.get().issuer == "科技局" and not told(company)


@pytest.mark.parametrize(("model", "field"), [(Town, "position"), (Topic, "position"), (Industry, "name")])
def test_small_registers_have_chains_of_their_own(
    client: Client, keeper: User, model: Any, field: str
) -> None:
    row = model.objects.first()
    path, was = change_of(row), getattr(row, field)
    assert client.post(path, form_of(client, path, **{field: "77"})).status_code == 302
    event = Event.objects.get(chain=f"register:{model._meta.model_name}:{row.pk}")
    assert event.params["fields"] == {field: [was, 77 if field == "position" else "77"]}


def bring(client: Client, register: str, text: str) -> Any:
    """Upload a sheet; answer what its confirmation would send."""
    file = SimpleUploadedFile("a.csv", text.encode())
    data = {"resource": "0", "format": 1, "import_file": file}
    return client.post(f"{HERE}{register}/import/", data).context["confirm_form"].initial


def test_an_import_tells_every_company_it_touched_by_whom_and_from_which_file(
    client: Client, keeper: User, company: Company
) -> None:
    same = make_company("青岛丁有限公司", TWO)
    three = make_uscc(303)
    text = f"uscc,name,legal_representative\n{ONE},青岛乙有限公司,赵国强\n"
    text += f"{TWO},青岛丁有限公司,\n{three},青岛戊有限公司,\n"
    confirmed = bring(client, "company", text)
    assert not Event.objects.filter(chain__startswith="register:").exists()
    assert client.post(f"{HERE}company/process_import/", confirmed).status_code == 302
    [changed], [added] = told(company), told(Company.objects.of_number(three).get())
    fields = {"name": ["青岛甲有限公司", "青岛乙有限公司"], "legal_representative": None}
    assert (changed.by, changed.verb, changed.params["fields"]) == (keeper, "register_change", fields)
    assert added.verb == "register_add" and added.params["fields"]["uscc"] == [None, three]
    assert {event.params["file"] for event in (changed, added)} == {hashlib.sha256(text.encode()).hexdigest()}
    assert not told(same)


def test_an_import_of_figures_stands_in_the_companies_chains(
    client: Client, keeper: User, company: Company
) -> None:
    CompanyYear.objects.create(company=company, year=2025, staff=30)
    confirmed = bring(client, "companyyear", f"uscc,year,staff\n{ONE},2025,31\n{ONE},2024,28\n")
    client.post(f"{HERE}companyyear/process_import/", confirmed)
    changed, added = (event.params["rows"][0] for event in told(company))
    assert changed["fields"] == {"staff": [30, 31]} and added["fields"]["year"] == [None, 2024]


def test_an_import_that_fails_after_all_tells_nothing(client: Client, keeper: User, company: Company) -> None:
    confirmed = bring(client, "company", f"uscc,name,town\n{ONE},青岛乙有限公司,胶西街道\n")
    Town.objects.filter(code="jiaoxi").update(name="胶西镇")
    client.post(f"{HERE}company/process_import/", confirmed)
    assert not told(company) and Party.objects.get(number=ONE).name == "青岛甲有限公司"
