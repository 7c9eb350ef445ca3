"""Looking at masked data: for a reason, which stays in the looker's own chain, whatever page they are on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest

from servicedesk.accounts.models import User
from servicedesk.desk.actions.intake import need
from servicedesk.desk.trail import chain_of_user, record

# A page of a register stays uncovered this long for whoever gave a reason, to be read and corrected.
SHOWN_FOR = timedelta(minutes=10)
UNCOVERED = "uncovered"
MOST = 20


@transaction.atomic
def unmask(of: str, fields: Iterable[str], *, by: User, at: datetime, reason: str) -> None:
    """Log that somebody looked at personal data of one matter or row in full, and why. Raises BadInput
    without a reason."""
    User.objects.select_for_update().get(pk=by.pk)
    facts = {"case": of, "fields": sorted(fields)}
    record(chain_of_user(by), "unmask", at=at, by=by, params=facts, body=need(reason, "reason")[:500])


def uncover(request: HttpRequest, of: str, at: datetime) -> None:
    """Remember in the session that this row may be seen in full for a while."""
    until = (at + SHOWN_FOR).timestamp()
    kept = {name: end for name, end in request.session.get(UNCOVERED, {}).items() if end > at.timestamp()}
    request.session[UNCOVERED] = dict(list(kept.items())[-MOST:]) | {of: until}


def is_uncovered(request: HttpRequest, of: str, at: datetime) -> bool:
    return bool(request.session.get(UNCOVERED, {}).get(of, 0) > at.timestamp())
