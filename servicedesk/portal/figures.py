"""The open figures on the home page, computed from the cases; each has its definition on the figures page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from servicedesk.desk.models import Case, Clock, Limit, Promise
from servicedesk.desk.registry import internal_kinds, own_terms
from servicedesk.desk.words import term_words

KEEP_SECONDS = 300
# What the direct line promises the company, in the order of the walk.
DIRECT_LINE = "direct-line"
PROMISED = ("contact", "opinion", "resolve")
# Closed without our doing: these neither keep nor break a promise.
NOT_OURS = (Case.Outcome.WITHDRAWN, Case.Outcome.MERGED)


@dataclass(frozen=True)
class Figures:
    """`on_time` is a share in percent, or None where nothing was closed: shown as “—”, never as 0 or 100."""

    since: datetime
    at: datetime
    received: int
    closed: int
    open: int
    on_time: float | None


def promised_terms(at: datetime) -> list[tuple[str, str]]:
    """(clock code, term in words) of the direct line on that day; what has no Limit is not promised."""
    valid = Limit.objects.valid(timezone.localdate(at)).filter(subject=DIRECT_LINE, clock__in=PROMISED)
    terms = {code: term_words(term, unit) for code, term, unit in valid.values_list("clock", "term", "unit")}
    return [(code, terms[code]) for code in PROMISED if code in terms]


def month_figures(at: datetime) -> Figures:
    """This month's figures up to `at`, counted anew every five minutes."""
    found: Figures | None = cache.get("portal.figures")
    if found is None or found.at > at or at - found.at > timedelta(seconds=KEEP_SECONDS):
        found = counted(at)
        cache.set("portal.figures", found, KEEP_SECONDS)
    return found


def counted(at: datetime) -> Figures:
    since = timezone.localtime(at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    matters = Case.objects.exclude(kind__in=internal_kinds())
    closed = matters.filter(state=Case.State.CLOSED, closed_at__gte=since, closed_at__lte=at)
    judged = closed.exclude(outcome__in=NOT_OURS)
    judged_count = judged.count()
    kept = judged.filter(~Exists(_broken())).count()
    return Figures(
        since=since,
        at=at,
        received=matters.submitted().filter(submitted_at__gte=since, submitted_at__lte=at).count(),
        closed=closed.count(),
        open=matters.open().count(),
        on_time=100 * kept / judged_count if judged_count else None,
    )


def _broken() -> QuerySet[Clock]:
    """Public clocks that stopped after the first date ever told; the applicant's own terms are no promise."""
    first = Promise.objects.filter(clock=OuterRef("pk")).order_by("pk").values("due_at")[:1]
    ours = Clock.objects.besides(own_terms())
    clocks = ours.filter(case=OuterRef("pk"), public=True, stopped_at__isnull=False)
    return clocks.annotate(first_due=Subquery(first)).filter(stopped_at__gt=F("first_due"))
