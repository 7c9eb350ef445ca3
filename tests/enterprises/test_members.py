"""Who acts for a company: invited by number, limited by dates, ended at once; and for whom I act now."""

from __future__ import annotations

import json
import re
import uuid
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import tablib
from django.test import Client
from django.utils import timezone

from enterprises.claims import members
from enterprises.claims.owners import owners_of
from enterprises.models import Company, Invitation, ServiceManager
from enterprises.resources_people import ServiceManagerResource
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Event, Membership, Notice
from servicedesk.desk.permissions import parties_of
from tests import make
from tests.enterprises.claiming import claimed, newcomer
from tests.people import SINCE, Cast, cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]
PHONE = "13900000001"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture(autouse=True)
def sent(settings: Any, tmp_path: Path) -> Path:
    settings.SMS_URL, settings.SMS_FOLDER = "", tmp_path
    return tmp_path


def now() -> datetime:
    return timezone.now()


def today() -> date:
    return timezone.localdate()


def token_in(folder: Path) -> str:
    """The token of the link in the message that was sent last."""
    files = sorted(folder.rglob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    said = json.loads(files[-1].read_text())["params"]["link"]
    found = re.search(r"/i/([\w-]+)$", said)
    assert found
    return found[1]


def invited(people: Cast, role: str = "agent", **limits: Any) -> Invitation:
    return members.invite(people.company, by=people.wang, at=now(), phone=PHONE, role=role, **limits)


def acts(user: User, people: Cast) -> bool:
    return people.company.pk in parties_of(User.objects.get(pk=user.pk), today())


def test_an_invitation_is_taken_up_once_by_whoever_has_the_number(people: Cast, sent: Path) -> None:
    invited(people)
    token, sun, qian = token_in(sent), newcomer(), newcomer("qian", "13900000002")
    with pytest.raises(NotAllowed):
        members.accept(token, by=qian, at=now())
    member = members.accept(token, by=sun, at=now())
    assert (member.role, member.since, member.until) == ("agent", today(), None)
    assert acts(sun, people)
    with pytest.raises(WrongState):
        members.accept(token, by=sun, at=now())
    verbs = Event.objects.filter(chain=f"register:party:{people.company.pk}").values_list("verb", flat=True)
    assert list(verbs) == ["member_invite", "member_join"]


def test_no_token_lies_in_the_database(people: Cast, sent: Path) -> None:
    row = invited(people)
    assert token_in(sent) not in str(Invitation.objects.filter(pk=row.pk).values().get())


def test_a_link_is_good_for_seven_days_and_a_new_one_takes_the_old_one_back(people: Cast, sent: Path) -> None:
    row = invited(people)
    first, sun = token_in(sent), newcomer()
    assert row.expires_at - row.at == timedelta(days=7)
    with pytest.raises(WrongState):
        members.accept(first, by=sun, at=now() + timedelta(days=7, minutes=1))
    invited(people)
    with pytest.raises(WrongState):
        members.accept(first, by=sun, at=now())
    members.accept(token_in(sent), by=sun, at=now())


def test_who_acts_already_is_not_invited_and_only_owners_invite(people: Cast, sent: Path) -> None:
    with pytest.raises(NotAllowed):
        members.invite(people.company, by=people.zhao, at=now(), phone=PHONE, role="agent")
    invited(people)
    members.accept(token_in(sent), by=newcomer(), at=now())
    with pytest.raises(BadInput):
        invited(people)


def test_an_invitation_falls_with_the_owner_who_sent_it(people: Cast, sent: Path) -> None:
    invited(people)
    Membership.objects.filter(user=people.wang).update(until=SINCE)
    with pytest.raises(WrongState):
        members.accept(token_in(sent), by=newcomer(), at=now())


def test_an_agent_acts_within_the_dates_and_is_revoked_at_once(people: Cast, sent: Path) -> None:
    last = today() + timedelta(days=30)
    invited(people, until=last)
    sun = newcomer()
    member = members.accept(token_in(sent), by=sun, at=now())
    assert member.until == last
    later = today() + timedelta(days=60)
    members.limit(member, by=people.wang, at=now(), until=later)
    assert Membership.objects.get(pk=member.pk).until == later
    with pytest.raises(BadInput):
        members.limit(member, by=people.wang, at=now(), until=today() - timedelta(days=1))
    foreign = make.submitted(people)
    members.end(member, by=people.wang, at=now(), reason="合同到期")
    assert not acts(sun, people)
    assert Membership.objects.get(pk=member.pk).until == today()
    with pytest.raises(NotAllowed):
        actions.open_case("direct-line", applicant=people.company, by=sun, at=now(), title="x")
    assert foreign.applicant == people.company
    with pytest.raises(WrongState):
        members.end(member, by=people.wang, at=now())


def test_the_last_owner_cannot_leave_but_the_centre_can_end_it_with_a_reason(people: Cast) -> None:
    row = Membership.objects.get(user=people.wang)
    with pytest.raises(WrongState):
        members.end(row, by=people.wang, at=now())
    with pytest.raises(NotAllowed):
        members.end(row, by=people.alice, at=now(), reason="x")
    with pytest.raises(BadInput):
        members.end(row, by=people.diana, at=now())
    members.end(row, by=people.diana, at=now(), reason="企业书面通知：此人已离职")
    assert owners_of(people.company, today()) == []
    event = Event.objects.get(verb="member_end")
    assert (event.by, event.body) == (people.diana, "企业书面通知：此人已离职")


# --- pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en", "ru"])
def test_a_company_sees_its_entry_its_role_and_its_service_manager(
    client: Client, people: Cast, language: str
) -> None:
    company = Company.objects.create(
        party=people.company, legal_representative="王建国", business_address="长江路 18 号"
    )
    people.office().__class__.objects.filter(code="zjj").update(phone="0532-0000000")
    ServiceManager.objects.create(company=company, user=people.alice, since=SINCE)
    client.force_login(people.wang)
    client.cookies["django_language"] = language
    response = client.get("/company/", follow=True)
    page = response.content.decode()
    assert people.company.number and people.company.number in page
    assert "长江路 18 号" in page and "Alice" in page and "0532-0000000" in page
    assert "王建国" not in page and people.other.name not in page
    assert "no-store" in response.headers["Cache-Control"]


def test_the_page_is_for_whoever_is_logged_in(client: Client, people: Cast) -> None:
    assert client.get("/companies/").status_code == 302
    client.force_login(people.alice)
    assert people.company.name not in client.get("/companies/").content.decode()


def test_members_are_for_owners_alone(client: Client, people: Cast, sent: Path) -> None:
    page = f"/companies/{people.company.number}/members/"
    for stranger in (people.zhao, people.alice, people.diana):
        client.force_login(stranger)
        assert client.get(page).status_code == 404
        assert client.post(page, {"phone": PHONE, "role": "agent"}).status_code == 404
    client.force_login(people.wang)
    response = client.post(page, {"phone": "139 0000 0001", "role": "agent"}, follow=True)
    assert "139****0001" in response.content.decode()
    assert client.post(page, {"phone": "12", "role": "agent"}).status_code == 422
    token, row = token_in(sent), Invitation.objects.get()
    sun = newcomer()
    client.force_login(sun)
    assert client.post(f"/companies/{people.company.number}/invitations/{row.pk}/revoke/").status_code == 404
    assert client.post(f"/i/{token}").status_code == 302
    assert acts(sun, people)
    assert client.get(page).status_code == 404
    assert client.get("/i/nothing").status_code == 404


def test_the_invitation_says_to_another_number_that_it_is_not_theirs(
    client: Client, people: Cast, sent: Path
) -> None:
    invited(people)
    qian = newcomer("qian", "13900000002")
    client.force_login(qian)
    path = f"/i/{token_in(sent)}"
    assert "139****0001" in client.get(path).content.decode()
    assert client.post(path).status_code == 403
    assert not acts(qian, people)


def test_a_member_is_limited_and_ended_on_pages_of_their_own(
    client: Client, people: Cast, sent: Path
) -> None:
    invited(people)
    member = members.accept(token_in(sent), by=newcomer(), at=now())
    base = f"/companies/{people.company.number}/members/{member.pk}"
    client.force_login(people.zhao)
    assert client.post(f"{base}/end/").status_code == 404
    client.force_login(people.wang)
    assert client.get(f"{base}/limit/").status_code == 200
    last = today() + timedelta(days=3)
    assert client.post(f"{base}/limit/", {"until": last.isoformat()}).status_code == 302
    assert client.get(f"{base}/end/").status_code == 200
    assert client.post(f"{base}/end/", {"reason": "离职"}).status_code == 302
    assert Membership.objects.get(pk=member.pk).is_confirmed is False
    assert client.post(f"{base}/end/", {"reason": "离职"}).status_code == 409


def test_whoever_serves_many_companies_chooses_one_and_sees_and_files_for_it(
    client: Client, people: Cast
) -> None:
    Membership.objects.create(user=people.wang, party=people.other, role="agent", since=date(2025, 1, 5))
    make.submitted(people)
    client.force_login(people.wang)
    start = "/start/direct-line/"
    assert "whom" in client.get(start).content.decode()
    client.post("/companies/acting/", {"party": people.other.pk})
    assert people.other.name in client.get(start).content.decode()
    assert "ZT-" not in client.get("/matters/").content.decode()
    assert "ZT-" in client.get("/matters/?all").content.decode()
    client.post("/companies/acting/", {"party": people.company.pk})
    assert "ZT-" in client.get("/matters/").content.decode()
    client.post("/companies/acting/", {"party": ""})
    assert "acting" not in client.session


def test_nobody_acts_for_a_company_by_asking_for_it(client: Client, people: Cast) -> None:
    client.force_login(people.zhao)
    client.post("/companies/acting/", {"party": people.company.pk, "next": "//evil.example/"})
    assert "acting" not in client.session
    session = client.session
    session["acting"] = {"pk": people.company.pk, "name": "x"}
    session.save()
    assert people.company.name not in client.get("/start/direct-line/").content.decode()


def test_what_an_agent_filed_says_so_and_since_when(client: Client, people: Cast) -> None:
    Membership.objects.filter(user=people.wang).update(role="agent", since=date(2025, 1, 5))
    case = make.submitted(people)
    assert case.events.get(verb="submit").params["agent"] == "2025-01-05"
    Membership.objects.create(user=newcomer(), party=people.company, since=SINCE)
    client.force_login(User.objects.get(username="sun"))
    client.cookies["django_language"] = "en"
    assert "5 January 2025" in client.get(f"/matters/{case.number}/").content.decode()


def test_the_service_manager_hears_of_new_matters_but_never_of_a_complaint_about_an_office(
    people: Cast,
) -> None:
    company = Company.objects.create(party=people.company)
    ServiceManager.objects.create(company=company, user=people.erin, since=SINCE)
    ServiceManager.objects.create(company=company, user=people.bob, since=SINCE, until=SINCE)
    case = make.submitted(people)
    told = Notice.objects.filter(event__case=case, channel="app", recipient__in=[people.erin, people.bob])
    assert [notice.recipient for notice in told] == [people.erin]
    assert people.company.name in told[0].subject
    # They read the matters of the firms they look after, and may do nothing there.
    assert f"/desk/desk/case/{case.pk}/change/" in told[0].body
    quiet = make.draft(people)
    Case.objects.filter(pk=quiet.pk).update(against=people.office("swuj"))
    actions.submit(make.again(quiet), by=people.wang, at=make.MONDAY, key=uuid.uuid4(), facts={})
    assert not Notice.objects.filter(event__case=quiet, recipient=people.erin).exists()


def test_service_managers_come_in_from_a_table_by_log_in_name(people: Cast) -> None:
    Company.objects.create(party=people.company)
    rows = (
        [people.company.number, "alice", "2026-01-05", ""],
        [people.company.number, "wang", "2026-01-05", ""],
    )
    for row, brought in zip(rows, (1, 1), strict=True):
        data = tablib.Dataset(row, headers=["uscc", "user", "since", "until"])
        result = ServiceManagerResource().import_data(data, rollback_on_validation_errors=True)
        assert (ServiceManager.objects.count(), bool(result.sentences())) == (brought, row is rows[1])


# --- claims on pages -----------------------------------------------------------------------------------


def test_a_claim_is_begun_by_a_person_and_needs_the_licence(client: Client) -> None:
    cast()
    sun = newcomer()
    client.force_login(sun)
    assert client.get("/companies/claim/").status_code == 200
    start = client.post("/companies/claim/", follow=True)
    assert start.status_code == 200 and "Sun" in start.content.decode()
    sent = {
        "uscc": "91370281MA3AB9CX27", "name": "青岛某公司", "sort": "claim", "role": "owner",
        "representative_name": "李某", "representative_phone": "13800000009", "why": "",
        "whom": str(Membership.objects.get(user=sun).party_id), "form_key": "",
    }  # fmt: skip
    response = client.post("/start/company-claim/", sent)
    assert response.status_code == 422
    assert "营业执照" in response.content.decode() or "licence" in response.content.decode()


def test_the_telephone_is_proven_with_the_code_that_was_sent(
    client: Client, people: Cast, sent: Path
) -> None:
    sun = newcomer()
    case = claimed(people, sun, proven=False, at=now())
    page = f"/companies/claims/{case.number}/phone/"
    client.force_login(people.zhao)
    assert client.get(page).status_code == 404
    client.force_login(sun)
    assert "138****0009" in client.get(page).content.decode()
    assert client.post(page, {"send": "1"}).status_code == 302
    said = json.loads(next(iter(sent.rglob("*.json"))).read_text())
    assert said["phone"] == "13800000009"
    code = said["params"]["code"]
    wrong = "000000" if code != "000000" else "000001"
    assert client.post(page, {"code": wrong}).status_code == 400
    assert client.post(page, {"send": "1"}).status_code == 400
    assert client.post(page, {"code": code}).status_code == 302
    case.company_claim.refresh_from_db()
    assert case.company_claim.phone_proven_at is not None


def test_an_owner_objects_on_a_page_nobody_else_has(client: Client, people: Cast) -> None:
    sun = newcomer()
    case = claimed(people, sun, people.company.number or "", at=now())
    page = f"/companies/objections/{case.company_claim.pk}/"
    for stranger in (people.zhao, sun, people.diana):
        client.force_login(stranger)
        assert client.get(page).status_code == 404
    client.force_login(people.wang)
    assert case.number in client.get(page).content.decode()
    assert client.post(page, {"stance": "objects", "text": ""}).status_code == 400
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"stance": "objects", "text": "并非本公司人员。"}).status_code == 302
    client.force_login(people.diana)
    desk = client.get(f"/desk/desk/case/{case.pk}/change/").content.decode()
    assert "并非本公司人员。" in desk
