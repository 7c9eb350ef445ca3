"""A company is claimed: approved by the centre, contested by its owner, opened by a provider's log-in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from enterprises.claims import objecting, provider
from enterprises.claims.owners import owners_of
from enterprises.claims.party import own_party
from enterprises.models import Company, CompanyClaim
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.mine import cases_of
from servicedesk.desk.models import Event, Membership, Notice, Party
from servicedesk.desk.permissions import claimed_parties, parties_of, visible_to
from tests import make
from tests.enterprises.claiming import NEW, claimed, decided, newcomer
from tests.people import Cast, cast

pytestmark = [pytest.mark.once, pytest.mark.django_db]
DAY = make.MONDAY.date()


@pytest.fixture
def people() -> Cast:
    return cast()


def fresh(user: User) -> User:
    """Somebody who knows nothing of earlier questions."""
    return User.objects.get(pk=user.pk)


def memberships(user: object, number: str) -> list[tuple[str, bool, date | None]]:
    rows = Membership.objects.filter(user=user, party__number=number).order_by("pk")
    return [(row.role, row.is_confirmed, row.until) for row in rows]


def test_a_person_has_one_party_of_their_own_however_often_it_is_asked(people: Cast) -> None:
    sun = newcomer()
    first = own_party(sun, make.MONDAY)
    assert own_party(sun, make.MONDAY) == first
    assert (first.sort, first.name) == ("person", "Sun")


def test_the_centre_decides_within_one_working_day(people: Cast) -> None:
    case = claimed(people, newcomer())
    clock = case.clocks.get()
    assert (clock.code, clock.term, clock.unit) == ("check", 1, "working_days")
    assert clock.basis == "胶州市企业服务台承诺"


def test_a_granted_claim_enters_the_company_and_lets_its_owner_in(people: Cast) -> None:
    sun = newcomer()
    case = decided(people, claimed(people, sun))
    assert (case.state, case.outcome) == ("closed", "granted")
    company = Company.objects.get(party__number=NEW)
    assert (company.name, company.legal_representative) == ("青岛胶州湾新材料有限公司", "李某")
    assert memberships(sun, NEW) == [("owner", True, None)]
    chain = f"register:party:{company.party_id}"
    assert list(Event.objects.filter(chain=chain).values_list("verb", flat=True)) == [
        "company_entered", "claim_granted",
    ]  # fmt: skip


def test_a_refused_claim_of_a_company_nobody_owns_leaves_nothing_behind(people: Cast) -> None:
    sun = newcomer()
    other = Party.objects.create(name="无人认领公司", number=NEW)
    case = claimed(people, sun)
    assert claimed_parties(fresh(sun), DAY) == {other.pk}
    decided(people, case, "refused")
    assert memberships(sun, NEW) == [("owner", False, DAY)]
    assert not Company.objects.filter(party=other).exists()


def test_until_it_is_approved_a_member_sees_only_what_they_filed(people: Cast) -> None:
    sun = newcomer()
    foreign = make.submitted(people)
    claimed(people, sun, people.company.number or "")
    sun = fresh(sun)
    assert people.company.pk not in parties_of(sun, DAY)
    own = actions.open_case("direct-line", applicant=people.company, by=sun, at=make.MONDAY, title="路灯")
    assert set(cases_of(sun, make.MONDAY)) == set(visible_to(sun, make.MONDAY)) - {own}
    assert foreign not in visible_to(sun, make.MONDAY)
    assert own in visible_to(sun, make.MONDAY)


def test_without_a_proven_telephone_the_centre_must_say_how_it_asked(people: Cast) -> None:
    case = claimed(people, newcomer(), proven=False)
    with pytest.raises(BadInput) as refused:
        decided(people, case)
    assert refused.value.field == "checked"
    CompanyClaim.objects.filter(case=case).update(checked="in_person")
    assert decided(people, case).outcome == "granted"


def test_a_present_owner_is_told_and_heard_before_the_centre_decides(people: Cast) -> None:
    sun, number = newcomer(), people.company.number or ""
    case = claimed(people, sun, number)
    assert [step.code for step in case.steps.all()] == ["hear", "check"]
    told = Notice.objects.get(recipient=people.wang, channel="app", event__chain__startswith="register:")
    assert f"/companies/objections/{case.company_claim.pk}/" in told.body
    with pytest.raises(WrongState):
        decided(people, case)
    with pytest.raises(BadInput, match="may still object|仍可"):
        actions.complete(case.steps.get(code="hear"), by=people.diana, at=make.MONDAY)
    with pytest.raises(NotAllowed):
        objecting.say(case.company_claim, by=people.zhao, at=make.MONDAY, stance="agrees", text="")
    with pytest.raises(NotAllowed):
        objecting.say(case.company_claim, by=sun, at=make.MONDAY, stance="agrees", text="")
    objecting.say(case.company_claim, by=people.wang, at=make.MONDAY, stance="objects", text="此人已离职。")
    assert make.again(case).steps.get(code="check").state == "running"
    decided(people, case, "refused")
    assert memberships(sun, number) == [("owner", False, DAY)]
    assert owners_of(people.company, DAY) == [people.wang]


def test_silence_of_the_owner_ends_the_hearing_when_its_time_is_over(people: Cast) -> None:
    case = claimed(people, newcomer(), people.company.number or "")
    clock = case.clocks.get(code="hear")
    assert (clock.term, clock.unit) == (3, "working_days")
    late = clock.due_at + timedelta(minutes=1)
    actions.complete(case.steps.get(code="hear"), by=people.diana, at=late)
    with pytest.raises(WrongState):
        objecting.say(case.company_claim, by=people.wang, at=late, stance="objects", text="晚了。")
    decided(people, make.again(case), at=late)
    assert len(owners_of(people.company, late.date())) == 2


def test_an_owner_who_came_unheard_stops_the_granting(people: Cast) -> None:
    first, second = newcomer(), newcomer("qian", "13900000002")
    one, two = claimed(people, first), claimed(people, second)
    decided(people, one)
    with pytest.raises(BadInput):
        decided(people, two)
    assert memberships(second, NEW) == []
    assert decided(people, two, "refused").outcome == "refused"


def test_a_new_legal_representative_ends_the_owners_of_before_that_day(people: Cast) -> None:
    sun, number = newcomer(), people.company.number or ""
    Company.objects.create(party=people.company, legal_representative="王某")
    case = claimed(people, sun, number, sort="representative", representative_name="孙某")
    objecting.say(case.company_claim, by=people.wang, at=make.MONDAY, stance="agrees", text="")
    decided(people, make.again(case))
    assert Company.objects.get(party=people.company).legal_representative == "孙某"
    assert memberships(people.wang, number) == [("owner", False, DAY)]
    assert memberships(sun, number) == [("owner", True, None)]


def test_a_withdrawn_claim_takes_its_unconfirmed_membership_along(people: Cast) -> None:
    sun = newcomer()
    Party.objects.create(name="无人认领公司", number=NEW)
    case = claimed(people, sun)
    actions.withdraw(case, by=sun, at=make.MONDAY, reason="弄错了")
    assert memberships(sun, NEW) == [("owner", False, DAY)]


# --- the provider's log-in -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "userinfo",
    [
        {"companies": [{"uscc": NEW, "name": "青岛某公司", "role": "legal_person"}]},
        {"uscc": NEW.lower(), "name": "青岛某公司", "role": "法定代表人"},
    ],
)
def test_what_the_provider_says_of_companies_is_read_wherever_it_stands(userinfo: dict[str, object]) -> None:
    assert provider.provider_claims(userinfo) == [(NEW, "青岛某公司", "owner")]


def test_nonsense_of_a_provider_is_no_company() -> None:
    wrong = {"companies": [None, 7, {"uscc": 5}, {"uscc": "X"}, {"name": "y"}, {"uscc": NEW[:-1] + "0"}]}
    assert provider.provider_claims(wrong) == []
    assert provider.provider_claims({"companies": "x"}) == []
    assert provider.provider_claims({"uscc": NEW, "name": 3}) == [(NEW, NEW, "agent")]


def test_a_legal_persons_log_in_confirms_at_once_and_twice_is_once(people: Cast) -> None:
    sun = newcomer()
    info = {"companies": [{"uscc": NEW, "name": "青岛某公司", "role": "legal_person"}]}
    for _ in range(2):
        provider.logged_in(sun, info, make.MONDAY)
    assert memberships(sun, NEW) == [("owner", True, None)]
    assert Company.objects.get(party__number=NEW).name == "青岛某公司"


def test_an_agents_log_in_lets_an_agent_in_and_takes_nothing_from_an_owner(people: Cast) -> None:
    number = people.company.number or ""
    info = {"uscc": make_uscc(9), "name": "x", "role": "agent"}
    sun = newcomer()
    provider.logged_in(sun, info, make.MONDAY)
    assert memberships(sun, make_uscc(9)) == [("agent", True, None)]
    provider.logged_in(people.wang, {"uscc": number, "name": "x", "role": "agent"}, make.MONDAY)
    assert memberships(people.wang, number)[0][0] == "owner"
