from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enterprises.models import Company, CompanyYear, Tag, TagSort
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import User
from servicedesk.desk.models import Party
from tests.desk.staff import form_of
from tests.enterprises.make import make_company, make_staff

pytestmark = pytest.mark.django_db
LIST, ADD = "/desk/enterprises/company/", "/desk/enterprises/company/add/"
IMPORT, PROCESS, EXPORT = LIST + "import/", LIST + "process_import/", LIST + "export/"
ONE = make_uscc(201)


def enter(client: Client, role: str) -> User:
    user = make_staff(role)
    client.force_login(user, backend="servicedesk.accounts.backends.ByNameMailOrPhone")
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def dispatcher(client: Client) -> Client:
    enter(client, "dispatcher")
    return client


@pytest.fixture
def officer(client: Client) -> Client:
    enter(client, "officer")
    return client


def upload(client: Client, name: str, data: bytes, form: int = 1) -> Any:
    return client.post(
        IMPORT, {"resource": "0", "format": form, "import_file": SimpleUploadedFile(name, data)}
    )


def page(**changed: Any) -> dict[str, Any]:
    inlines = {
        f"{prefix}-{name}": "0"
        for prefix in ("contacts", "years", "tags", "service_managers")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    return {"name": "青岛甲有限公司", "number": ONE, "uscc_override_reason": ""} | inlines | changed


def fill(count: int) -> None:
    sort = TagSort.objects.get(code="high-tech")
    for index in range(count):
        company = make_company(f"青岛第{index}有限公司", legal_representative="王建国")
        CompanyYear.objects.create(company=company, year=2025, staff=300, income=2000)
        Tag.objects.create(company=company, sort=sort, issuer="…", valid_from=date(2024, 1, 1))


def test_the_list_of_companies_costs_the_same_few_queries_however_long(
    dispatcher: Client, django_assert_max_num_queries: Any
) -> None:
    fill(60)
    with django_assert_max_num_queries(14):
        response = dispatcher.get(LIST)
    assert response.status_code == 200
    assert b"medium" in response.content or "中".encode() in response.content


@pytest.mark.parametrize(
    "path", ["companyyear", "tag", "industry", "town", "topic", "tagsort", "sizescope", "sizebound"]
)
def test_every_register_opens_in_few_queries(
    dispatcher: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    fill(20)
    with django_assert_max_num_queries(14):
        assert dispatcher.get(f"/desk/enterprises/{path}/").status_code == 200


def test_a_company_is_found_by_name_code_town_section_and_tag(dispatcher: Client) -> None:
    make_company("青岛甲有限公司", ONE)
    for query in ("q=甲", f"q={ONE[:12]}", "town__id__exact=7", "section=C"):
        assert ONE in dispatcher.get(f"{LIST}?{query}").content.decode()
    for query in ("q=nothing", "section=A", "tag=high-tech"):
        assert ONE not in dispatcher.get(f"{LIST}?{query}").content.decode().split("result_list")[-1]


def test_a_dispatcher_adds_a_company_and_its_party(dispatcher: Client) -> None:
    response = dispatcher.post(ADD, page(number=f" {ONE.lower()} "))
    assert response.status_code == 302
    company = Company.objects.get()
    assert (company.name, company.number) == ("青岛甲有限公司", ONE)
    path = f"{LIST}{company.pk}/change/"
    assert dispatcher.post(path, form_of(dispatcher, path, name="青岛乙有限公司")).status_code == 302
    assert Company.objects.get().name == "青岛乙有限公司"


def test_a_code_is_registered_once(dispatcher: Client) -> None:
    make_company(number=ONE)
    response = dispatcher.post(ADD, page())
    assert response.status_code == 200 and "number" in response.context["adminform"].form.errors


def test_a_party_without_an_entry_gets_one_and_no_double(dispatcher: Client) -> None:
    party = Party.objects.create(name="青岛旧名有限公司", number=ONE)
    assert dispatcher.post(ADD, page()).status_code == 302
    assert Company.objects.get().party == party
    assert Party.objects.get(number=ONE).name == "青岛甲有限公司"


def test_nobody_deletes_a_company(dispatcher: Client) -> None:
    company = make_company()
    assert dispatcher.post(f"{LIST}{company.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_early_code_asks_for_a_reason_and_then_stands(dispatcher: Client) -> None:
    early = "91350211M00013FA1N"
    response = dispatcher.post(ADD, page(number=early))
    assert set(response.context["adminform"].form.errors) == {"number", "uscc_override_reason"}
    assert dispatcher.post(ADD, page(number=early, uscc_override_reason="as printed")).status_code == 302
    refused = dispatcher.post(ADD, page(number="91370281MA0000015I", uscc_override_reason="as printed"))
    assert set(refused.context["adminform"].form.errors) == {"number"}


def test_an_officer_sees_the_register_masked_and_changes_nothing(officer: Client) -> None:
    company = make_company(number=ONE, legal_representative="王建国")
    company.contacts.create(name="李明远", phone="13800001234")
    shown = officer.get(f"{LIST}{company.pk}/change/").content.decode()
    assert ONE in shown
    for secret in ("王建国", "李明远", "13800001234"):
        assert secret not in shown
    assert "王建国" not in officer.get(LIST).content.decode()
    assert officer.post(f"{LIST}{company.pk}/change/", page()).status_code == 403
    for path in (ADD, IMPORT, EXPORT, f"{LIST}{company.pk}/delete/"):
        assert officer.get(path).status_code == 403
    assert officer.post(PROCESS).status_code == 403


@pytest.mark.parametrize("role", ["auditor", "security", "system"])
def test_administrators_of_the_machine_see_no_register(client: Client, role: str) -> None:
    enter(client, role)
    assert client.get(LIST).status_code == 403


def test_an_import_is_shown_first_and_done_on_confirmation(dispatcher: Client) -> None:
    first = upload(dispatcher, "a.csv", f"uscc,name,town\n{ONE},青岛甲有限公司,胶西街道\n".encode())
    assert not Company.objects.exists()
    assert "青岛甲有限公司" in first.content.decode() and "style=" not in first.content.decode()
    form = first.context["confirm_form"]
    done = dispatcher.post(PROCESS, form.initial)
    assert done.status_code == 302
    assert Company.objects.get().number == ONE
    again = dispatcher.post(PROCESS, form.initial, follow=True)
    assert again.status_code == 200 and Company.objects.count() == 1


def test_faults_of_a_file_are_listed_and_offer_no_confirmation(dispatcher: Client) -> None:
    shown = upload(dispatcher, "a.csv", f"uscc,name,town\n{ONE},甲,莱西\n".encode())
    assert "莱西" in shown.content.decode() and "Traceback" not in shown.content.decode()
    assert "confirm_form" not in shown.context
    unknown = upload(dispatcher, "a.csv", f"uscc,name,colour\n{ONE},甲,red\n".encode()).content.decode()
    assert "colour" in unknown and "Traceback" not in unknown


@pytest.mark.parametrize("form", [0, 1])
@pytest.mark.parametrize(
    "data", [b"\x00\x01nonsense", b"PK\x03\x04", b"\xff\xfe\xfd" * 9, b"<html>", b"{}", b'"', b"a\n" * 9]
)
def test_a_nonsense_file_is_refused_politely(dispatcher: Client, form: int, data: bytes) -> None:
    response = upload(dispatcher, "x.bin", data, form)
    assert response.status_code == 200
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    "change", [{"format": "9"}, {"format": "x"}, {"import_file_name": "../../etc/passwd"}, {"resource": "7"}]
)
def test_a_tampered_confirmation_is_no_error_of_ours(dispatcher: Client, change: dict[str, str]) -> None:
    first = upload(dispatcher, "a.csv", f"uscc,name\n{ONE},甲\n".encode())
    response = dispatcher.post(PROCESS, first.context["confirm_form"].initial | change, follow=True)
    assert response.status_code in {200, 400}


@pytest.mark.parametrize("form", ["0", "1"])
def test_the_register_is_exported_with_what_the_list_was_filtered_by(dispatcher: Client, form: str) -> None:
    make_company("青岛甲有限公司", ONE)
    assert dispatcher.get(EXPORT).status_code == 200
    response = dispatcher.post(EXPORT + "?section=C", {"format": form, "resource": "0"})
    assert "attachment" in response["Content-Disposition"]
    assert dispatcher.get(EXPORT + "?bogus__x=1").status_code == 302


def test_no_page_of_the_register_has_inline_script_or_style(dispatcher: Client) -> None:
    company = make_company()
    for path in (LIST, ADD, IMPORT, EXPORT, f"{LIST}{company.pk}/change/"):
        html = dispatcher.get(path).content.decode()
        assert not re.search(
            r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)(?![^>]*application/json)", html
        ), path


def test_the_link_to_import_stands_on_the_list(dispatcher: Client) -> None:
    html = dispatcher.get(LIST).content.decode()
    assert reverse("admin:enterprises_company_import") in html
    assert reverse("admin:enterprises_company_export") in html
