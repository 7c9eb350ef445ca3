"""Undoing a dispatch within minutes, before the office has begun: nothing of it counts for or against the
office, and the time it took is the centre's own."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from servicedesk.accounts.models import User
from servicedesk.desk import undoing
from servicedesk.desk.actions import taking_back
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.frame import Work, centre
from servicedesk.desk.actions.intake import fresh_round, hand_over
from servicedesk.desk.errors import WrongState
from servicedesk.desk.models import Case, Event


@transaction.atomic
def recall(case: Case, *, by: User, at: datetime, version: int | None = None) -> Event:
    """Take a matter back that was dispatched a moment ago. The office's clocks end as passed on; those the
    dispatch had stopped go on as if it had not been: the centre's time has run all along. The applicant, who
    was told of the office and its dates, is told that they no longer hold."""
    work = begin(case, "recall", by=by, at=at, version=version)
    undone = undoing.dispatched(work.case, work.kind, at)
    if undone is None:
        raise WrongState("too-late", undoing.too_late(work.kind))
    before = work.case.office.code
    _steps_back(work, undone)
    work.params |= {"from": before, "undone": undone.seq}
    event = work.finish(public=True)
    taking_back.tell_office(event, undone, at)
    return event


def _steps_back(work: Work, undone: Event) -> None:
    case = work.case
    work.return_steps(undoing.RECALLED)
    hand_over(work, centre())
    if case.accepted_at == undone.effective_at:
        case.accepted_at = None
    first = work.kind.steps_of(case.opening)[0].code
    work.next_round(first)
    fresh_round(work)
    work.start_ready()
    # The new round is where the centre stands, and what its clocks now belong to.
    work.step = work.running(first)
    stopped = undone.params.get("stopped", [])
    work.gone_on = frozenset((each["code"], each["round"]) for each in stopped)
