"""The open figures of this month on the home page, counted as in the report; their definitions stand on the
figures page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from servicedesk.desk.models import Limit
from servicedesk.desk.words import term_words
from servicedesk.portal.open_figures import Shown, least, shown_count, shown_share
from servicedesk.reports.models import OpenMonth
from servicedesk.reports.monthly.months import this_month
from servicedesk.reports.monthly.public import city, promised
from servicedesk.reports.periods import midnight
from servicedesk.reports.shares import Share

KEEP_SECONDS = 300
# What the sweep counted longer ago is counted anew.
LATELY = timedelta(minutes=30)
# What the direct line promises the company, in the order of the walk.
DIRECT_LINE = "direct-line"
PROMISED = ("contact", "opinion", "resolve")


@dataclass(frozen=True)
class Figures:
    """This month up to `at`; `kept` is of the promises that were due in it."""

    since: datetime
    at: datetime
    received: int
    closed: int
    open: int
    kept: Share
    least: int

    @property
    def on_time(self) -> float | None:
        """In percent, or None where nothing was due: shown as “—”, never as 0 or 100."""
        return self.kept.percent

    @property
    def counts(self) -> list[Shown]:
        """What came in, was closed, and is open, as the public may see it."""
        return [shown_count(number, self.least) for number in (self.received, self.closed, self.open)]

    @property
    def rate(self) -> Shown:
        return shown_share(self.kept, self.least)


def promised_terms(at: datetime) -> list[tuple[str, str]]:
    """(clock code, term in words) of the direct line on that day; what has no Limit is not promised."""
    valid = Limit.objects.valid(timezone.localdate(at)).filter(subject=DIRECT_LINE, clock__in=PROMISED)
    terms = {code: term_words(term, unit) for code, term, unit in valid.values_list("clock", "term", "unit")}
    return [(code, terms[code]) for code in PROMISED if code in terms]


def month_figures(at: datetime) -> Figures:
    """This month's figures up to `at`, at most some minutes old: the sweep counts them, and only where it has
    not is it done here."""
    found: Figures | None = cache.get("portal.figures")
    if found is None or found.at > at or at - found.at > LATELY or found.since != midnight(this_month(at)):
        found = _kept(at) or counted(at)
        cache.set("portal.figures", found, KEEP_SECONDS)
    return found


def _kept(at: datetime) -> Figures | None:
    recent = OpenMonth.objects.filter(month=this_month(at), counted_at__gt=at - LATELY, counted_at__lte=at)
    row = recent.first()
    return _figures(row.counted_at, row.numbers, at) if row else None


def counted(at: datetime) -> Figures:
    return _figures(at, asdict(promised(city(this_month(at), at))), at)


def _figures(counted_at: datetime, numbers: dict[str, Any], at: datetime) -> Figures:
    return Figures(
        since=midnight(this_month(at)),
        at=counted_at,
        received=numbers["received"],
        closed=numbers["closed"],
        open=numbers["open"],
        kept=Share(numbers["due"] - numbers["broken_first"], numbers["due"]),
        least=least(at),
    )
