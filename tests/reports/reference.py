"""The figures counted the slow and plain way: straight from the engine's tables, as they stand, with nothing
kept beside them. What the reports say must be this, number by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q
from django.db.models.functions import TruncMonth
from django.utils import timezone

from servicedesk.desk.models import Case, Promise
from servicedesk.desk.wording import spoken
from servicedesk.reports import answers, standing
from servicedesk.reports.counting import Counted, Limit, merged, ratings_by_group, summed, words_by_group
from servicedesk.reports.keeping import UNDONE
from servicedesk.reports.percentiles import Key, Times, times_by
from servicedesk.reports.promises import BROKEN_LAST, OURS, PASSED_ON, RELEASED
from servicedesk.reports.scope import Scope, public_clocks

Numbers = dict[str, int]
LIMIT = ("case__kind", "code")


def due(scope: Scope) -> Q:
    return scope.within("due_at") & OURS & ~RELEASED


def released(scope: Scope) -> Q:
    return scope.within("stopped_at") & OURS & RELEASED & ~UNDONE


def measured(scope: Scope) -> Q:
    return scope.within("stopped_at") & OURS & ~PASSED_ON & Q(used__isnull=False)


def leading(scope: Scope) -> Any:
    other = public_clocks().filter(case=OuterRef("case"), used__isnull=False).exclude(PASSED_ON)
    longer = other.filter(Q(used__gt=OuterRef("used")) | Q(used=OuterRef("used"), pk__gt=OuterRef("pk")))
    clocks = public_clocks().filter(scope.near("case__"), scope.about("case__"))
    done = clocks.filter(measured(scope), case__state__in=[Case.State.DECIDED, Case.State.CLOSED])
    return done.filter(~Exists(longer))


def missed_first(scope: Scope) -> list[tuple[int, Any, Key]]:
    """(case, group, limit) of every first date ever told that was missed, of the promises due."""
    earlier = Promise.objects.filter(clock=OuterRef("clock"), due_at__isnull=False, pk__lt=OuterRef("pk"))
    missed = Q(clock__stopped_at=None, due_at__lt=scope.at) | Q(clock__stopped_at__gt=F("due_at"))
    judged = scope.clocks().filter(due(scope)).order_by()
    rows = Promise.objects.filter(missed, clock__in=judged).filter(~Exists(earlier)).order_by()
    paths = (f"clock__{scope.group_of('case__')}", *(f"clock__{path}" for path in LIMIT))
    return [(case, key, (kind, code)) for case, key, kind, code in rows.values_list("clock__case", *paths)]


def grouped_by(rows: Any, paths: Sequence[str], **asked: Any) -> dict[Key, Numbers]:
    found = rows.order_by().values(*paths).annotate(**asked)
    return {tuple(row[path] for path in paths): {name: row[name] for name in asked} for row in found}


def grouped(rows: Any, path: str, **asked: Any) -> dict[Any, Numbers]:
    return {key: numbers for (key,), numbers in grouped_by(rows, (path,), **asked).items()}


def cases_by(pairs: Iterable[tuple[Any, int]]) -> dict[Any, Numbers]:
    return {key: {"broken_first": n} for key, n in Counter(key for key, _case in set(pairs)).items()}


def standing_by_group(scope: Scope) -> dict[Any, Numbers]:
    marks = standing.borders(scope.end)
    asked = {
        "received": standing.received(scope),
        "closed": standing.closed(scope),
        "open": standing.was_open(scope),
        "late": standing.late(scope),
        "paused": standing.paused(scope),
        "parked": standing.parked(scope),
        "unreached": standing.unreached(scope),
        **{f"age_{band}": standing.aged(scope, band, marks) for band in range(len(standing.BANDS))},
    }
    counts = {name: Count("pk", filter=condition) for name, condition in asked.items()}
    return grouped(scope.cases(), scope.group_of(), **counts)


def judging(scope: Scope) -> tuple[Any, dict[str, Any]]:
    conditions = {"due": due(scope), "broken": due(scope) & BROKEN_LAST, "passed_on": released(scope)}
    asked = {name: _cases(condition) for name, condition in conditions.items()}
    return scope.clocks().filter(due(scope) | released(scope)), asked


def _cases(condition: Q) -> Count:
    return Count("case", distinct=True, filter=condition)


def limits_of(scope: Scope, missed: list[tuple[int, Any, Key]]) -> list[Limit]:
    clocks, asked = judging(scope)
    asked |= {"measured": _cases(measured(scope))}
    rows = grouped_by(clocks | scope.clocks().filter(measured(scope)), LIMIT, **asked, sample=Max("pk"))
    numbers = merged(rows, cases_by((limit, case) for case, _group, limit in missed))
    times = times_by(scope.clocks().filter(measured(scope)), *LIMIT)
    return [
        Limit(key[0], key[1], spoken(_label(row)), row, times.get(key, Times()))
        for key, row in numbers.items()
    ]


def _label(row: Numbers) -> Any:
    return public_clocks().get(pk=row["sample"]).label


def counted(scope: Scope) -> Counted:
    missed = missed_first(scope)
    clocks, asked = judging(scope)
    judged = merged(
        grouped(clocks, scope.group_of("case__"), **asked),
        cases_by((group, case) for case, group, _limit in missed),
    )
    of_all = clocks.order_by().aggregate(**asked) | {"broken_first": len({case for case, *_ in missed})}
    stands, said, rated = standing_by_group(scope), words_by_group(scope), ratings_by_group(scope)
    times = {key: found for (key,), found in times_by(leading(scope), f"case__{scope.group}").items()}
    time = times_by(leading(scope)).get((), Times())
    rows = merged(stands, judged, said, rated, {key: {"timed": found.n} for key, found in times.items()})
    return Counted(
        rows={key: numbers for key, numbers in rows.items() if any(numbers.values())},
        total=summed([*stands.values(), *said.values(), *rated.values()]) | of_all | {"timed": time.n},
        times=times,
        time=time,
        limits=limits_of(scope, missed),
        has_ratings=bool(answers.rated_paths(scope)),
    )


# --- the trend -------------------------------------------------------------------------------------


def by_month(rows: Any, moment: str, **asked: Any) -> dict[date, Numbers]:
    found = rows.order_by().annotate(month=TruncMonth(moment)).values("month").annotate(**asked)
    return {timezone.localdate(row["month"]): {name: row[name] for name in asked} for row in found}


def trend(scope: Scope) -> dict[date, Numbers]:
    """The numbers of each month that has any, of a scope that holds all the months."""
    clocks = scope.clocks().filter(due(scope))
    asked = {"due": Count("case", distinct=True), "broken": _cases(BROKEN_LAST)}
    return merged(
        by_month(scope.cases().filter(standing.received(scope)), "submitted_at", received=Count("pk")),
        by_month(scope.cases().filter(standing.closed(scope)), "closed_at", closed=Count("pk")),
        by_month(clocks, "due_at", **asked),
    )
