"""The numbers of a report, each counted by its definition in a fixed number of grouped queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from servicedesk.desk.models import Clock
from servicedesk.desk.registry import kinds
from servicedesk.desk.wording import spoken
from servicedesk.reports import answers, standing
from servicedesk.reports.facts import refresh
from servicedesk.reports.judging import LIMIT, Judged, Numbers, grouped_by, judge
from servicedesk.reports.percentiles import Key, Times, times_by
from servicedesk.reports.promises import is_measured, leading_facts
from servicedesk.reports.scope import OFFICE, Scope

NOTHING = Times()
STANDING = dict.fromkeys(
    ("received", "closed", "open", "late", "paused", "parked", "unreached")
    + tuple(f"age_{band}" for band in range(len(standing.BANDS))),
    0,
)


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


# --- where cases stand -----------------------------------------------------------------------------


def standing_by_group(scope: Scope) -> dict[Any, Numbers]:
    refresh()
    return _standing(scope)


def _standing(scope: Scope) -> dict[Any, Numbers]:
    """Each by a question of its own, so that each finds the index that leads to its few cases."""
    marks = standing.borders(scope.end)
    ages = {f"age_{band}": standing.aged(scope, band, marks) for band in range(len(standing.BANDS))}
    unreached = Count("pk", filter=standing.unreached(scope))
    found = merged(
        _cases(scope, standing.received(scope), received=Count("pk")),
        _cases(scope, standing.closed(scope), closed=Count("pk"), unreached=unreached),
        _cases(
            scope,
            standing.was_open(scope),
            open=Count("pk"),
            **{name: Count("pk", filter=condition) for name, condition in ages.items()},
        ),
        _cases(scope, standing.late(scope), late=Count("pk")),
        _cases(scope, standing.paused(scope), paused=Count("pk")),
        _cases(scope, standing.parked(scope), parked=Count("pk")),
    )
    return {key: STANDING | numbers for key, numbers in found.items()}


def _cases(scope: Scope, condition: Q, **asked: Any) -> dict[Any, Numbers]:
    return grouped(scope.case_facts().filter(condition), scope.group_of_facts(), **asked)


# --- how long it took ------------------------------------------------------------------------------


def _times_by_group(scope: Scope) -> dict[Any, Times]:
    """Times of whole matters, by the office the matter is with."""
    path = "handling" if scope.group == OFFICE else scope.group_of_facts()
    return {key: times for (key,), times in times_by(leading_facts(scope), path).items()}


def times_of_all(scope: Scope) -> Times:
    refresh()
    return _times(scope)


def _times(scope: Scope) -> Times:
    return times_by(leading_facts(scope)).get((), NOTHING)


def _times_by_limit(scope: Scope) -> dict[Key, Times]:
    return times_by(scope.clock_facts().filter(is_measured(scope)), *LIMIT)


@dataclass(frozen=True)
class Limit:
    """One promise of one kind: its name, its numbers, how long it took, and its name in every language."""

    kind: str
    code: str
    name: str
    numbers: Numbers
    times: Times
    labels: Mapping[str, Any] = field(default_factory=dict, compare=False)

    @property
    def key(self) -> str:
        return f"{self.kind}.{self.code}"


def limits_of(scope: Scope, judged: Judged) -> list[Limit]:
    """Every promise that was due, released or done with in the period, in the order the kinds declare."""
    numbers, times = judged.limits, _times_by_limit(scope)
    labels = Clock.objects.in_bulk([row["sample"] for row in numbers.values()])
    found = [
        Limit(key[0], key[1], spoken(said), row, times.get(key, NOTHING), said)
        for key, row in numbers.items()
        for said in [labels[row["sample"]].label]
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
    """Exact as of now; in a number of questions that no amount of cases changes."""
    judged = judge(scope)
    stands = _standing(scope)
    said, rated = words_by_group(scope), ratings_by_group(scope)
    times = _times_by_group(scope)
    total = summed([STANDING, *stands.values(), *said.values(), *rated.values()]) | judged.total
    rows = merged(stands, judged.rows, said, rated, {key: {"timed": found.n} for key, found in times.items()})
    time = _times(scope)
    return Counted(
        rows={key: numbers for key, numbers in rows.items() if any(numbers.values())},
        total=total | {"timed": time.n},
        times=times,
        time=time,
        limits=limits_of(scope, judged),
        has_ratings=bool(answers.rated_paths(scope)),
    )
