"""The numbers of a month anybody may read: counted by the definitions of the report, for the whole city.

Complaints about offices are among them: a total tells nobody of whom somebody complained."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from servicedesk.reports import counting, standing
from servicedesk.reports.judging import judge
from servicedesk.reports.models import OpenMonth
from servicedesk.reports.monthly.months import complete_months, this_month
from servicedesk.reports.periods import midnight, moved
from servicedesk.reports.scope import Scope
from servicedesk.reports.shares import Share

MONTHS = 12
# A month that no report froze is counted anew after so many seconds; the running one sooner.
GROWS_OLD, RUNNING_GROWS_OLD = 20 * 3600, 300
Numbers = dict[str, int | None]


def city(month: date, at: datetime) -> Scope:
    return Scope(since=midnight(month), until=midnight(moved(month, 1)), at=at)


@dataclass(frozen=True)
class Promised:
    """What came in, was closed, is open, and how the promises that were due were kept."""

    received: int
    closed: int
    open: int
    due: int
    broken: int
    broken_first: int

    @property
    def kept(self) -> Share:
        return Share(self.due - self.broken, self.due)

    @property
    def kept_first(self) -> Share:
        return Share(self.due - self.broken_first, self.due)


def promised(scope: Scope) -> Promised:
    """The one count of “on time” for the home page, the open figures and the report."""
    kept, cases = judge(scope).total, scope.case_facts()
    return Promised(
        received=cases.filter(standing.received(scope)).count(),
        closed=cases.filter(standing.closed(scope)).count(),
        open=cases.filter(standing.was_open(scope)).count(),
        due=kept["due"],
        broken=kept["broken"],
        broken_first=kept["broken_first"],
    )


def public_numbers(month: date, at: datetime) -> Numbers:
    """The numbers of one month; `p50` is in seconds of office time, None where nothing was measured."""
    scope = city(month, at)
    found = promised(scope)
    said = counting.summed(counting.words_by_group(scope).values())
    rated = counting.summed(counting.ratings_by_group(scope).values())
    times = counting.times_of_all(scope)
    return {
        **asdict(found),
        **{name: said.get(name, 0) for name in ("answers", "solved")},
        **{name: rated.get(name, 0) for name in ("rated", "satisfied")},
        "timed": times.n,
        "p50": None if times.p50 is None else round(times.p50),
    }


def keep_months(at: datetime, most: int = 2) -> int:
    """Count this month, and those of the last twelve that are missing or old, a few at a time; return how
    many. What a report froze stays as it was reported."""
    months = [this_month(at), *complete_months(at, MONTHS)]
    known = OpenMonth.objects.in_bulk(months, field_name="month")
    stale = [month for month in months if _is_stale(month, known.get(month), at)]
    for month in stale[:most]:
        keep(month, public_numbers(month, at), at)
    return len(stale[:most])


def _is_stale(month: date, row: OpenMonth | None, at: datetime) -> bool:
    if row is None:
        return True
    ends = midnight(moved(month, 1))
    age = (at - row.counted_at).total_seconds()
    # Counted while the month ran, and now it is over.
    if row.counted_at < ends <= at:
        return row.report_id is None
    return row.report_id is None and age > (RUNNING_GROWS_OLD if at < ends else GROWS_OLD)


@transaction.atomic
def keep(month: date, numbers: Numbers, at: datetime, report: int | None = None) -> None:
    """Write the numbers of a month down, unless a report froze them meanwhile."""
    told = {"numbers": numbers, "counted_at": at, "report_id": report}
    if not OpenMonth.objects.filter(month=month, report=None).update(**told):
        OpenMonth.objects.bulk_create([OpenMonth(month=month, **told)], ignore_conflicts=True)


def open_months(at: datetime) -> list[OpenMonth]:
    """The last twelve complete months that were counted, the newest first: one query, whatever there is."""
    since = complete_months(at, MONTHS)[-1]
    until = timezone.localdate(at)
    rows = OpenMonth.objects.filter(month__gte=since, month__lt=until.replace(day=1))
    return list(rows.select_related("report").defer("report__content").order_by("-month"))
