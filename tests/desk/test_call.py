"""A matter taken down at the telephone: for whom, known already or not, and what the caller gets."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk import calls
from servicedesk.desk.models import Case, Notice, Party
from tests import make
from tests.desk.staff import INLINE, enter
from tests.people import Cast

pytestmark = pytest.mark.django_db
PAGE = "/desk/call/"
TEXT = "厂门口积水，货车进不来。"


@pytest.fixture(autouse=True)
def messages(settings: Any, tmp_path: Path) -> None:
    settings.SMS_FOLDER = tmp_path


@pytest.fixture
def diana(client: Client, people: Cast) -> Client:
    return enter(client, people.diana)


def said(**changed: str) -> dict[str, str]:
    given = {"call-caller": "老王", "call-phone": "13900000009", "text": TEXT, "key": str(uuid.uuid4())}
    return given | changed


def at(party: Party) -> str:
    return f"{PAGE}?party={party.pk}"


def test_it_is_the_dispatchers_page_and_stands_on_my_day(client: Client, people: Cast) -> None:
    for user in (people.alice, people.grace):
        assert enter(client, user).get(PAGE).status_code == 403
        assert PAGE not in client.get("/desk/").content.decode()
    enter(client, people.diana)
    assert PAGE in client.get("/desk/").content.decode()
    assert not INLINE.search(client.get(PAGE).content.decode())


@pytest.mark.parametrize("words", ["长江钢构", "91370281ma0000015w"])
def test_a_company_is_found_by_name_or_code(diana: Client, people: Cast, words: str) -> None:
    page = diana.get(PAGE, {"q": words}).content.decode()
    assert f"?party={people.company.pk}" in page
    assert f"?party={people.other.pk}" not in page


def test_what_is_said_becomes_the_callers_matter(diana: Client, people: Cast) -> None:
    response = diana.post(at(people.company), said())
    case = Case.objects.get()
    assert response.status_code == 302
    assert (case.applicant, case.opened_by, case.state) == (people.company, people.diana, "submitted")
    assert (case.direct_line.contact_name, case.direct_line.contact_phone) == ("老王", "13900000009")
    notice = Notice.objects.get(address="13900000009")
    assert notice.params["number"] == case.number and case.secret in notice.params["status"]
    page = diana.get(response["Location"]).content.decode()
    assert case.secret in page and str(case.number) in page
    assert "老王" in case.messages.get(public=False).text


def test_sent_twice_it_is_taken_down_once(diana: Client, people: Cast) -> None:
    given = said()
    diana.post(at(people.company), given)
    diana.post(at(people.company), given | {"call-is_other": "on"})
    assert Case.objects.count() == 1


def test_what_is_known_already_is_shown_first(diana: Client, people: Cast) -> None:
    known = make.submitted(people, at=timezone.now() - timedelta(days=3), text="我厂门口积水，货车进不来了")
    response = diana.post(at(people.company), said())
    assert response.status_code == 422
    assert str(known.number) in response.content.decode()
    assert Case.objects.count() == 1
    assert diana.post(at(people.company), said(**{"call-is_other": "on"})).status_code == 302
    assert Case.objects.count() == 2


def test_only_what_says_the_same_lately_is_alike(people: Cast) -> None:
    now = timezone.now()
    kind = next(kind for kind in calls.kinds_by_phone() if kind.code == "direct-line")
    make.submitted(people, at=now - timedelta(days=91))
    make.submitted(people, at=now - timedelta(days=2), text="贷款审批太慢，已等两个月。")
    assert calls.similar(people.company, kind, TEXT, by=people.diana, at=now) == []
    lately = make.submitted(people, at=now - timedelta(days=80))
    assert calls.similar(people.company, kind, TEXT, by=people.diana, at=now) == [lately]


def test_a_caller_without_a_company_is_entered_once(diana: Client, people: Cast) -> None:
    new = {"sort": "person", "name": "李掌柜", "phone": "139 0000 0010"}
    response = diana.post(PAGE, new)
    party = Party.objects.get(name="李掌柜")
    assert (party.sort, party.phone) == ("person", "13900000010")
    assert response["Location"] == at(party)
    again = diana.post(PAGE, new | {"name": "小李"})
    assert again.status_code == 422 and f"?party={party.pk}" in again.content.decode()
    assert diana.post(PAGE, new | {"name": "小李", "is_other": "on"}).status_code == 302
    assert diana.post(at(party), said()).status_code == 302
    assert Case.objects.get().applicant == party


@pytest.mark.parametrize("wrong", [{"call-phone": "12"}, {"call-caller": ""}, {"text": ""}])
def test_what_is_missing_is_said_and_nothing_is_taken_down(
    diana: Client, people: Cast, wrong: dict[str, str]
) -> None:
    response = diana.post(at(people.company), said(**wrong))
    assert response.status_code == 422 and not Case.objects.exists()


@pytest.mark.parametrize(
    "address", ["?party=0", "?party=x", "?party=99999999999999999999", "?party=1&kind=nothing"]
)
def test_nobody_and_nothing_is_not_found(diana: Client, address: str) -> None:
    assert diana.get(f"{PAGE}{address}").status_code == 404
