"""What an identity provider says of the companies somebody acts for: its word is proof enough, since the
legal person itself has logged in there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from enterprises import uscc
from enterprises.claims.granting import entered, let_in
from enterprises.claims.owners import Role, lock, note
from servicedesk.accounts import provider_links
from servicedesk.accounts.models import User
from servicedesk.desk.models import Membership
from servicedesk.desk.permissions import today

# What providers call the legal representative, or the legal person itself.
OWNERS = frozenset({"owner", "legal", "legal_person", "legal_representative", "法定代表人", "法人"})
# At one log-in so many companies at most: a provider gone wrong fills no register.
MOST = 50

Claim = tuple[str, str, str]


def provider_claims(userinfo: Mapping[str, Any]) -> list[Claim]:
    """(code, name, role) of every company the provider vouches for; what is no valid code is left out.

    `OIDC_COMPANY_CLAIMS` names where it stands: the list, and in each entry code, name and role. A provider
    that logs in one legal person at a time says the same at the top level."""
    names = settings.OIDC_COMPANY_CLAIMS
    listed = userinfo.get(names["list"])
    entries: Iterable[Any] = listed if isinstance(listed, list) else [userinfo]
    return list(_read(list(entries)[:MOST], names))


def _read(entries: Iterable[Any], names: Mapping[str, str]) -> Iterator[Claim]:
    for entry in entries:
        code = entry.get(names["uscc"]) if isinstance(entry, Mapping) else None
        if not isinstance(code, str) or not uscc.check(code).is_good:
            continue
        name, role = entry.get(names["name"]), entry.get(names["role"])
        number = uscc.normalise(code)
        is_owner = isinstance(role, str) and role.strip().lower() in OWNERS
        said = name.strip()[:120] if isinstance(name, str) else ""
        yield number, said or number, Role.OWNER if is_owner else Role.AGENT


def logged_in(user: User, userinfo: Mapping[str, Any], at: datetime) -> list[Membership]:
    """Confirm the user's memberships as the provider vouches for them; a company the register does not have
    is entered. Called at each log-in through the provider: twice is once."""
    return [_confirm(user, *claim, at) for claim in provider_claims(userinfo)]


@transaction.atomic
def _confirm(user: User, number: str, name: str, role: str, at: datetime) -> Membership:
    company = entered(number, name, at=at, by=user)
    party, on = lock(company.party_id), today(at)
    standing = Membership.objects.current(on).filter(user=user, party=party, is_confirmed=True).first()
    if standing is not None and role in {standing.role, Role.AGENT}:
        return standing
    member = let_in(user, party, role, on)
    note(party, "member_by_provider", by=user, at=at, member=user.pk, role=member.role)
    return member


provider_links.hear(logged_in)
