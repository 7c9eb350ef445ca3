"""The person behind an account, as a party of their own: a claim is theirs before it is a company's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from servicedesk.accounts.models import User
from servicedesk.desk.models import Membership, Party
from servicedesk.desk.permissions import today


@transaction.atomic
def own_party(user: User, at: datetime) -> Party:
    """The user's own party of sort person, created where there is none yet: twice is one party."""
    User.objects.select_for_update().get(pk=user.pk)
    mine = Membership.objects.filter(
        user=user, party__sort=Party.Sort.PERSON, role=Membership.Role.OWNER, until=None
    )
    found = mine.select_related("party").order_by("pk").first()
    if found is not None:
        return found.party
    party = Party.objects.create(
        name=user.name or user.username,
        sort=Party.Sort.PERSON,
        email=user.email,
        phone=user.phone or "",
        language=user.language,
    )
    Membership.objects.create(user=user, party=party, since=today(at))
    # What was asked before of this user object no longer holds.
    vars(user).pop("_desk_kept", None)
    return party
