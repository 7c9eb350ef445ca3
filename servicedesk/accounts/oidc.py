"""The province's identity provider: OpenID Connect Core 1.0, code flow with PKCE, nothing left out.

Every token is checked whole, wherever it came from: signature by a key the provider publishes, algorithm from
our own list, issuer, audience, expiry, nonce. What fails is `Refused`, with a code for the log and no detail
outside."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import requests
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from servicedesk.accounts.backends import as_phone

# Asymmetric only: “none” and the HS family would make a forger of whoever knows the public key.
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
SECONDS, LEEWAY = 8, 60
# A log-in at the provider takes at most so long; several windows may be at it at once.
STATES, STATE_SECONDS, MOST_STATES = "provider_states", 600, 5
METADATA_SECONDS = 300
MOST_BYTES = 256 * 1024


class Refused(Exception):
    """The provider's answer proves nothing. The code says why, for the log."""


@dataclass(frozen=True)
class Proof:
    """Who came, as the provider swears."""

    issuer: str
    subject: str
    name: str
    phone: str
    gave_second_factor: bool
    # What it says of the companies somebody acts for, as it stands in the token.
    companies: dict[str, Any] = field(default_factory=dict)


def provider() -> dict[str, Any]:
    """The provider of the settings. Raises Refused where none is set."""
    if settings.OIDC is None:
        raise Refused("off")
    found: dict[str, Any] = settings.OIDC
    return found


def begin(request: HttpRequest, callback: str, process: str, target: str) -> str:
    """Remember a state, a nonce and a verifier in the session and return the provider's address to go to."""
    chosen, known = provider(), metadata()
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    kept: dict[str, Any] = {"nonce": nonce, "verifier": verifier, "process": process, "next": target}
    kept |= {"at": time.time(), "callback": callback, "user": request.user.pk}
    newest = list(_states(request).items())[-(MOST_STATES - 1) :]
    request.session[STATES] = dict([*newest, (state, kept)])
    hashed = hashlib.sha256(verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": chosen["client"],
        "redirect_uri": callback,
        "scope": "openid profile phone",
        "state": state,
        "nonce": nonce,
        "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
    }
    if process == "staff":
        asked["acr_values"] = " ".join(chosen["second_factor"])
    address = str(known["authorization_endpoint"])
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"


def _states(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.session.get(STATES) or {}
    return found


def state_of(request: HttpRequest) -> dict[str, Any]:
    """What was remembered for the state the provider sends back, once. Raises Refused."""
    said, kept = request.GET.get("state", ""), dict(_states(request))
    found: dict[str, Any] | None = kept.pop(said, None)
    request.session[STATES] = kept
    if found is None or time.time() - found["at"] > STATE_SECONDS:
        raise Refused("state")
    return found


def proof_of(request: HttpRequest, remembered: dict[str, Any]) -> Proof:
    """Exchange the code and return who came. Raises Refused."""
    if request.GET.get("error"):
        raise Refused("denied")
    # RFC 9207: where the provider names itself in the answer, it must be ours.
    if request.GET.get("iss", provider()["issuer"]) != provider()["issuer"]:
        raise Refused("issuer")
    code = request.GET.get("code", "")
    if not code:
        raise Refused("code")
    token = _exchanged(code, remembered).get("id_token")
    if not isinstance(token, str):
        raise Refused("id_token")
    return _proof(checked(token, remembered["nonce"]))


def _exchanged(code: str, remembered: dict[str, Any]) -> dict[str, Any]:
    chosen, known = provider(), metadata()
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": remembered["callback"],
        "client_id": chosen["client"],
        "code_verifier": remembered["verifier"],
    }
    ways = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    by_post = "client_secret_basic" not in ways
    auth = None if by_post else (chosen["client"], chosen["secret"])
    body |= {"client_secret": chosen["secret"]} if by_post else {}
    return _json("POST", str(known["token_endpoint"]), data=body, auth=auth)


def metadata() -> dict[str, Any]:
    """What the provider publishes about itself. Raises Refused where it is not who the settings name."""
    issuer = provider()["issuer"]
    name = f"oidc:{hashlib.sha256(issuer.encode()).hexdigest()}"
    found: dict[str, Any] | None = cache.get(name)
    if found is None:
        found = _json("GET", f"{issuer}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if str(found.get("issuer", "")).rstrip("/") != issuer or not all(found.get(key) for key in needed):
            raise Refused("metadata")
        cache.set(name, found, METADATA_SECONDS)
    return found


def checked(token: str, nonce: str) -> dict[str, Any]:
    """The claims of an id_token that holds in every respect. Raises Refused."""
    chosen = provider()
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise Refused("algorithm")
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(header, algorithm),
            algorithms=[algorithm],
            issuer=metadata()["issuer"],
            audience=chosen["client"],
            leeway=LEEWAY,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except (jwt.PyJWTError, TypeError, ValueError, KeyError) as error:
        raise Refused(f"token: {type(error).__name__}") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != chosen["client"]:
        raise Refused("azp")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Refused("nonce")
    if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= 255:
        raise Refused("subject")
    return claims


def _key(header: dict[str, Any], algorithm: str) -> Any:
    """The published key this token names. Asked for anew each time: log-ins are rare, keys change."""
    rows = _json("GET", str(metadata()["jwks_uri"])).get("keys")
    keys = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    named = [row for row in keys if row.get("use", "sig") == "sig"]
    if "kid" in header:
        named = [row for row in named if row.get("kid") == header["kid"]]
    fitting = [row for row in named if row.get("alg", algorithm) == algorithm]
    if len(fitting) != 1:
        raise Refused("key")
    return jwt.PyJWK.from_dict(fitting[0], algorithm=algorithm).key


def _json(method: str, url: str, **more: Any) -> dict[str, Any]:
    """One call to the provider: brief, without redirects, an object of moderate size. Raises Refused."""
    if settings.PRODUCTION and urlsplit(url).scheme != "https":
        raise Refused("https")
    headers = {"Accept": "application/json"}
    try:
        said = requests.request(method, url, timeout=SECONDS, allow_redirects=False, headers=headers, **more)
        if said.status_code != 200 or len(said.content) > MOST_BYTES:
            raise Refused(f"answer: {said.status_code}")
        found = said.json()
    except (requests.RequestException, ValueError) as error:
        raise Refused(f"answer: {type(error).__name__}") from error
    if not isinstance(found, dict):
        raise Refused("answer")
    return found


def _proof(claims: dict[str, Any]) -> Proof:
    verified = claims.get("phone_number_verified") is True
    given = claims.get("amr")
    said = {str(each) for each in given} if isinstance(given, list) else set()
    return Proof(
        issuer=str(claims["iss"]),
        subject=claims["sub"],
        name=" ".join(str(claims.get("name") or "").replace("\0", "").split())[:80],
        phone=as_phone(str(claims.get("phone_number") or "")) if verified else "",
        gave_second_factor=bool((said | {str(claims.get("acr", ""))}) & set(provider()["second_factor"])),
        companies={name: claims[name] for name in settings.OIDC_COMPANY_CLAIMS.values() if name in claims},
    )
