"""Registers show personal data masked, until somebody who may change it says why; then it is on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from enterprises.models import Company
from servicedesk.desk.admin.sheet import case_sheet
from servicedesk.desk.models import Case, Event, Party
from servicedesk.desk.privacy import unmasking
from servicedesk.desk.queue import with_rows
from tests.desk.staff import administrator, enter, form_of
from tests.make import claimed
from tests.people import Cast

pytestmark = pytest.mark.django_db
PHONE, MAIL, NAME = "13712345678", "canary.bird@example.cn", "欧阳金丝"


def register(people: Cast) -> dict[str, str]:
    """Pages of a party, a user and a company, each with a person's number or name in it."""
    Party.objects.filter(pk=people.company.pk).update(phone=PHONE, email=MAIL)
    people.wang.phone, people.wang.email = PHONE, MAIL
    people.wang.save()
    company = Company.objects.create(party=people.company, legal_representative=NAME)
    company.contacts.create(name=NAME, phone=PHONE)
    return {
        "party": f"/desk/desk/party/{people.company.pk}/",
        "user": f"/desk/accounts/user/{people.wang.pk}/",
        "company": f"/desk/enterprises/company/{company.pk}/",
    }


def seen(client: Client, path: str) -> bool:
    page = client.get(f"{path}change/").content.decode()
    return any(secret in page for secret in (PHONE, MAIL, NAME))


@pytest.mark.parametrize("which", ["party", "user", "company"])
def test_it_is_masked_uncovered_with_a_reason_and_covered_again(
    client: Client, people: Cast, which: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = register(people)[which]
    keeper = administrator("security") if which == "user" else people.diana
    enter(client, keeper)
    assert not seen(client, path)
    client.post(f"{path}uncover/", {"reason": "  "})
    assert not seen(client, path)
    assert client.post(f"{path}uncover/", {"reason": "企业来电更正。"}).status_code == 302
    assert seen(client, path)
    event = Event.objects.get(chain=f"user:{keeper.pk}", verb="unmask")
    assert (event.by, event.body) == (keeper, "企业来电更正。")
    assert PHONE not in str(event.params)
    monkeypatch.setattr(unmasking, "SHOWN_FOR", timedelta(0))
    client.post(f"{path}uncover/", {"reason": "再看一次。"})
    assert not seen(client, path)


@pytest.mark.parametrize("which", ["party", "user", "company"])
def test_a_masked_page_is_saved_without_losing_what_it_hides(
    client: Client, people: Cast, which: str
) -> None:
    path = register(people)[which]
    enter(client, administrator("security") if which == "user" else people.diana)
    answer = client.post(f"{path}change/", form_of(client, f"{path}change/"))
    assert answer.status_code == 302
    people.wang.refresh_from_db()
    company = Company.objects.get()
    assert (people.wang.phone, people.wang.email) == (PHONE, MAIL)
    assert (company.legal_representative, company.contacts.get().phone) == (NAME, PHONE)
    assert Party.objects.get(pk=people.company.pk).phone == PHONE


def test_who_may_not_change_a_register_cannot_uncover_it(client: Client, people: Cast) -> None:
    for path in register(people).values():
        enter(client, people.alice)
        assert client.post(f"{path}uncover/", {"reason": "好奇。"}).status_code in {403, 404}
        assert not seen(client, path)
    assert not Event.objects.filter(verb="unmask").exists()


def test_lists_and_tables_mask_natural_persons(client: Client, people: Cast) -> None:
    person = Party.objects.create(name=NAME, sort=Party.Sort.PERSON, phone=PHONE)
    enter(client, people.diana)
    page = client.get("/desk/desk/party/").content.decode()
    assert NAME not in page
    assert people.company.name in page
    case = claimed(people, at=timezone.now() - timedelta(hours=1))
    Case.objects.filter(pk=case.pk).update(applicant=person, title=f"请回电 {PHONE}")
    sheet = case_sheet(with_rows(Case.objects.all()), people.diana, timezone.now()).getvalue().decode()
    assert str(case.number) in sheet
    assert NAME not in sheet
    assert PHONE not in sheet
