"""Tokens of the API: granted by one person, drawn once by their holder, found by hash, warned of in time.

Who grants a token never sees it: only its holder draws it, and it is shown that once. So nobody can make
themselves somebody else."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from servicedesk.accounts.backends import is_unwelcome
from servicedesk.accounts.models import Office, User
from servicedesk.desk import notices
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import ApiToken, Event, Membership, Party
from servicedesk.desk.permissions import Role, holds, parties_of, posts_of, today
from servicedesk.desk.rounds import register_round
from servicedesk.desk.trail import chain_of_user, record

MARK, LETTERS, HINT = "sd_", 32, 9
WARNED_BEFORE = timedelta(days=7)
# The longest a token may live; its holder draws another in time.
LONGEST = timedelta(days=366)
# How exactly it is known when a token was last used; every request would else be a write.
USED_SECONDS = 60
WARNED_AT_ONCE = 200


def hashed(token: str) -> str:
    """What is kept of a token. It is as long as a key, so a plain hash is enough."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def find(token: str, at: datetime) -> ApiToken | None:
    """The usable token that was shown, of a holder who may log in; None alike for every other."""
    rows = ApiToken.objects.usable(at).select_related("user", "office", "party")
    found = rows.filter(digest=hashed(token)).first()
    if found is None or not found.user.is_active or is_unwelcome(found.user):
        return None
    return found


def used(token: ApiToken, at: datetime) -> None:
    """Remember that the token was used, about once a minute."""
    stale = Q(last_used_at=None) | Q(last_used_at__lt=at - timedelta(seconds=USED_SECONDS))
    if token.last_used_at is None or token.last_used_at < at - timedelta(seconds=USED_SECONDS):
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)


# --- granting, drawing, revoking -------------------------------------------------------------------------


def may_grant(user: User, at: datetime) -> bool:
    """Whether the user may grant tokens of offices: who keeps the security, or manages the centre."""
    return any(holds(user, role, today(at)) for role in (Role.SECURITY, Role.MANAGER))


def owned(user: User, at: datetime) -> list[Party]:
    """Companies the user may make tokens for: those they own, not those they only act for."""
    on = today(at)
    mine = Membership.objects.current(on).filter(user=user, role=Membership.Role.OWNER)
    return list(Party.objects.filter(pk__in=mine.values("party")).filter(pk__in=parties_of(user, on)))


@transaction.atomic
def grant(token: ApiToken, *, by: User, at: datetime) -> ApiToken:
    """Save a token that its holder may draw, log it on their chain and tell them.

    Raises NotAllowed or BadInput where it is not `by`'s to grant, or where its holder has no such right."""
    refuse_wrong(token, by, at)
    _lock(token.user_id)
    token.granted_by, token.granted_at = by, at
    token.save(force_insert=True)
    event = _log(token, "token_grant", by=by, at=at)
    if token.user_id != by.pk:
        _tell(event, token, "token_granted", at)
    return token


def refuse_wrong(token: ApiToken, by: User, at: datetime) -> None:
    """Raise what `grant` would."""
    if not at < token.expires_at <= at + LONGEST:
        raise BadInput("term", _("A token lives a year at most, and not in the past."), "expires_at")
    if not (token.may_read or token.may_submit or token.may_act):
        raise BadInput("scope", _("Choose at least one thing the token may do."), "may_read")
    if token.party is not None:
        if token.user_id != by.pk or token.party not in owned(by, at):
            raise NotAllowed("not-allowed", _("Only who owns a company may make a token for it."))
        return
    if not may_grant(by, at):
        raise NotAllowed("not-allowed", _("This is not yours to grant."))
    if token.user_id == by.pk:
        raise BadInput("own", _("Nobody may grant a token to themselves."), "user")
    if not serves(token.user, token.office, at):
        raise BadInput("no-post", _("This person holds no post with cases at this office."), "user")


def serves(user: User, office: Office | None, at: datetime) -> bool:
    """Whether the user holds a post at the office that has to do with cases."""
    posts = [post for post in posts_of(user, today(at)) if post.role not in post.WITHOUT_CASES]
    return office is not None and any(post.office_id == office.pk for post in posts)


@transaction.atomic
def draw(token: ApiToken, *, by: User, at: datetime) -> str:
    """Make the token itself, once, for its holder, and return it. Raises NotAllowed, or WrongState where it
    was drawn already, was revoked or has expired."""
    _lock(token.user_id)
    row = ApiToken.objects.select_related("user").get(pk=token.pk)
    if row.user_id != by.pk:
        raise NotAllowed("not-allowed", _("Only its holder may draw a token."))
    if row.digest is not None or row.revoked_at is not None or row.expires_at <= at:
        raise WrongState("drawn", _("This token was drawn already, or it has ended. Make another."))
    secret = MARK + secrets.token_urlsafe(LETTERS)
    row.hint, row.digest, row.drawn_at = secret[:HINT], hashed(secret), at
    row.save(update_fields=["hint", "digest", "drawn_at"])
    _log(row, "token_draw", by=by, at=at)
    return secret


@transaction.atomic
def revoke(token: ApiToken, *, by: User, at: datetime) -> None:
    """End a token at once; twice is once. Raises NotAllowed for whoever neither holds nor may grant it."""
    _lock(token.user_id)
    row = ApiToken.objects.select_related("user").get(pk=token.pk)
    keeps = row.office_id is not None and may_grant(by, at)
    if row.user_id != by.pk and not keeps and row.party not in owned(by, at):
        raise NotAllowed("not-allowed", _("This is not yours to revoke."))
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        _log(row, "token_revoke", by=by, at=at)


# --- how it reads ----------------------------------------------------------------------------------------


def scope_words(token: ApiToken) -> str:
    """What the token may do: “read, act on matters”."""
    words = {
        "may_read": _("read matters"),
        "may_submit": _("submit matters"),
        "may_act": _("act on matters"),
    }
    return " · ".join(said for name, said in words.items() if getattr(token, name))


def stands(token: ApiToken, at: datetime) -> str:
    """Where the token stands, in a word."""
    if token.revoked_at is not None:
        return _("revoked")
    if token.expires_at <= at:
        return _("expired")
    return _("in use") if token.digest is not None else _("not drawn yet")


def _lock(user: int) -> None:
    """Hold the holder, and with them their chain."""
    User.objects.select_for_update(no_key=True).get(pk=user)


def _log(token: ApiToken, verb: str, *, by: User | None, at: datetime) -> Event:
    scopes = [name for name in ("read", "submit", "act") if getattr(token, f"may_{name}")]
    facts = {
        "token": token.pk,
        "office": token.office_id,
        "party": token.party_id,
        "scopes": scopes,
        "expires_at": token.expires_at.isoformat(),
    }
    return record(chain_of_user(token.user_id), verb, at=at, by=by, params=facts, title=token.name)


def _tell(event: Event, token: ApiToken, template: str, at: datetime) -> None:
    page = f"{settings.SITE_URL}/account/tokens/"
    notices.tell(event, [token.user], template, {"token": token, "link": page}, at)


# --- before the end --------------------------------------------------------------------------------------


@register_round
def warn(at: datetime) -> int:
    """Tell the holders of tokens that end within seven days, each once; return how many."""
    soon = ApiToken.objects.usable(at).filter(warned_at=None, expires_at__lte=at + WARNED_BEFORE)
    keys = list(soon.order_by("expires_at").values_list("pk", flat=True)[:WARNED_AT_ONCE])
    return sum(_warn(pk, at) for pk in keys)


@transaction.atomic
def _warn(pk: int, at: datetime) -> bool:
    mine = ApiToken.objects.filter(pk=pk, warned_at=None, revoked_at=None).update(warned_at=at)
    if not mine:
        return False
    token = ApiToken.objects.select_related("user", "office", "party").get(pk=pk)
    _lock(token.user_id)
    event = _log(token, "token_warn", by=None, at=at)
    _tell(event, token, "token_expires", at)
    return True
