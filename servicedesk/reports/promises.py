"""Promises that came due, and how they were kept: the one place that says what “in time” means.

A promise is a clock shown to the applicant. It is judged in the period its last date fell into, and it was
kept when it stopped by then; one that still runs past its date is broken. Cases are counted, not clocks: of
a case with two rounds of one limit both must have been kept."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from servicedesk.desk.models import Case, Promise
from servicedesk.desk.models.clock import ClockQuerySet
from servicedesk.reports.scope import Scope, public_clocks

# Ended by the applicant, by another matter or by a telephone nobody answered: these neither keep nor break.
APART = (Case.Outcome.WITHDRAWN, Case.Outcome.MERGED, Case.Outcome.UNREACHED)
# Given back to the centre, passed on, dropped, or broken off to ask for papers and begun anew with them: the
# office did not do what was promised. The clock of the check itself is kept by asking (行政许可法 32).
PASSED_ON = (
    Q(stopped_by__in=["return_to_centre", "transfer", "recall"])
    | (Q(stopped_by="ask_supplement") & ~Q(code="check"))
    | Q(stopped_by__endswith=":returned")
    | Q(stopped_by__endswith=":skipped")
)
# In time it is nobody's breach, for the next office's promise runs; what was late by then stays late. A
# dispatch that was undone never made a promise of the office's.
RELEASED = (PASSED_ON & Q(late=False)) | Q(stopped_by="recall")
BROKEN_LAST = Q(stopped_at=None) | Q(late=True)
OURS = ~Q(case__outcome__in=APART)


def is_due(scope: Scope) -> Q:
    """That the last date fell into the period and that somebody had to keep it."""
    return scope.within("due_at") & OURS & ~RELEASED


def is_released(scope: Scope) -> Q:
    """That an office passed it on in the period, before it was due."""
    return scope.within("stopped_at") & OURS & RELEASED


def is_measured(scope: Scope) -> Q:
    """That it was done with in the period, so that its working time can be told."""
    return scope.within("stopped_at") & OURS & ~PASSED_ON & Q(used__isnull=False)


def judged(scope: Scope) -> ClockQuerySet:
    return scope.clocks().filter(is_due(scope))


def passed_on(scope: Scope) -> ClockQuerySet:
    return scope.clocks().filter(is_released(scope))


def broken_last(scope: Scope) -> ClockQuerySet:
    return judged(scope).filter(BROKEN_LAST)


def missed_first(scope: Scope) -> QuerySet[Promise]:
    """Of the due promises the first dates ever told that passed before the promise was kept.

    Asked from the dates: few are missed, and only of these it matters which was the first."""
    earlier = Promise.objects.filter(clock=OuterRef("clock"), due_at__isnull=False, pk__lt=OuterRef("pk"))
    missed = Q(clock__stopped_at=None, due_at__lt=scope.at) | Q(clock__stopped_at__gt=F("due_at"))
    return Promise.objects.filter(missed, clock__in=judged(scope).order_by()).filter(~Exists(earlier))


def broken_first(scope: Scope) -> ClockQuerySet:
    return scope.clocks().filter(pk__in=missed_first(scope).order_by().values("clock"))


def measured(scope: Scope) -> ClockQuerySet:
    return scope.clocks().filter(is_measured(scope))


def leading(scope: Scope) -> ClockQuerySet:
    """Of each answered or closed case the promise that took the longest: the case's own working time, which
    belongs to the office the case is with."""
    other = public_clocks().filter(case=OuterRef("case"), used__isnull=False).exclude(PASSED_ON)
    longer = other.filter(Q(used__gt=OuterRef("used")) | Q(used=OuterRef("used"), pk__gt=OuterRef("pk")))
    clocks = public_clocks().filter(scope.near("case__"), scope.about("case__"))
    done = clocks.filter(is_measured(scope), case__state__in=[Case.State.DECIDED, Case.State.CLOSED])
    return done.filter(~Exists(longer))


def of_limit(clocks: ClockQuerySet, limit: str) -> ClockQuerySet:
    """The clocks of one limit, written “kind.code”; all of them where none is named."""
    if not limit:
        return clocks
    kind, _dot, code = limit.partition(".")
    return clocks.filter(case__kind=kind, code=code)


def cases_of(clocks: Any) -> Q:
    return Q(pk__in=clocks.order_by().values("case"))
