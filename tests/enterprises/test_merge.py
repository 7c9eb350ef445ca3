"""Two entries of one company become one, with everything; and two again, for thirty days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from enterprises.claims import merging
from enterprises.claims.owners import party_of
from enterprises.models import Company, CompanyMerge, CompanyYear, ServiceManager, Tag
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event, Membership
from tests import make
from tests.people import SINCE, Cast, cast

pytestmark = pytest.mark.django_db
LATER = make.MONDAY + timedelta(days=1)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def pair(people: Cast) -> tuple[Company, Company]:
    """The survivor and its duplicate; both have figures for 2024."""
    one = Company.objects.create(party=people.other)
    two = Company.objects.create(party=people.company)
    for company, year in ((one, 2024), (two, 2024), (two, 2023)):
        CompanyYear.objects.create(company=company, year=year, staff=10)
    ServiceManager.objects.create(company=two, user=people.alice, since=SINCE)
    return one, two


def merged(pair: tuple[Company, Company], people: Cast) -> CompanyMerge:
    return merging.merge(*pair, by=people.grace, at=LATER, reason="同一企业重复登记")


def where(people: Cast) -> dict[str, object]:
    """Everything a merge may move, and where it hangs now."""
    return {
        "cases": list(Case.objects.order_by("pk").values_list("pk", "number", "applicant", "about")),
        "members": list(Membership.objects.order_by("pk").values_list("pk", "user", "party", "until")),
        "years": list(CompanyYear.objects.order_by("pk").values_list("pk", "company", "year")),
        "managers": list(ServiceManager.objects.order_by("pk").values_list("pk", "company")),
        "tags": list(Tag.objects.order_by("pk").values_list("pk", "company")),
    }


def test_everything_moves_but_what_would_stand_twice_and_it_all_comes_back(
    people: Cast, pair: tuple[Company, Company]
) -> None:
    case, draft = make.submitted(people), make.draft(people)
    before = where(people)
    moving = {each.model.__name__: (len(each.moved), len(each.stays)) for each in merging.preview(*pair)}
    assert moving == {"CompanyYear": (1, 1), "ServiceManager": (1, 0), "Membership": (1, 0)}
    row = merged(pair, people)
    moved = make.again(case)
    assert (moved.applicant, moved.number) == (people.other, case.number)
    assert make.again(draft).applicant == people.other
    assert case.events.get(verb="repoint").params["before"] == {"applicant": people.company.pk}
    assert {row.party for row in Membership.objects.all()} == {people.other}
    assert CompanyYear.objects.get(company=pair[1]).year == 2024
    assert party_of(people.company.number or "") == people.other
    assert [line for line in broken(LATER) if "ring" not in line] == []
    merging.undo(row, by=people.diana, at=LATER + timedelta(days=30), reason="系两家企业")
    assert where(people) == before
    assert [line for line in broken(LATER) if "ring" not in line] == []
    for party in (people.company, people.other):
        verbs = Event.objects.filter(chain=f"register:party:{party.pk}").values_list("verb", flat=True)
        assert list(verbs) == ["company_merge", "company_unmerge"]


def test_only_the_centre_merges_with_a_reason_and_never_an_entry_with_itself(
    people: Cast, pair: tuple[Company, Company]
) -> None:
    with pytest.raises(NotAllowed):
        merging.merge(*pair, by=people.alice, at=LATER, reason="x")
    with pytest.raises(BadInput):
        merging.merge(*pair, by=people.grace, at=LATER, reason=" ")
    with pytest.raises(BadInput):
        merging.merge(pair[0], pair[0], by=people.grace, at=LATER, reason="x")
    merged(pair, people)
    with pytest.raises(WrongState):
        merging.merge(pair[1], pair[0], by=people.grace, at=LATER, reason="x")


def test_after_thirty_days_there_is_no_way_back(people: Cast, pair: tuple[Company, Company]) -> None:
    row = merged(pair, people)
    with pytest.raises(WrongState):
        merging.undo(row, by=people.grace, at=LATER + timedelta(days=30, seconds=1), reason="x")


def test_what_is_newer_stands_in_the_way_with_a_sentence(people: Cast, pair: tuple[Company, Company]) -> None:
    row = merged(pair, people)
    year = CompanyYear.objects.create(company=pair[1], year=2023, staff=1)
    assert "2023" in merging.in_the_way(row)
    year.delete()
    assert merging.in_the_way(row) == ""
    people.company = people.other
    filed = make.submitted(people, at=LATER + timedelta(hours=1))
    assert filed.number and filed.number in merging.in_the_way(row)
    with pytest.raises(WrongState):
        merging.undo(row, by=people.grace, at=LATER + timedelta(hours=2), reason="x")


def test_what_one_of_both_entries_filed_since_does_not_stand_in_the_way(
    people: Cast, pair: tuple[Company, Company]
) -> None:
    row = merged(pair, people)
    people.company, people.wang = people.other, people.zhao
    make.submitted(people, at=LATER + timedelta(hours=1))
    assert merging.in_the_way(row) == ""


def test_the_pages_show_what_moves_then_merge_then_undo(
    client: Client, people: Cast, pair: tuple[Company, Company]
) -> None:
    page = "/desk/enterprises/companymerge/merge/"
    given = {"survivor": people.other.number, "duplicate": people.company.number, "reason": "重复登记"}
    for stranger in (people.alice, people.frank):
        client.force_login(stranger)
        assert client.get(page).status_code in {403, 404}
        assert client.post(page, given | {"sure": "1"}).status_code in {403, 404}
    assert not CompanyMerge.objects.exists()
    client.force_login(people.grace)
    assert client.get(page).status_code == 200
    shown = client.post(page, given)
    assert shown.status_code == 200 and not CompanyMerge.objects.exists()
    assert people.company.name in shown.content.decode()
    assert client.post(page, given | {"duplicate": "nothing"}).status_code == 422
    assert client.post(page, given | {"sure": "1"}).status_code == 302
    row = CompanyMerge.objects.get()
    assert row.reason == "重复登记"
    back = f"/desk/enterprises/companymerge/{row.pk}/undo/"
    assert client.get(back).status_code == 200
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": "弄错了"}).status_code == 302
    assert CompanyMerge.objects.get().undone_by == people.grace
    assert client.get("/desk/enterprises/companymerge/").status_code == 200
    chosen = {"action": "merge_two", "_selected_action": [pair[0].pk, pair[1].pk]}
    assert "companymerge/merge/" in client.post("/desk/enterprises/company/", chosen).headers["Location"]
