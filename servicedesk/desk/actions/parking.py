"""Parking 挂账: what cannot be solved now is kept until a planned day, on somebody else's approval, and
looked at every quarter meanwhile. It is reported apart, and never as kept in time by the first promise."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.frame import lock
from servicedesk.desk.actions.intake import need
from servicedesk.desk.actions.timing import pause, resume
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event
from servicedesk.desk.permissions import PARKED


@transaction.atomic
def ask_park(
    case: Case,
    *,
    by: User,
    at: datetime,
    reason: str,
    basis: str,
    until: datetime,
    version: int | None = None,
) -> Event:
    """Ask to park the matter until a planned day; every clock goes on until that is approved."""
    work = begin(case, "ask_park", by=by, at=at, version=version)
    if until <= at:
        raise BadInput("ends-before-it-begins", _("The planned day must lie ahead."), "until")
    asked = {"reason": need(reason, "reason"), "basis": need(basis, "basis"), "until": until.isoformat()}
    work.case.opening |= {"parking": asked}
    return work.finish(body=asked["reason"], until=asked["until"], basis=asked["basis"])


@transaction.atomic
def refuse_park(case: Case, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    work = begin(case, "refuse_park", by=by, at=at, version=version)
    work.case.opening.pop("parking", None)
    return work.finish(body=need(reason, "reason"))


def asked_for(case: Case) -> dict[str, Any] | None:
    """What the office asked for when it asked to park: reason, basis, until; None where it did not."""
    asked = case.opening.get("parking")
    return {**asked, "until": parse_datetime(asked["until"])} if asked else None


@transaction.atomic
def park(
    case: Case,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    basis: str = "",
    until: datetime | None = None,
    version: int | None = None,
) -> Event:
    """Park until a planned day, as the office asked or as whoever approves puts it."""
    asked = asked_for(case) or {}
    until = until or asked.get("until")
    if until is None:
        raise BadInput("required", _("Say until when."), "until")
    event = pause(
        case,
        by=by,
        at=at,
        category=PARKED,
        reason=reason.strip() or asked.get("reason", ""),
        basis=basis.strip() or asked.get("basis", ""),
        planned_until=until,
        version=version,
        verb="park",
    )
    locked = lock(case)
    locked.opening.pop("parking", None)
    locked.save(update_fields=["opening"])
    return event


@transaction.atomic
def review_parked(case: Case, *, by: User, at: datetime, text: str, version: int | None = None) -> Event:
    """Log the quarterly review of a parked matter; the next one is due from today."""
    work = begin(case, "review_parked", by=by, at=at, version=version)
    return work.finish(public=True, body=need(text))


@transaction.atomic
def unpark(case: Case, *, by: User, at: datetime, version: int | None = None) -> Event:
    return resume(case, by=by, at=at, category=PARKED, version=version, verb="unpark")
