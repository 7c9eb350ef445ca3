"""What the law does by itself when a term runs out: silence is acceptance (行政许可法 32), a permit
without works lapses (建筑法 9). It is true from its legal moment whatever the software does; these functions
only record it, before anybody acts on the case, when its page is opened, and with every sweep."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from operator import itemgetter

from django.db import transaction
from django.db.models import Q

from servicedesk.desk.actions.frame import Work, lock
from servicedesk.desk.dossier import last_of
from servicedesk.desk.models import Case, Clock, Event
from servicedesk.desk.moves import next_state
from servicedesk.desk.registry import kind_of, kinds

log = logging.getLogger(__name__)

# A term that ran out unanswered was not kept: its clock stops the moment after its due one.
AFTER = timedelta(seconds=1)
DEEMED_ACCEPTED, LAPSE = "deem_accepted", "lapse"


def pending_request(case: Case, clock: Clock) -> Event | None:
    """The request for more time that was made in time and is not answered yet."""
    last = last_of(case, "ask_extension", "extend", "refuse_extension")
    if last is None or last.verb != "ask_extension" or clock.due_at is None:
        return None
    return last if last.effective_at <= clock.due_at else None


def befallen(case: Case, at: datetime) -> tuple[str, Clock] | None:
    """What the law has done to this case by `at` and nobody recorded yet: the verb, and the clock that ran
    out. A request for more time made in time holds it up until it is answered (行政许可法 50 in its spirit,
    建筑工程施工许可管理办法 8)."""
    by_law = kind_of(case.kind).by_law
    if not by_law or case.state in {Case.State.DRAFT, Case.State.CLOSED}:
        return None
    ran_out = [
        (clock.due_at, clock.pk, clock)
        for clock in case.clocks.all()
        if clock.stopped_at is None and clock.code in by_law and clock.due_at and clock.due_at < at
    ]
    for _due, _pk, clock in sorted(ran_out, key=itemgetter(0, 1)):
        verb = by_law[clock.code]
        if next_state(verb, case.state) is not None and pending_request(case, clock) is None:
            return verb, clock
    return None


def befall(case: Case, at: datetime) -> Event | None:
    """Record on a locked case what the law has done to it by `at`; None where it has done nothing."""
    found = befallen(case, at)
    if found is None:
        return None
    verb, clock = found
    assert clock.due_at is not None
    # Silence is acceptance from the day the papers arrived; what lapses does so when the term ends.
    counts = clock.started_at if verb == DEEMED_ACCEPTED else clock.due_at
    work = Work(case, verb, None, at, counts)
    work.clocks_stop_at = clock.due_at + AFTER
    if verb == DEEMED_ACCEPTED:
        case.accepted_at = counts
        work.step = work.running(work.kind.at_step.get("accept"))
        if work.step is not None:
            work.complete(work.step, "deemed")
    else:
        case.outcome = Case.Outcome.LAPSED
    return work.finish(public=True, body=clock.basis, clock=clock.code, due=clock.due_at.isoformat())


@transaction.atomic
def take_effect(case: Case, *, at: datetime) -> Event | None:
    """Lock the case and record what the law has done to it by `at`; None where nothing, or nothing new."""
    return befall(lock(case), at) if befallen(case, at) else None


def caught_up(case: Case, at: datetime) -> bool:
    """Record, as its page is opened, what the law has done to the case; whether there was anything."""
    return befallen(case, at) is not None and _recorded(case, at)


def _recorded(case: Case, at: datetime) -> bool:
    try:
        return take_effect(case, at=at) is not None
    except Exception:  # the loop's edge: one case that cannot be recorded must not hold up the others
        log.exception("What the law did to case %s could not be recorded.", case.pk)
        return False


def take_effect_everywhere(at: datetime) -> int:
    """Record it for every case where a term of that kind has run out; return for how many."""
    ran_out = Q()
    for kind in kinds():
        if kind.by_law:
            ran_out |= Q(case__kind=kind.code, code__in=list(kind.by_law))
    if not ran_out:
        return 0
    due = Clock.objects.overdue(at).filter(ran_out).order_by("due_at").select_related("case")
    return sum(_recorded(clock.case, at) for clock in due)
