"""Who may what, written out by hand: every verb, every person, every stop along the straight path.

The table is the contract. Whoever changes a right changes it here as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions, moves
from servicedesk.desk.errors import NotAllowed
from servicedesk.desk.models import Case, Membership
from servicedesk.desk.permissions import actions_for, capacities, may, visible_to
from tests import make
from tests.desk.doing import DOING
from tests.desk.picture import picture
from tests.people import SINCE, Cast, cast, person, posted

pytestmark = [pytest.mark.once, pytest.mark.django_db]

NOW = make.MONDAY
APART = ("ivan", "judy", "karl")
# Whoever has no line at a stop may nothing there.
TABLE: dict[str, dict[str, str]] = {
    "draft": {"wang": "submit attach"},
    "submitted": {
        "wang": "withdraw nudge message attach",
        "diana": "dispatch rule refuse_acceptance nudge escalate note message attach split link merge close",
        "frank": "nudge escalate note",
    },
    "dispatched": {
        "wang": "withdraw nudge message attach",
        "alice": "claim note",
        "bob": "claim assign transfer return_to_centre contact consult join nudge escalate note message "
        "attach link",
        "diana": "recall transfer join nudge escalate note message attach split link merge close",
        "erin": "nudge note",
        "frank": "nudge escalate note",
    },
    "claimed": {
        "wang": "withdraw nudge message attach",
        "alice": "return_to_centre contact consult join note message attach",
        "bob": "assign transfer return_to_centre contact consult join nudge escalate note message attach "
        "link",
        "diana": "transfer join nudge escalate note message attach split link merge close",
        "erin": "nudge note",
        "frank": "nudge escalate note",
    },
    "contacted": {
        "wang": "withdraw nudge message attach",
        "alice": "return_to_centre give_opinion consult join note message attach",
        "bob": "assign transfer return_to_centre give_opinion consult join nudge escalate note message "
        "attach link",
        "diana": "transfer join nudge escalate note message attach split link merge close",
        "erin": "nudge note",
        "frank": "nudge escalate note",
    },
    "consulted": {
        "wang": "withdraw nudge message attach",
        "alice": "return_to_centre draft_answer consult join ask_park note message attach",
        "bob": "assign transfer return_to_centre extend draft_answer consult join ask_park nudge escalate "
        "note message attach link",
        "charlie": "reply_consult",
        "diana": "transfer join release nudge escalate note message attach split link merge close",
        "erin": "extend nudge note",
        "frank": "nudge escalate note",
    },
    "drafted": {
        "wang": "withdraw nudge message attach",
        "alice": "return_to_centre draft_answer consult join ask_park note message attach",
        "bob": "assign transfer return_to_centre extend draft_answer send_back sign_off consult join "
        "ask_park nudge escalate note message attach link",
        "diana": "transfer join nudge escalate note message attach split link merge close",
        "erin": "extend send_back nudge note",
        "frank": "nudge escalate note",
    },
    "asked_to_park": {
        "wang": "withdraw nudge message attach",
        "alice": "return_to_centre draft_answer consult join ask_park note message attach",
        "bob": "assign transfer return_to_centre extend draft_answer consult join ask_park nudge escalate "
        "note message attach link",
        "diana": "transfer join park refuse_park nudge escalate note message attach split link merge close",
        "erin": "extend park refuse_park nudge note",
        "frank": "nudge escalate note",
    },
    "parked": {
        "wang": "withdraw nudge message attach",
        "alice": "return_to_centre draft_answer consult join ask_park review_parked unpark note message "
        "attach",
        "bob": "assign transfer return_to_centre extend draft_answer consult join ask_park review_parked "
        "unpark nudge escalate note message attach link",
        "diana": "transfer join unpark nudge escalate note message attach split link merge close",
        "erin": "extend nudge note",
        "frank": "nudge escalate note",
    },
    "answered": {
        "wang": "confirm redo rate withdraw nudge message attach",
        "alice": "note message attach",
        "bob": "assign nudge escalate note message attach link",
        "diana": "redo revisit nudge escalate note message attach link close",
        "erin": "nudge note",
        "frank": "revisit nudge escalate note",
    },
    "closed": {
        "wang": "rate message",
        "alice": "note message",
        "bob": "note message link",
        "diana": "note message link",
        "erin": "note",
        "frank": "note",
    },
}
# Who may know of the case at all.
EYES: dict[str, str] = {
    "draft": "wang",
    "submitted": "wang diana frank grace",
    "consulted": "wang diana frank grace alice bob charlie erin",
    "closed": "wang diana frank grace alice bob erin",
}


@pytest.fixture
def people() -> Cast:
    people = cast()
    posted(person("henry"), "fwzx", Post.Role.STATISTICIAN)
    posted(person("ivan"), "dcs", Post.Role.AUDITOR)
    posted(person("judy"), "fwzx", Post.Role.SECURITY)
    karl = posted(person("karl"), "fwzx", Post.Role.SYSTEM)
    User.objects.filter(pk=karl.pk).update(is_superuser=True)
    return people


def consulted(people: Cast) -> Case:
    case = contacted(people)
    actions.give_opinion(case, by=people.alice, at=NOW, text="先抽排。")
    actions.consult(case, by=people.alice, at=NOW, office=people.office("swuj"), text="请协助。")
    return make.again(case)


def contacted(people: Cast) -> Case:
    case = make.claimed(people)
    actions.contact(case, by=people.alice, at=NOW, result="reached")
    return make.again(case)


def asked_to_park(people: Cast) -> Case:
    case = contacted(people)
    actions.give_opinion(case, by=people.alice, at=NOW, text="先抽排。")
    until = NOW + timedelta(days=60)
    actions.ask_park(case, by=people.alice, at=NOW, reason="等待规划批复。", basis="规定", until=until)
    return make.again(case)


def parked(people: Cast) -> Case:
    case = asked_to_park(people)
    actions.park(case, by=people.diana, at=NOW)
    return make.again(case)


def closed(people: Cast) -> Case:
    case = make.answered(people)
    actions.confirm(case, by=people.wang, at=NOW)
    return make.again(case)


STOPS: dict[str, Callable[[Cast], Case]] = {
    "draft": make.draft,
    "submitted": make.submitted,
    "dispatched": make.dispatched,
    "claimed": make.claimed,
    "contacted": contacted,
    "consulted": consulted,
    "drafted": make.drafted,
    "asked_to_park": asked_to_park,
    "parked": parked,
    "answered": make.answered,
    "closed": closed,
}


def everybody() -> dict[str, User]:
    return {user.username: user for user in User.objects.all()}


def rights(user: User, case: Case) -> set[str]:
    return {verb for verb in moves.CASE_MOVES if may(user, verb, case, NOW)}


@pytest.mark.parametrize("stop", TABLE)
def test_each_may_what_the_table_says_and_nothing_else(people: Cast, stop: str) -> None:
    case = STOPS[stop](people)
    found = {name: rights(user, case) for name, user in everybody().items()}
    assert len(found) == 13
    assert found == {name: set(TABLE[stop].get(name, "").split()) for name in found}


@pytest.mark.parametrize("stop", TABLE)
def test_the_buttons_are_the_rights(people: Cast, stop: str) -> None:
    case = STOPS[stop](people)
    for user in everybody().values():
        assert set(actions_for(user, case, NOW)) == rights(user, case), user


@pytest.mark.parametrize("stop", EYES)
def test_each_sees_what_the_table_says_and_nothing_else(people: Cast, stop: str) -> None:
    case = STOPS[stop](people)
    seen = {name for name, user in everybody().items() if visible_to(user, NOW).filter(pk=case.pk).exists()}
    assert seen == set(EYES[stop].split())


@pytest.mark.parametrize("stop", ["claimed", "drafted", "answered"])
def test_what_the_table_denies_the_verbs_refuse_and_nothing_changes(people: Cast, stop: str) -> None:
    make.submitted(people)
    case = STOPS[stop](people)
    for name in ("charlie", "grace", "henry", "zhao", *APART):
        user = everybody()[name]
        for verb in set().union(*(verbs.split() for verbs in TABLE[stop].values())) - {"attach"}:
            before = picture()
            with pytest.raises(NotAllowed):
                DOING[verb](case, user, NOW)
            assert picture() == before, (name, verb)


# Those who keep the machine, its security and its audit


@pytest.mark.parametrize("name", APART)
@pytest.mark.parametrize("role", [Post.Role.OFFICER, Post.Role.HEAD, Post.Role.LEADER, Post.Role.SUPERVISOR])
def test_an_administrator_gains_nothing_by_a_post_beside(people: Cast, name: str, role: str) -> None:
    case = make.claimed(people)
    user = everybody()[name]
    Post.objects.create(user=user, office=people.office(), role=role, since=SINCE)
    Post.objects.create(user=user, office=people.office("fwzx"), role=Post.Role.DISPATCHER, since=SINCE)
    user = User.objects.get(pk=user.pk)
    assert capacities(user, case, NOW) == set()
    assert not visible_to(user, NOW).exists()


@pytest.mark.parametrize("name", APART)
def test_an_administrator_gains_nothing_by_joining_the_company(people: Cast, name: str) -> None:
    case = make.claimed(people)
    user = everybody()[name]
    Membership.objects.create(user=user, party=people.company, since=SINCE)
    assert rights(user, case) == set()
    assert not visible_to(user, NOW).exists()
    with pytest.raises(NotAllowed):
        actions.open_case("direct-line", applicant=people.company, by=user, at=NOW)


def test_a_superuser_without_any_post_sees_and_may_nothing(people: Cast) -> None:
    case = make.claimed(people)
    root = User.objects.create(username="root", name="Root", is_staff=True, is_superuser=True)
    assert rights(root, case) == set()
    assert not visible_to(root, NOW).exists()


def test_nobody_grants_a_post_to_themselves(people: Cast) -> None:
    karl = everybody()["karl"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(user=karl, office=people.office(), role="head", since=SINCE, granted_by=karl)


# Time and two hats


def test_an_ended_post_gives_nothing_from_the_next_day_on(people: Cast) -> None:
    case = make.claimed(people)
    staff = {name: user for name, user in everybody().items() if user.is_staff}
    Post.objects.update(until=NOW.date())
    assert rights(staff["bob"], case)
    tomorrow = NOW + timedelta(days=1)
    for user in staff.values():
        assert capacities(user, case, tomorrow) == set()
        assert not visible_to(user, tomorrow).exists()


def test_a_post_that_has_not_begun_gives_nothing(people: Cast) -> None:
    case = make.claimed(people)
    Post.objects.update(since=NOW.date() + timedelta(days=1))
    assert rights(people.bob, case) == set()


def test_an_ended_membership_gives_nothing_not_even_ones_own_draft(people: Cast) -> None:
    draft, case = make.draft(people), make.claimed(people)
    Membership.objects.update(until=NOW.date() - timedelta(days=1))
    wang = User.objects.get(pk=people.wang.pk)
    assert rights(wang, draft) == rights(wang, case) == set()
    assert not visible_to(wang, NOW).exists()


def test_whoever_is_no_longer_active_may_nothing(people: Cast) -> None:
    case = make.claimed(people)
    User.objects.update(is_active=False)
    for user in everybody().values():
        assert rights(user, case) == set()
        assert not visible_to(user, NOW).exists()


@pytest.mark.parametrize("name", ["alice", "bob", "diana", "erin", "frank"])
@pytest.mark.parametrize("stop", ["draft", "claimed", "drafted", "answered", "closed"])
def test_staff_of_the_applicants_company_are_applicants_in_its_matters(
    people: Cast, name: str, stop: str
) -> None:
    case = STOPS[stop](people)
    user = everybody()[name]
    Membership.objects.create(user=user, party=people.company, since=SINCE)
    user = User.objects.get(pk=user.pk)
    assert rights(user, case) == set(TABLE[stop]["wang"].split())


def test_the_centre_submits_the_draft_it_took_down_and_nobody_elses(people: Cast) -> None:
    taken_down = actions.open_case("direct-line", applicant=people.company, by=people.diana, at=NOW)
    assert may(people.diana, "submit", taken_down, NOW)
    assert visible_to(people.diana, NOW).filter(pk=taken_down.pk).exists()
    assert not may(people.diana, "submit", make.draft(people), NOW)
