"""The numbers of a report, each counted by its definition in a fixed number of grouped queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q

from servicedesk.desk.models import Clock
from servicedesk.desk.models.clock import ClockQuerySet
from servicedesk.desk.registry import kinds
from servicedesk.desk.wording import spoken
from servicedesk.reports import answers, promises, standing
from servicedesk.reports.percentiles import Key, Times, times_by
from servicedesk.reports.scope import Scope

Numbers = dict[str, int]
NOTHING = Times()
LIMIT = ("case__kind", "code")


def merged(*parts: dict[Any, Numbers]) -> dict[Any, Numbers]:
    """The numbers of each key together; what a part does not know of a key is nothing."""
    found: dict[Any, Numbers] = {}
    for part in parts:
        for key, numbers in part.items():
            found.setdefault(key, {}).update(numbers)
    return found


def summed(rows: Iterable[Numbers]) -> Numbers:
    found: Numbers = {}
    for row in rows:
        for name, number in row.items():
            found[name] = found.get(name, 0) + number
    return found


def grouped(rows: Any, path: str, **asked: Any) -> dict[Any, Numbers]:
    """The aggregates asked for, by the value of `path`."""
    return {key: numbers for (key,), numbers in grouped_by(rows, (path,), **asked).items()}


def grouped_by(rows: Any, paths: Sequence[str], **asked: Any) -> dict[Key, Numbers]:
    found = rows.order_by().values(*paths).annotate(**asked)
    return {tuple(row[path] for path in paths): {name: row[name] for name in asked} for row in found}


# --- where cases stand -----------------------------------------------------------------------------


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
    touched = asked["received"] | asked["closed"] | asked["open"] | standing.open_now()
    counts = {name: Count("pk", filter=condition) for name, condition in asked.items()}
    return grouped(scope.cases().filter(touched), scope.group_of(), **counts)


# --- promises --------------------------------------------------------------------------------------


def _judging(scope: Scope) -> tuple[ClockQuerySet, dict[str, Count]]:
    """The promises of the period, and how each number of theirs is counted: in cases."""
    due, released = promises.is_due(scope), promises.is_released(scope)
    conditions = {"due": due, "broken": due & promises.BROKEN_LAST, "passed_on": released}
    asked = {name: _cases(condition) for name, condition in conditions.items()}
    return scope.clocks().filter(due | released), asked


def _cases(condition: Q) -> Count:
    return Count("case", distinct=True, filter=condition)


Missed = list[tuple[int, Any, Key]]


def missed_first(scope: Scope) -> Missed:
    """(case, group, limit) of every first date that was missed: few beside all that are due."""
    group = f"clock__{scope.group_of('case__')}"
    kind, code = (f"clock__{path}" for path in LIMIT)
    rows = promises.missed_first(scope).order_by().values_list("clock__case", group, kind, code)
    return [(case, key, (kind, code)) for case, key, kind, code in rows]


def cases_by(pairs: Iterable[tuple[Any, int]]) -> dict[Any, Numbers]:
    """How many cases missed a first date, each once under each key."""
    return {key: {"broken_first": n} for key, n in Counter(key for key, _case in set(pairs)).items()}


def promises_by_group(scope: Scope, missed: Missed) -> dict[Any, Numbers]:
    clocks, asked = _judging(scope)
    found = grouped(clocks, scope.group_of("case__"), **asked)
    return merged(found, cases_by((group, case) for case, group, _limit in missed))


def promises_of_all(scope: Scope, missed: Missed) -> Numbers:
    """A case in two offices' rows is one case: this is no sum of the rows."""
    clocks, asked = _judging(scope)
    return clocks.order_by().aggregate(**asked) | {"broken_first": len({case for case, *_rest in missed})}


def promises_by_limit(scope: Scope, missed: Missed) -> dict[Key, Numbers]:
    """Beside the numbers, `sample` is a clock of the limit, whose label is the limit's name."""
    clocks, asked = _judging(scope)
    measured = promises.is_measured(scope)
    asked |= {"measured": _cases(measured)}
    rows = grouped_by(clocks | scope.clocks().filter(measured), LIMIT, **asked, sample=Max("pk"))
    return merged(rows, cases_by((limit, case) for case, _group, limit in missed))


# --- how long it took ------------------------------------------------------------------------------


def times_by_group(scope: Scope) -> dict[Any, Times]:
    """Times of whole matters, by the office the matter is with."""
    found = times_by(promises.leading(scope), f"case__{scope.group}")
    return {key: times for (key,), times in found.items()}


def times_of_all(scope: Scope) -> Times:
    return times_by(promises.leading(scope)).get((), NOTHING)


def times_by_limit(scope: Scope) -> dict[Key, Times]:
    return times_by(promises.measured(scope), *LIMIT)


@dataclass(frozen=True)
class Limit:
    """One promise of one kind: its name, its numbers, and how long it took."""

    kind: str
    code: str
    name: str
    numbers: Numbers
    times: Times

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.code}"


def limits_of(scope: Scope, missed: Missed) -> list[Limit]:
    """Every promise that was due, released or done with in the period, in the order the kinds declare."""
    numbers, times = promises_by_limit(scope, missed), times_by_limit(scope)
    labels = Clock.objects.in_bulk([row["sample"] for row in numbers.values()])
    found = [
        Limit(key[0], key[1], spoken(labels[row["sample"]].label), row, times.get(key, NOTHING))
        for key, row in numbers.items()
    ]
    order = declared()
    return sorted(found, key=lambda limit: (order.get((limit.kind, limit.code), len(order)), limit.key))


def declared() -> dict[tuple[str, str], int]:
    """The place of each clock in the declarations of the kinds, where these are fixed."""
    clocks = [
        (kind.code, clock.code) for kind in kinds() if isinstance(kind.clocks, tuple) for clock in kind.clocks
    ]
    return {key: place for place, key in enumerate(clocks)}


# --- what applicants said --------------------------------------------------------------------------


def words_by_group(scope: Scope) -> dict[Any, Numbers]:
    asked = {"answers": Count("pk"), "solved": Count("pk", filter=Q(outcome=answers.SOLVED))}
    return grouped(answers.last_words(scope), scope.group_of("case__"), **asked)


def ratings_by_group(scope: Scope) -> dict[Any, Numbers]:
    if not answers.rated_paths(scope):
        return {}
    asked = {"rated": Count("pk"), "satisfied": Count("pk", filter=answers.satisfied(scope))}
    return grouped(answers.rated(scope), scope.group_of(), **asked)


@dataclass(frozen=True)
class Counted:
    """Everything the tables of a report are made of, by the value its rows stand for."""

    rows: dict[Any, Numbers]
    total: Numbers
    times: dict[Any, Times]
    time: Times
    limits: Sequence[Limit]
    has_ratings: bool


def counted(scope: Scope) -> Counted:
    missed = missed_first(scope)
    stands, judged = standing_by_group(scope), promises_by_group(scope, missed)
    said, rated = words_by_group(scope), ratings_by_group(scope)
    times = times_by_group(scope)
    total = summed([*stands.values(), *said.values(), *rated.values()]) | promises_of_all(scope, missed)
    rows = merged(stands, judged, said, rated, {key: {"timed": found.n} for key, found in times.items()})
    time = times_of_all(scope)
    return Counted(
        rows={key: numbers for key, numbers in rows.items() if any(numbers.values())},
        total=total | {"timed": time.n},
        times=times,
        time=time,
        limits=limits_of(scope, missed),
        has_ratings=bool(answers.rated_paths(scope)),
    )
