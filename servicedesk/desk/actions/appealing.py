"""An office's appeal against what was said of it 申诉复核: a review it holds to be wrong. Every clock goes on
until the centre has decided."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from servicedesk.accounts.models import User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.intake import need
from servicedesk.desk.models import Case, Event

APPEAL = "appeal"


@transaction.atomic
def appeal(case: Case, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    """Say why the review is wrong; one appeal waits at a time."""
    work = begin(case, "appeal", by=by, at=at, version=version)
    work.case.opening |= {APPEAL: {"reason": need(reason, "reason")}}
    return work.finish(body=reason.strip())


@transaction.atomic
def grant_appeal(case: Case, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    """Find the review wrong: it counts no more, and the matter is over."""
    work = begin(case, "grant_appeal", by=by, at=at, version=version)
    work.case.opening.pop(APPEAL, None)
    work.case.outcome = Case.Outcome.NOT_ACCEPTED
    return work.finish(public=True, body=need(reason, "reason"))


@transaction.atomic
def refuse_appeal(case: Case, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    """Find the review right; the office rectifies."""
    work = begin(case, "refuse_appeal", by=by, at=at, version=version)
    work.case.opening.pop(APPEAL, None)
    return work.finish(body=need(reason, "reason"))
