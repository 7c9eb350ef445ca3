"""Closing what an applicant said nothing about, by a term of the desk's own: a deed of the desk, recorded as
it is done, never "solved". Unlike what the law does by itself it has a brake: after a jump of the machine's
clock, a long standstill, or when far more is due than on any usual day, it waits for a named person."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from servicedesk.accounts.models import User
from servicedesk.desk.actions.frame import Work, lock
from servicedesk.desk.actions.intake import need
from servicedesk.desk.brake import BRAKE, HELD, RELEASED, held, last
from servicedesk.desk.health import last_sweep
from servicedesk.desk.models import Case, Clock, Event
from servicedesk.desk.moves import next_state
from servicedesk.desk.registry import kinds
from servicedesk.desk.trail import record

log = logging.getLogger(__name__)

# More than this at once, or nobody looking for so long, is no ordinary day.
MOST_AT_ONCE = 200
STANDSTILL = timedelta(days=2)
BACKWARDS = timedelta(hours=1)


def due(at: datetime) -> list[Clock]:
    """Clocks of the applicants' own word that have run out on matters still waiting for it."""
    asked = Q(pk=None)
    for kind in kinds():
        if kind.silence:
            asked |= Q(case__kind=kind.code, code__in=list(kind.silence))
    found = Clock.objects.overdue(at).filter(asked).order_by("due_at", "pk").select_related("case")
    silent = {kind.code: kind.silence for kind in kinds()}
    return [clock for clock in found if next_state(silent[clock.case.kind][clock.code], clock.case.state)]


def close_silent(at: datetime) -> int:
    """Close every matter whose applicant had their time to speak; return how many. The brake holds all."""
    found = due(at)
    if not found or held() is not None or _brakes(len(found), at):
        return 0
    return sum(_closed(clock, at) for clock in found)


def _brakes(many: int, at: datetime) -> bool:
    """Pull the brake where this is no ordinary sweep, and say why."""
    before = last_sweep()
    jumped = before is not None and not before - BACKWARDS <= at <= before + STANDSTILL
    if not jumped and many <= max(MOST_AT_ONCE, _let_go(at)):
        return False
    why = "jump" if jumped else "many"
    log.error("Closing %s matters without word is held (%s): somebody must release it.", many, why)
    record(BRAKE, HELD, by=None, at=at, params={"why": why, "many": many})
    return True


def _let_go(at: datetime) -> int:
    """How many a person has just let go: these do not pull the brake again."""
    released = last()
    if released is None or released.verb != RELEASED or at - released.at > STANDSTILL:
        return 0
    return int(released.params.get("many", 0))


@transaction.atomic
def release_brake(*, by: User, at: datetime, reason: str) -> Event:
    """Let go what the brake holds, in a named person's name."""
    return record(BRAKE, RELEASED, by=by, at=at, body=need(reason, "reason"), params={"many": len(due(at))})


@transaction.atomic
def close_one(clock: Clock, at: datetime) -> bool:
    """Close one matter, if its term has run out and it still waits; whether it was closed."""
    case = lock(clock.case)
    still = case.clocks.filter(pk=clock.pk, stopped_at=None, due_at__lt=at).exists()
    if not still or next_state("fall_silent", case.state) is None:
        return False
    work = Work(case, "fall_silent", None, at)
    case.outcome = Case.Outcome.ANSWERED
    work.finish(public=True, clock=clock.code)
    return True


def _closed(clock: Clock, at: datetime) -> bool:
    try:
        return close_one(clock, at)
    except Exception:  # the loop's edge: one matter that cannot be closed must not hold up the others
        log.exception("Case %s could not be closed for silence.", clock.case_id)
        return False
