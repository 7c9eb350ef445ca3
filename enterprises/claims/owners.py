"""Who owns a company on the desk, and the one chain in which everything about its people stands."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from enterprises import uscc
from enterprises.models import CompanyMerge
from servicedesk.accounts.models import User
from servicedesk.desk.models import Event, Membership, Party
from servicedesk.desk.permissions import is_dispatcher, today
from servicedesk.desk.trail import chain_of_row, record

Role = Membership.Role
# An entry that was merged into one that was merged, and so on: a chain longer than this is a mistake.
MOST_MERGES = 10


def lock(party: Party | int) -> Party:
    """Hold the party, and with it its chain of events, until the transaction ends; return it as it stands."""
    key = party if isinstance(party, int) else party.pk
    return Party.objects.select_for_update(no_key=True).get(pk=key)


def party_of(number: str) -> Party | None:
    """The party of that code; of an entry that was merged away the one it was merged into."""
    found = Party.objects.filter(number=uscc.normalise(number)).first()
    for _turn in range(MOST_MERGES):
        merge = CompanyMerge.objects.filter(duplicate__party=found, undone_at=None).first()
        if merge is None:
            break
        found = merge.survivor.party
    return found


def note(party: Party, verb: str, *, by: User | None, at: datetime, body: str = "", **params: Any) -> Event:
    """Append to the party's chain; the caller holds its lock."""
    return record(chain_of_row(party), verb, by=by, at=at, params=params, body=body)


def owners_of(party: Party | int, on: date) -> list[User]:
    """Confirmed owners on that day, in a fixed order."""
    rows = Membership.objects.current(on).filter(
        party=party, role=Role.OWNER, is_confirmed=True, user__is_active=True
    )
    return list({row.user_id: row.user for row in rows.select_related("user").order_by("pk")}.values())


def is_owner(user: User, party: Party | int, on: date) -> bool:
    return any(owner.pk == user.pk for owner in owners_of(party, on))


def may_keep(user: User, party: Party, at: datetime) -> bool:
    """Whether the user may say who acts for the company: its owners, and the centre."""
    return is_owner(user, party, today(at)) or is_dispatcher(user, today(at))
