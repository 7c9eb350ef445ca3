"""Which account at the provider opens which here: by subject only, linked by whoever proved to be both."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import Identity, User

Hearer = Callable[[User, Mapping[str, Any], datetime], object]
_hearers: list[Hearer] = []

WAITING = "provider_waiting"
WAIT_SECONDS = 30 * 60


def user_of(issuer: str, subject: str) -> User | None:
    found = Identity.objects.select_related("user").filter(issuer=issuer, subject=subject).first()
    return found.user if found else None


def link(user: User, issuer: str, subject: str, at: datetime) -> bool:
    """Tie the subject to the user, once and for all; False where it is another's already."""
    try:
        with transaction.atomic():
            made = Identity.objects.get_or_create(
                issuer=issuer, subject=subject, defaults={"user": user, "linked_at": at}
            )
            identity, is_new = made
            if is_new:
                happened(user, "provider_linked", at, by=user, issuer=issuer)
    except IntegrityError:
        return False
    return bool(identity.user_id == user.pk)


def hear(hearer: Hearer) -> None:
    """Register who is told, at each log-in through the provider, what it says of somebody's companies."""
    if hearer not in _hearers:
        _hearers.append(hearer)


def came(user: User, companies: Mapping[str, Any], at: datetime) -> None:
    """Tell them; of a member of staff nobody is told."""
    for hearer in _hearers if companies and not user.is_staff else ():
        hearer(user, companies, at)


def wait(
    request: HttpRequest,
    issuer: str,
    subject: str,
    name: str,
    phone: str,
    companies: Mapping[str, Any] | None = None,
) -> None:
    """Remember who came from the provider and is not known here yet."""
    request.session[WAITING] = {
        "issuer": issuer,
        "subject": subject,
        "name": name[:80],
        "phone": phone,
        "companies": dict(companies or {}),
        "until": time.time() + WAIT_SECONDS,
    }


def waiting(request: HttpRequest) -> dict[str, Any]:
    """Whoever came from the provider within half an hour and has no account yet; empty where nobody."""
    kept = request.session.get(WAITING) or {}
    return kept if kept.get("until", 0) > time.time() else {}


def take_up(request: HttpRequest, user: User, at: datetime) -> None:
    """Link whoever waits to the account that this person has just proved to be theirs."""
    kept = waiting(request)
    request.session.pop(WAITING, None)
    if kept and link(user, kept["issuer"], kept["subject"], at):
        came(user, kept["companies"], at)
