"""Log-in through the province's identity provider: what holds lets in, what is forged gets one calm page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from servicedesk.accounts import demo
from servicedesk.accounts.models import Identity, User
from servicedesk.desk.models import Event, Membership
from tests.accounts.oidc_provider import CLIENT, FORGER, KEY, SECRET, Provider, public, running
from tests.accounts.test_codes import last_code

pytestmark = pytest.mark.django_db

START, BACK = "/account/provider/", "/account/provider/callback/"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: Any) -> Provider:
    server.claims, server.forge, server.broken, server.issuer = {}, None, False, server.address
    server.keys = [public(KEY, "one")]
    settings.OIDC = {
        "issuer": server.address,
        "name": "省统一身份认证",
        "client": CLIENT,
        "secret": SECRET,
        "second_factor": ["mfa", "urn:province:level3"],
        "trusts_phone": False,
    }
    return server


@pytest.fixture
def li(provider: Provider) -> User:
    """Somebody whose subject at the provider is known."""
    user = User.objects.create_user("li", None, name="李雷", phone="13800000001")
    link(user, provider)
    return user


def link(user: User, provider: Provider, subject: str = "subject-1") -> None:
    Identity.objects.create(user=user, issuer=provider.address, subject=subject, linked_at=timezone.now())


def there(client: Client, provider: Provider, target: str = "") -> dict[str, str]:
    answer = client.get(START, {"next": target} if target else {})
    assert answer.status_code == 302, answer.content.decode()
    return provider.authorize(answer.headers["Location"])


def come(client: Client, provider: Provider, target: str = "") -> Any:
    return client.get(BACK, there(client, provider, target))


def is_refused(client: Client, answer: Any) -> bool:
    page = answer.content.decode()
    return answer.status_code == 400 and "<h1>" in page and "_auth_user_id" not in client.session


def test_a_known_subject_logs_in_and_arrives_where_they_wanted(
    client: Client, li: User, provider: Provider
) -> None:
    assert "省统一身份认证" in client.get("/account/login/").content.decode()
    before = client.session.session_key
    answer = come(client, provider, "/matters/")
    assert answer.headers["Location"] == "/matters/"
    assert client.session["_auth_user_id"] == str(li.pk) and client.session.session_key != before
    assert Event.objects.get(verb="log_in").params == {"how": "provider"}


def encoded(key: Any = KEY, algorithm: str = "RS256", **headers: Any) -> Callable[[dict[str, Any]], str]:
    return lambda claims: jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "one"} | headers)


def without(name: str) -> Callable[[dict[str, Any]], str]:
    return lambda claims: encoded()({key: value for key, value in claims.items() if key != name})


def bent(claims: dict[str, Any]) -> str:
    """An honest token with another subject put in behind its signature."""
    head, _body, tail = encoded()(claims).split(".")
    body = jwt.utils.base64url_encode(json.dumps(claims | {"sub": "subject-2"}).encode()).decode()
    return f"{head}.{body}.{tail}"


PUBLIC_PEM = json.dumps(public(KEY, "one"))
FORGED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "signed with another key": encoded(FORGER),
    "signed with another key that the header brings along": lambda claims: jwt.encode(
        claims, FORGER, algorithm="RS256", headers={"kid": "two", "jwk": public(FORGER, "two")}
    ),
    "signed with a key nobody published": encoded(kid="three"),
    "changed after signing": bent,
    "unsigned": lambda claims: jwt.encode(claims, "", algorithm="none", headers={"kid": "one"}),
    "unsigned by another spelling": lambda claims: encoded()(claims).rpartition(".")[0] + ".",
    "signed with the public key as a password": lambda claims: jwt.encode(
        claims, PUBLIC_PEM, algorithm="HS256", headers={"kid": "one"}
    ),
    "no token": lambda claims: None,
    "an empty token": lambda claims: "",
    "noise": lambda claims: "a.b.c",
    "a list": lambda claims: ["a"],
    "without expiry": without("exp"),
    "without nonce": without("nonce"),
    "without audience": without("aud"),
    "without issuer": without("iss"),
    "without subject": without("sub"),
}


@pytest.mark.parametrize("how", FORGED)
def test_forged_tokens_are_refused(client: Client, li: User, provider: Provider, how: str) -> None:
    provider.forge = FORGED[how]
    assert is_refused(client, come(client, provider))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another client"},
        {"aud": [CLIENT, "another client"]},
        {"aud": [CLIENT, "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"nonce": "of another log-in"},
        {"nonce": None},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": "now"},
        {"nbf": 4_102_444_800},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
    ],
    ids=str,
)
def test_true_signatures_under_wrong_claims_are_refused(
    client: Client, li: User, provider: Provider, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    assert is_refused(client, come(client, provider))


def test_a_state_works_once_for_ten_minutes_and_in_its_own_browser(
    client: Client, li: User, provider: Provider
) -> None:
    brought = there(client, provider)
    stranger = Client()
    assert is_refused(stranger, stranger.get(BACK, brought)), "another browser's state"
    assert client.get(BACK, brought).status_code == 302
    client.logout()
    assert is_refused(client, client.get(BACK, brought)), "used before"
    brought = there(client, provider)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert is_refused(client, client.get(BACK, brought)), "too late"


@pytest.mark.parametrize("brought", [{}, {"state": "x"}, {"code": "x"}, {"state": "x", "code": "x\0"}])
def test_what_the_provider_never_sent_is_refused(
    client: Client, provider: Provider, brought: dict[str, str]
) -> None:
    assert is_refused(client, client.get(BACK, brought))


def test_a_provider_that_denies_lies_or_is_away_breaks_nothing(
    client: Client, li: User, provider: Provider
) -> None:
    brought = there(client, provider)
    assert is_refused(client, client.get(BACK, {"state": brought["state"], "error": "access_denied"}))
    brought = there(client, provider)
    assert is_refused(client, client.get(BACK, brought | {"iss": "https://elsewhere.example"}))
    assert is_refused(client, client.get(BACK, there(client, provider) | {"code": "of nobody"}))
    brought = there(client, provider)
    provider.broken = True
    assert is_refused(client, client.get(BACK, brought))
    cache.clear()
    assert is_refused(client, client.get(START))
    provider.broken, provider.issuer = False, "https://elsewhere.example"
    assert is_refused(client, client.get(START)), "a provider that calls itself another"


def test_without_a_provider_there_is_no_way_through_it(client: Client) -> None:
    assert is_refused(client, client.get(START)) and is_refused(client, client.get(BACK))
    assert "provider" not in client.get("/account/login/").content.decode()


def test_an_unknown_subject_registers_a_person_and_is_known_from_then_on(
    client: Client, provider: Provider
) -> None:
    provider.claims = {"name": "韩梅梅"}
    answer = come(client, provider)
    assert answer.headers["Location"].startswith("/account/register/")
    assert "韩梅梅" in client.get("/account/register/").content.decode()
    client.post("/account/register/", {"name": "韩梅梅", "agreed": "on"})
    user = User.objects.get()
    assert Identity.objects.get().user == user and user.phone is None and not user.is_staff
    assert Membership.objects.get().user == user
    again = Client()
    come(again, provider)
    assert again.session["_auth_user_id"] == str(user.pk)


def test_neither_mail_nor_phone_links_by_itself(client: Client, provider: Provider) -> None:
    User.objects.create_user("wang", None, name="王", phone="13800000009", email="wang@example.cn")
    provider.claims = {
        "email": "wang@example.cn",
        "email_verified": True,
        "phone_number": "+86 13800000009",
        "phone_number_verified": True,
    }
    assert come(client, provider).headers["Location"].startswith("/account/register/")
    assert not Identity.objects.exists() and "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("claims", "staff", "linked"),
    [
        ({"phone_number_verified": True}, False, True),
        ({"phone_number_verified": True}, True, False),
        ({"phone_number_verified": "true"}, False, False),
        ({}, False, False),
    ],
)
def test_a_verified_phone_links_only_where_the_settings_say_so_and_never_staff(
    client: Client, provider: Provider, settings: Any, claims: dict[str, Any], staff: bool, linked: bool
) -> None:
    settings.OIDC = settings.OIDC | {"trusts_phone": True}
    User.objects.create_user("wang", None, name="王", phone="13800000009", is_staff=staff)
    provider.claims = {"phone_number": "+8613800000009", **claims}
    come(client, provider)
    assert Identity.objects.exists() is linked and ("_auth_user_id" in client.session) is linked


def test_an_unknown_subject_links_to_an_account_by_a_code(
    client: Client, provider: Provider, settings: Any
) -> None:
    wang = User.objects.create_user("wang", None, name="王", phone="13800000009")
    come(client, provider)
    assert "/account/code/" in client.get("/account/register/").content.decode()
    client.post("/account/code/", {"phone": "13800000009"})
    client.post("/account/code/enter/", {"code": last_code(settings, "13800000009")})
    assert Identity.objects.get().user == wang
    assert Event.objects.filter(chain=f"user:{wang.pk}", verb="provider_linked").exists()


def test_linking_from_the_account_asks_for_proof_and_refuses_anothers_subject(
    client: Client, li: User, provider: Provider
) -> None:
    bob = User.objects.create_user("bob", "a long enough password", name="鲍勃")
    client.force_login(bob)
    assert client.post("/account/provider/link/").headers["Location"].startswith("/account/prove/")
    client.logout()
    client.post("/account/login/", {"login": "bob", "password": "a long enough password"})
    page = client.post("/account/provider/link/")
    client.get(BACK, provider.authorize(page.context["target"]))
    assert Identity.objects.get().user == li, "another's subject stays another's"
    provider.claims = {"sub": "subject-of-bob"}
    page = client.post("/account/provider/link/")
    client.get(BACK, provider.authorize(page.context["target"]))
    assert Identity.objects.get(subject="subject-of-bob").user == bob
    page = client.post("/account/provider/link/")
    brought = provider.authorize(page.context["target"])
    client.logout()
    client.force_login(li)
    assert client.get(BACK, brought).status_code == 400, "a link begun by somebody else"


def test_whoever_has_no_other_way_in_proves_it_at_the_provider(
    client: Client, li: User, provider: Provider
) -> None:
    User.objects.filter(pk=li.pk).update(phone=None)
    come(client, provider)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        asked = client.get("/account/phone/", follow=False).headers["Location"]
        assert asked.startswith("/account/prove/")
        there_again = client.get(asked).headers["Location"]
        assert there_again.startswith(START)
        brought = provider.authorize(client.get(there_again).headers["Location"])
        assert client.get(BACK, brought).headers["Location"] == "/account/phone/"
        assert client.get("/account/phone/").status_code == 200


@pytest.mark.usefixtures("second_factor")
@pytest.mark.parametrize(
    ("claims", "counts"),
    [
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "urn:province:level3"}, True),
        ({"amr": ["pwd"]}, False),
        ({"acr": "urn:province:level1"}, False),
        ({"amr": "mfa"}, False),
        ({}, False),
    ],
    ids=str,
)
@pytest.mark.parametrize("enrolled", [True, False])
def test_the_providers_second_factor_counts_only_where_it_says_so(
    client: Client, provider: Provider, claims: dict[str, Any], counts: bool, enrolled: bool
) -> None:
    officer = User.objects.create_user("officer", None, name="赵敏", is_staff=True)
    link(officer, provider)
    if enrolled:
        demo.enrol(officer)
    provider.claims = claims
    come(client, provider, "/desk/")
    answer = client.get("/desk/")
    assert (answer.status_code == 200) is counts
