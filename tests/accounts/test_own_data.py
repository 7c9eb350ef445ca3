"""One's own data to take along, and closing the account: by one's own word, decided by the centre."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.accounts.models import Sitting, User
from servicedesk.desk import actions, audit
from servicedesk.desk.actions import forgetting
from servicedesk.desk.errors import NotAllowed, WrongState
from servicedesk.desk.models import AccountClosing, Event, Membership, Party
from servicedesk.desk.views.registering import make
from tests.desk.staff import enter
from tests.make import again, answered, submitted
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db
DATA, CLOSE = "/account/data/", "/account/close/"
NOW = timezone.now


@pytest.fixture
def people(db: None) -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes has just shown that it is them; one test takes this back."""
    monkeypatch.setattr("servicedesk.accounts.fresh.is_fresh", lambda request: True)


def taken(client: Client) -> dict[str, Any]:
    answer = client.post(DATA)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_file_holds_ones_own_and_nothing_of_others(client: Client, people: Cast) -> None:
    case = submitted(people, at=NOW() - timedelta(hours=1))
    actions.message(case, by=people.wang, at=NOW(), text="还在积水。")
    actions.note(again(case), by=people.diana, at=NOW(), text="内部：难缠。")
    client.force_login(people.wang)
    told = taken(client)
    assert told["profile"]["name"] == "Wang"
    assert "password" not in told["profile"]
    assert [row["number"] for row in told["matters"]] == [case.number]
    assert told["matters"][0]["form"]["contact_phone"] == "13800000001"
    assert told["matters"][0]["messages"][0]["text"] == "还在积水。"
    assert "secret" not in json.dumps(told)
    assert "难缠" not in json.dumps(told, ensure_ascii=False)
    assert told["memberships"][0]["for"] == people.company.name
    assert Event.objects.filter(chain=f"user:{people.wang.pk}", verb="own_data").exists()
    client.force_login(people.zhao)
    assert taken(client)["matters"] == []


def test_what_an_officer_took_down_for_others_is_not_theirs(client: Client, people: Cast) -> None:
    case = actions.open_case("direct-line", applicant=people.company, by=people.diana, at=NOW(), title="电话")
    enter(client, people.diana)
    assert taken(client)["matters"] == []
    assert case.opened_by == people.diana


def test_three_files_an_hour_and_only_after_a_proof(
    client: Client, people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get(DATA).status_code == 302
    client.force_login(people.wang)
    assert client.get(DATA).status_code == 200
    assert [client.post(DATA).status_code for _ in range(4)] == [200, 200, 200, 429]
    monkeypatch.setattr("servicedesk.accounts.fresh.is_fresh", lambda request: False)
    assert client.get(DATA)["Location"].startswith("/account/prove/")
    assert client.get(CLOSE)["Location"].startswith("/account/prove/")


def test_the_account_page_leads_to_both(client: Client, people: Cast) -> None:
    client.force_login(people.wang)
    page = client.get("/account/").content.decode()
    assert DATA in page
    assert CLOSE in page


def natural(name: str = "李雷", phone: str = "13900000009") -> User:
    return make(name, phone, NOW() - timedelta(days=10))


def asked(user: User) -> AccountClosing:
    return forgetting.ask_closing(user, at=NOW(), words="不再使用。")


def test_closing_is_asked_for_once_and_can_be_taken_back(client: Client, people: Cast) -> None:
    client.force_login(people.wang)
    assert client.post(CLOSE, {"words": ""}).status_code == 422
    assert client.post(CLOSE, {"words": "", "agreed": "on"}).status_code == 302
    with pytest.raises(WrongState):
        asked(people.wang)
    client.post(CLOSE, {"take_back": "1"})
    assert AccountClosing.objects.get().stage == "taken_back"
    assert User.objects.get(pk=people.wang.pk).is_active


def test_staff_are_sent_to_the_security_administrator(people: Cast) -> None:
    with pytest.raises(NotAllowed):
        asked(people.alice)


def test_the_centre_closes_it_and_the_person_is_nameless(client: Client, people: Cast) -> None:
    user = natural()
    Sitting.objects.create(
        user=user, how="code", address="10.0.0.1", device="Firefox", began_at=NOW(), seen_at=NOW()
    )
    row = asked(user)
    enter(client, people.grace)
    path = f"/desk/desk/accountclosing/{row.pk}/change/"
    page = client.get(path).content.decode()
    assert "13900000009" not in page
    assert "李雷" not in page
    assert client.post(path, {"close": "1", "reason": ""}).status_code == 422
    assert client.post(path, {"close": "1", "reason": "本人申请。"}).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.phone, user.email, user.is_active) == ("已注销", None, "", False)
    party = Party.objects.get(memberships__user=user)
    assert (party.name, party.phone) == ("已注销", "")
    assert not Membership.objects.current(timezone.localdate()).filter(user=user).exists()
    assert Sitting.objects.get(user=user).address == ""
    assert audit.verify() == []
    row.refresh_from_db()
    assert (row.stage, row.by, row.words) == ("done", people.grace, "")


def test_a_company_keeps_its_name_and_an_open_matter_its_person(people: Cast) -> None:
    case = answered(people, at=NOW() - timedelta(hours=2))
    user = natural()
    party = Party.objects.get(memberships__user=user)
    case.applicant = party
    case.save(update_fields=["applicant"])
    for leaving in (people.wang, user):
        forgetting.close_account(asked(leaving), by=people.grace, at=NOW(), reason="本人申请。")
    people.company.refresh_from_db()
    assert people.company.name != "已注销"
    assert Party.objects.get(pk=party.pk).name == "李雷"
    assert forgetting.forget_later(NOW()) == 0
    case.applicant = people.company
    case.save(update_fields=["applicant"])
    assert forgetting.forget_later(NOW()) == 1
    assert Party.objects.get(pk=party.pk).name == "已注销"


def test_a_refusal_is_read_with_its_reason(client: Client, people: Cast) -> None:
    row = asked(people.wang)
    with pytest.raises(NotAllowed):
        forgetting.refuse_closing(row, by=people.alice, at=NOW(), reason="不行。")
    forgetting.refuse_closing(row, by=people.diana, at=NOW(), reason="尚有合同未了。")
    client.force_login(people.wang)
    assert "尚有合同未了。" in client.get(CLOSE).content.decode()
