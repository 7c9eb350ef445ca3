"""Tokens: seen by their holder alone and once, hashed, scoped, at one place, ending, warned of."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.throttling import SimpleRateThrottle

from servicedesk.accounts.models import Office, Post
from servicedesk.desk import tokens
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import ApiToken, Event, Membership, Notice
from servicedesk.desk.trail import chain_of_user
from tests import make
from tests.api.asking import bearer, drawn, get, logged_in, post, submit, token, told
from tests.people import SINCE, Cast, cast, person, posted

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def people() -> Cast:
    return cast()


def test_only_a_hash_is_kept(people: Cast) -> None:
    row, secret = drawn(people, people.alice, office=people.office())
    row.refresh_from_db()
    assert secret.startswith("sd_") and len(secret) > 40
    assert row.digest == tokens.hashed(secret) and secret.startswith(row.hint)
    assert secret not in str(ApiToken.objects.values().get())
    assert get(bearer(secret), "/me/").json()["token"]["scopes"] == ["read", "submit", "act"]


def test_a_token_does_what_its_holder_may_at_its_office_and_no_more(people: Cast) -> None:
    Post.objects.create(user=people.alice, office=people.office("swuj"), role="officer", since=SINCE)
    Membership.objects.create(user=people.alice, party=people.other, since=SINCE)
    here, there = make.dispatched(people), make.dispatched(people, to="swuj")
    own = submit(logged_in(people.zhao)).json()["number"]
    client = bearer(token(people, people.alice, office=people.office()))
    assert [row["number"] for row in get(client, "/cases/").json()["results"]] == [here.number]
    for number in (there.number, own, "ZT-2026-999999"):
        assert told(get(client, f"/cases/{number}/"), 404) == told(
            post(client, f"/cases/{number}/claim/"), 404
        )
    done = post(client, f"/cases/{here.number}/claim/", If_Match=f'"{here.version}"')
    assert done.status_code == 200
    assert make.again(here).officer == people.alice
    assert get(client, "/me/").json()["parties"] == []
    told(submit(client), 422)


def test_a_companys_token_knows_that_company_alone(people: Cast) -> None:
    Membership.objects.create(user=people.wang, party=people.other, since=SINCE)
    mine, others = make.submitted(people), submit(logged_in(people.zhao)).json()["number"]
    client = bearer(token(people, people.wang, party=people.company))
    assert [row["number"] for row in get(client, "/cases/").json()["results"]] == [mine.number]
    told(get(client, f"/cases/{others}/"), 404)
    assert [each["id"] for each in get(client, "/me/").json()["parties"]] == [people.company.pk]
    session = [row["number"] for row in get(logged_in(people.wang), "/cases/").json()["results"]]
    assert session == [others, mine.number]


@pytest.mark.parametrize(
    ("scopes", "statuses"), [("read", (200, 403, 403)), ("submit", (403, 201, 403)), ("act", (403, 403, 200))]
)
def test_a_scope_is_no_more_than_it_says(people: Cast, scopes: str, statuses: tuple[int, int, int]) -> None:
    case = make.claimed(people)
    client = bearer(token(people, people.wang, party=people.company, scopes=scopes))
    asked = (
        get(client, f"/cases/{case.number}/"),
        submit(client),
        post(client, f"/cases/{case.number}/nudge/"),
    )
    assert tuple(each.status_code for each in asked) == statuses
    assert all(told(each, 403)["code"] == "scope" for each in asked if each.status_code == 403)


def test_what_has_ended_opens_nothing(people: Cast) -> None:
    row, secret = drawn(people, people.alice, office=people.office())
    assert get(bearer(secret), "/me/").status_code == 200
    problem = told(get(bearer("sd_no-such-token"), "/me/"), 401)
    assert problem["code"] == "token"
    for change in ({"expires_at": NOW - timedelta(days=1)}, {"revoked_at": NOW}, {"digest": None}):
        before = {name: getattr(row, name) for name in change}
        ApiToken.objects.filter(pk=row.pk).update(**change)
        assert told(get(bearer(secret), "/me/"), 401) == problem
        # An open address is shut for it too: a token that is wrong is not the same as none.
        told(get(bearer(secret), "/kinds/"), 401)
        row.refresh_from_db()
        ApiToken.objects.filter(pk=row.pk).update(**before | {"digest": tokens.hashed(secret)})
    people.alice.is_active = False
    people.alice.save()
    assert told(get(bearer(secret), "/me/"), 401) == problem


def test_a_token_ends_with_the_right_it_rests_on(people: Cast) -> None:
    case = make.dispatched(people)
    client = bearer(token(people, people.alice, office=people.office()))
    assert get(client, f"/cases/{case.number}/").status_code == 200
    Post.objects.filter(user=people.alice).update(until=SINCE)
    told(get(client, f"/cases/{case.number}/"), 404)


def test_whoever_grants_it_never_sees_it(people: Cast) -> None:
    row = ApiToken(name="ERP", user=people.alice, office=people.office(), expires_at=NOW + timedelta(days=9))
    tokens.grant(row, by=people.grace, at=NOW)
    assert Notice.objects.filter(recipient=people.alice, channel="app").count() == 1
    with pytest.raises(NotAllowed):
        tokens.draw(row, by=people.grace, at=NOW)
    tokens.draw(row, by=people.alice, at=NOW)
    with pytest.raises(WrongState):
        tokens.draw(row, by=people.alice, at=NOW)
    verbs = Event.objects.filter(chain=chain_of_user(people.alice)).values_list("verb", flat=True)
    assert list(verbs.order_by("seq")) == ["token_grant", "token_draw"]


def granted(
    people: Cast, by: object, user: object, office: Office | None, days: int = 9, **more: object
) -> None:
    facts = {"name": "ERP", "user": user, "office": office, "expires_at": NOW + timedelta(days=days)}
    tokens.grant(ApiToken(**(facts | more)), by=by, at=NOW)  # type: ignore[arg-type]


def test_who_may_grant_what_to_whom(people: Cast) -> None:
    housing, water = people.office(), people.office("swuj")
    guard = posted(person("guard"), "fwzx", "security")
    granted(people, guard, people.alice, housing)
    granted(people, people.grace, people.charlie, water)
    granted(people, people.wang, people.wang, None, party=people.company)
    for by, user, office in ((people.bob, people.alice, housing), (people.wang, people.alice, housing)):
        with pytest.raises(NotAllowed):
            granted(people, by, user, office)
    with pytest.raises(BadInput):  # no post there
        granted(people, people.grace, people.alice, water)
    with pytest.raises(BadInput):  # to oneself
        granted(people, people.grace, people.grace, people.office("fwzx"))
    with pytest.raises(BadInput):
        granted(people, people.grace, people.alice, housing, days=400)
    with pytest.raises(BadInput):
        granted(people, people.grace, people.alice, housing, may_read=False)
    Membership.objects.filter(user=people.wang).update(role=Membership.Role.AGENT)
    for by, user in ((people.wang, people.wang), (people.zhao, people.wang), (people.grace, people.wang)):
        with pytest.raises(NotAllowed):
            granted(people, by, user, None, party=people.company)


def test_the_holder_is_warned_once_before_the_end(people: Cast) -> None:
    row, _secret = drawn(people, people.alice, office=people.office(), days=30)
    Notice.objects.all().delete()
    assert tokens.warn(NOW + timedelta(days=22)) == 0
    assert tokens.warn(NOW + timedelta(days=24)) == 1
    assert tokens.warn(NOW + timedelta(days=24, minutes=1)) == 0
    notice = Notice.objects.get(recipient=people.alice, channel="app")
    assert row.name in notice.subject and "/account/tokens/" in notice.body


def test_its_last_use_is_known(people: Cast) -> None:
    row, secret = drawn(people, people.alice, office=people.office())
    assert row.last_used_at is None
    get(bearer(secret), "/me/")
    row.refresh_from_db()
    assert row.last_used_at is not None


def test_staff_give_their_code_here_too(people: Cast, second_factor: None) -> None:
    assert get(logged_in(people.alice), "/cases/").status_code == 403
    secret = token(people, people.alice, office=people.office())
    assert get(bearer(secret), "/cases/").status_code == 200


def test_strangers_ask_only_so_often(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SimpleRateThrottle.THROTTLE_RATES, "api-anonymous", "2/min")
    answers = [get(Client(), "/kinds/") for _each in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert told(answers[-1], 429) and int(answers[-1].headers["Retry-After"]) >= 1


def test_an_offices_token_serves_where_the_desk_does(people: Cast, settings: Any) -> None:
    office = bearer(token(people, people.alice, office=people.office()))
    company = bearer(token(people, people.wang, party=people.company))
    settings.DESK_ADDRESSES = [ipaddress.ip_network("10.0.0.0/8")]
    assert told(get(office, "/me/"), 403)["code"] == "elsewhere"
    assert get(company, "/me/").status_code == 200
    assert office.get("/api/v1/me/", REMOTE_ADDR="10.1.2.3").status_code == 200
