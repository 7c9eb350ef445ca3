"""Where people meet tokens: the account page of their holders, and the admin of who grants them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from servicedesk.desk.models import ApiToken, Membership
from tests.api.asking import bearer, get
from tests.entering import enter_desk
from tests.people import Cast, cast, person, posted

pytestmark = pytest.mark.django_db
PAGE, ADMIN = "/account/tokens/", "/desk/desk/apitoken/"
SECRET = re.compile(r"<code>(sd_[\w-]{43})</code>")


@pytest.fixture
def people() -> Cast:
    return cast()


def entered(user: Any) -> Client:
    """Somebody who logged in just now."""
    return enter_desk(Client(), user)


def test_an_owner_makes_a_token_sees_it_once_and_revokes_it(people: Cast) -> None:
    client = entered(people.wang)
    assert PAGE in client.get("/account/").content.decode()
    form = {"party": people.company.pk, "name": "ERP", "may_read": "on", "days": "30"}
    page = client.post(PAGE, form)
    found = SECRET.search(page.content.decode())
    assert page.status_code == 200 and found
    assert not SECRET.search(client.get(PAGE).content.decode())
    assert get(bearer(found[1]), "/me/").status_code == 200
    client.post(PAGE, {"revoke": ApiToken.objects.get().pk})
    assert get(bearer(found[1]), "/me/").status_code == 401


def test_who_owns_nothing_makes_nothing(people: Cast) -> None:
    Membership.objects.filter(user=people.wang).update(role=Membership.Role.AGENT)
    client = entered(people.wang)
    form = {"party": people.company.pk, "name": "ERP", "may_read": "on", "days": "30"}
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE, form).status_code == 404
    assert entered(people.zhao).post(PAGE, form).status_code == 422
    assert not ApiToken.objects.exists()


def test_other_peoples_tokens_are_not_there(people: Cast) -> None:
    ends = timezone.now() + timedelta(days=9)
    facts = {"user": people.wang, "party": people.company, "granted_by": people.wang, "expires_at": ends}
    token = ApiToken.objects.create(name="ERP", granted_at=timezone.now(), **facts)
    client = entered(people.zhao)
    assert "ERP" not in client.get(PAGE).content.decode()
    for name in ("draw", "revoke"):
        assert client.post(PAGE, {name: token.pk}).status_code == 404
    assert client.post(PAGE, {"draw": "9" * 30}).status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_the_admin_grants_and_the_holder_draws(people: Cast) -> None:
    guard = posted(person("guard"), "fwzx", "security")
    ends = timezone.localtime() + timedelta(days=30)
    form = {
        "name": "OA",
        "user": people.alice.pk,
        "office": people.office().pk,
        "may_read": "on",
        "expires_at_0": ends.strftime("%Y-%m-%d"),
        "expires_at_1": "09:00:00",
    }
    client = entered(guard)
    page = client.post(f"{ADMIN}add/", form)
    assert page.status_code == 302, page.content.decode()[:3000]
    token = ApiToken.objects.get()
    assert (token.granted_by, token.digest) == (guard, None)
    assert client.get(ADMIN).status_code == client.get(f"{ADMIN}{token.pk}/change/").status_code == 200
    wrong = client.post(f"{ADMIN}add/", form | {"office": people.office("swuj").pk})
    assert wrong.status_code == 200 and ApiToken.objects.count() == 1
    found = SECRET.search(entered(people.alice).post(PAGE, {"draw": token.pk}).content.decode())
    assert found and get(bearer(found[1]), "/me/").status_code == 200
    client.post(ADMIN, {"action": "revoke", "_selected_action": [token.pk]})
    assert get(bearer(found[1]), "/me/").status_code == 401


def test_the_register_of_tokens_is_for_who_keeps_it(people: Cast) -> None:
    for user in (people.alice, people.bob, people.diana):
        assert entered(user).get(ADMIN).status_code == 403
    assert entered(people.grace).get(ADMIN).status_code == 200
    auditor = posted(person("auditor"), "fwzx", "auditor")
    assert entered(auditor).get(ADMIN).status_code == 200
    assert entered(auditor).get(f"{ADMIN}add/").status_code == 403
