"""Where cases stand: what came in, what was closed, what is open, what of it is late, and how old it is.

Each condition may be asked of `Case` and of `CaseFact`, which says the same in less. What only few cases are
at a time (late, standing still, parked) begins with those few."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from servicedesk.clock import Term, walk_back
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Case, Clock, Pause
from servicedesk.desk.permissions import PARKED
from servicedesk.desk.registry import own_terms
from servicedesk.reports.scope import Scope, public_clocks

# Working days since the submission, from and to.
BANDS: tuple[tuple[int, int | None], ...] = ((0, 1), (2, 5), (6, 10), (11, 15), (16, 30), (31, None))


def received(scope: Scope) -> Q:
    return scope.within("submitted_at")


def closed(scope: Scope) -> Q:
    return Q(state=Case.State.CLOSED) & scope.within("closed_at")


def unreached(scope: Scope) -> Q:
    return closed(scope) & Q(outcome=Case.Outcome.UNREACHED)


def ended_by_others(scope: Scope) -> Q:
    return closed(scope) & Q(outcome__in=[Case.Outcome.WITHDRAWN, Case.Outcome.MERGED])


def was_open(scope: Scope) -> Q:
    """Open at the end of the period; now, while it runs."""
    return Q(submitted_at__lt=scope.end) & (Q(closed_at=None) | Q(closed_at__gte=scope.end))


def late(scope: Scope) -> Q:
    """Open then, with a limit of an office that had run out."""
    # That a clock stopped late follows from the rest; said, it lets the database look through these alone.
    running = Q(stopped_at=None) | Q(stopped_at__gte=scope.end, stopped_at__gt=F("due_at"))
    ran_out = Clock.objects.filter(running, due_at__lt=scope.end).besides(own_terms())
    return was_open(scope) & Q(pk__in=ran_out.order_by().values("case"))


def paused(scope: Scope) -> Q:
    """Open now, with a promise that stands still and so has no date."""
    still = public_clocks().filter(stopped_at=None, due_at=None)
    return open_now() & Q(pk__in=still.order_by().values("case"))


def parked(scope: Scope) -> Q:
    """Open now and put aside 挂账 until a planned day."""
    lasting = Q(planned_until=None) | Q(planned_until__gt=scope.at)
    rows = Pause.objects.filter(lasting, category=PARKED, until=None)
    return open_now() & Q(pk__in=rows.order_by().values("case"))


def open_now() -> Q:
    return Q(
        state__in=[Case.State.SUBMITTED, Case.State.SUPPLEMENTING, Case.State.ACCEPTED, Case.State.DECIDED]
    )


def borders(end: datetime) -> list[datetime]:
    """For each band but the last, the moment after which a case was submitted that is no older by `end`."""
    calendar = calendar_of(None, current_version())
    return [
        walk_back(calendar, end, Term(most + 1, "working_days")) for _least, most in BANDS if most is not None
    ]


def aged(scope: Scope, band: int, marks: list[datetime]) -> Q:
    """Open cases of one band; `marks` are the `borders` at the end of the period."""
    found = was_open(scope)
    if band < len(marks):
        found &= Q(submitted_at__gt=marks[band])
    return found & Q(submitted_at__lte=marks[band - 1]) if band else found
