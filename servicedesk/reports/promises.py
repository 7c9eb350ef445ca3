"""Promises that came due, and how they were kept, as they are asked for; what “in time” means says `keeping`.

Cases are counted, not clocks: of a case with two rounds of one limit both must have been kept. What is asked
for here is derived first where it was touched, so that every list is exact."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from servicedesk.desk.models import Clock
from servicedesk.desk.models.clock import ClockQuerySet
from servicedesk.reports.facts import refresh
from servicedesk.reports.keeping import APART as APART
from servicedesk.reports.keeping import BROKEN_LAST as BROKEN_LAST
from servicedesk.reports.keeping import OURS as OURS
from servicedesk.reports.keeping import PASSED_ON as PASSED_ON
from servicedesk.reports.keeping import RELEASED as RELEASED
from servicedesk.reports.models import ClockFact
from servicedesk.reports.scope import Scope


def is_due(scope: Scope) -> Q:
    """That the last date fell into the period and that somebody had to keep it."""
    return scope.within("due_at")


def is_released(scope: Scope) -> Q:
    """That an office passed it on in the period, before it was due."""
    return scope.within("passed_at")


def is_measured(scope: Scope) -> Q:
    """That it was done with in the period, so that its working time can be told."""
    return scope.within("done_at")


def is_missed(scope: Scope) -> Q:
    """That the first date ever told had passed before the promise was kept."""
    return Q(missed=True) | Q(early_at__lt=scope.at)


def _clocks(facts: Any) -> ClockQuerySet:
    """The clocks of facts that were asked for now, and so are derived now."""
    refresh()
    return Clock.objects.filter(pk__in=facts.order_by().values("clock"))


def judged(scope: Scope) -> ClockQuerySet:
    return _clocks(scope.clock_facts().filter(is_due(scope)))


def passed_on(scope: Scope) -> ClockQuerySet:
    return _clocks(scope.clock_facts().filter(is_released(scope)))


def broken_last(scope: Scope) -> ClockQuerySet:
    return _clocks(scope.clock_facts().filter(is_due(scope), broken=True))


def broken_first(scope: Scope) -> ClockQuerySet:
    return _clocks(scope.clock_facts().filter(is_due(scope) & is_missed(scope)))


def measured(scope: Scope) -> ClockQuerySet:
    return _clocks(scope.clock_facts().filter(is_measured(scope)))


def leading(scope: Scope) -> ClockQuerySet:
    """Of each answered or closed case the promise that took the longest: the case's own working time, which
    belongs to the office the case is with."""
    return _clocks(leading_facts(scope))


def leading_facts(scope: Scope) -> Any:
    facts = ClockFact.objects.filter(scope.about("", "case__"), is_measured(scope), leads=True)
    return facts if scope.offices is None else facts.filter(handling__in=scope.offices)


def of_limit(clocks: ClockQuerySet, limit: str) -> ClockQuerySet:
    """The clocks of one limit, written “kind.code”; all of them where none is named."""
    if not limit:
        return clocks
    kind, _dot, code = limit.partition(".")
    return clocks.filter(case__kind=kind, code=code)


def cases_of(clocks: Any) -> Q:
    return Q(pk__in=clocks.order_by().values("case"))
