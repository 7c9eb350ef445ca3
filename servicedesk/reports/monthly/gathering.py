"""Everything a monthly report tells, counted by the functions of the SLA report; plain values, no words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from servicedesk.accounts.models import Office
from servicedesk.desk.registry import CaseKind, kinds
from servicedesk.desk.wording import spoken
from servicedesk.reports.counting import Counted, counted
from servicedesk.reports.monthly.lists import Repeated, Worst, repeated, worst
from servicedesk.reports.monthly.months import shifted
from servicedesk.reports.names import names_of
from servicedesk.reports.percentiles import Times
from servicedesk.reports.scope import KIND, OFFICE, Scope
from servicedesk.reports.shares import Share
from servicedesk.reports.standing import BANDS
from servicedesk.reports.trend import trend

# The desk's own languages.
LANGUAGES = ("zh-hans", "en")
Names = dict[str, str]
FLOW = ("received", "closed", "open", "late")
PROMISES = ("due", "broken", "broken_first", "passed_on")
RESULTS = ("answers", "solved", "rated", "satisfied", "unreached")
AGES = tuple(f"age_{band}" for band in range(len(BANDS)))
# Counted as they stand when the report is made: not to be compared with another day.
OF_THE_DAY = ("paused", "parked")
TIMES = ("timed", "p50", "p80", "p95")


@dataclass(frozen=True)
class Row:
    """One row: what it stands for, and its numbers; seconds where a number is a time."""

    key: str
    names: Names
    numbers: dict[str, int | None]

    def number(self, name: str) -> int:
        return self.numbers.get(name) or 0

    def seconds(self, name: str) -> int | None:
        return self.numbers.get(name)

    @property
    def kept(self) -> Share:
        return Share(self.number("due") - self.number("broken"), self.number("due"))

    @property
    def kept_first(self) -> Share:
        return Share(self.number("due") - self.number("broken_first"), self.number("due"))

    @property
    def solved(self) -> Share:
        return Share(self.number("solved"), self.number("answers"))

    @property
    def satisfied(self) -> Share:
        return Share(self.number("satisfied"), self.number("rated"))


@dataclass(frozen=True)
class Gathered:
    now: Row
    before: Row
    year: Row
    limits: list[Row] = field(default_factory=list)
    kinds: list[Row] = field(default_factory=list)
    offices: list[Row] = field(default_factory=list)
    towns: list[Row] = field(default_factory=list)
    topics: list[Row] = field(default_factory=list)
    months: list[Row] = field(default_factory=list)
    worst: list[Worst] = field(default_factory=list)
    repeated: list[Repeated] = field(default_factory=list)


def gathered(scope: Scope, at: datetime) -> Gathered:
    """Count the month of `scope`; a fixed number of queries for the kinds there are."""
    found = counted(scope)
    return Gathered(
        now=total_row("now", found),
        before=total_row("before", counted(shifted(scope, -1))),
        year=total_row("year", counted(shifted(scope, -12))),
        limits=_limit_rows(found),
        kinds=[] if scope.kind else _rows(KIND, counted(replace(scope, group=KIND))),
        offices=_by_code(_rows(OFFICE, found)),
        towns=_by_dimension(scope, "town"),
        topics=_by_dimension(scope, "topic"),
        months=_month_rows(scope),
        worst=worst(scope),
        repeated=repeated(scope, list(of_kinds(scope, "topic"))),
    )


def total_row(key: str, found: Counted) -> Row:
    return Row(key, {}, _numbers(found.total, found.time))


def _numbers(numbers: Mapping[str, int], times: Times | None) -> dict[str, int | None]:
    """The numbers of one row with its times, in whole seconds."""
    spent = times or Times()
    seconds = {name: None if value is None else round(value) for name, value in _fractions(spent)}
    counts = {name: numbers.get(name, 0) for name in (*FLOW, *PROMISES, *RESULTS, *AGES, *OF_THE_DAY)}
    return {**counts, "timed": spent.n, **seconds}


def _fractions(times: Times) -> Iterable[tuple[str, float | None]]:
    return (("p50", times.p50), ("p80", times.p80), ("p95", times.p95))


def _rows(path: str, found: Counted) -> list[Row]:
    names = named(path, list(found.rows))
    return [Row(str(key), names[key], _numbers(found.rows[key], found.times.get(key))) for key in names]


def named(path: str, keys: list[Any]) -> dict[Any, Names]:
    """What each value is called in every language of the desk, in the order of its register."""
    said = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = names_of(path, keys)
    return {key: {language: said[language][key] for language in LANGUAGES} for key in said[LANGUAGES[0]]}


def _by_code(rows: list[Row]) -> list[Row]:
    """Offices by their codes, which stay the same in every database."""
    codes = dict(Office.objects.values_list("pk", "code"))
    return [replace(row, key=codes[int(row.key)]) for row in rows]


def _limit_rows(found: Counted) -> list[Row]:
    clock_names: dict[str, Names] = {limit.key: {} for limit in found.limits}
    labels = {kind.code: kind.label for kind in kinds()}
    several = len({limit.kind for limit in found.limits}) > 1
    for language in LANGUAGES:
        with override(language):
            for limit in found.limits:
                name = _clock_name(limit)
                kind = str(labels.get(limit.kind, limit.kind))
                clock_names[limit.key][language] = f"{kind} · {name}" if several else name
    return [
        Row(limit.key, clock_names[limit.key], _numbers(limit.numbers, limit.times)) for limit in found.limits
    ]


def _clock_name(limit: Any) -> str:
    """The promise as its kind declares it, in the active language; else as its clocks were labelled."""
    for kind in kinds():
        if kind.code == limit.kind and isinstance(kind.clocks, tuple):
            for clock in kind.clocks:
                if clock.code == limit.code:
                    return str(clock.label)
    return spoken(limit.labels) or str(limit.name)


def of_kinds(scope: Scope, dimension: str) -> Iterable[tuple[CaseKind, str]]:
    """Kinds of the report that have the dimension, with its path."""
    for kind in [scope.kind] if scope.kind else kinds():
        for name, path, _label in kind.dimensions:
            if name == dimension and not kind.internal:
                yield kind, path


def _by_dimension(scope: Scope, dimension: str) -> list[Row]:
    """Rows of every value of the dimension; matters of which nobody said it stand under “-”."""
    found: list[Row] = []
    for kind, path in of_kinds(scope, dimension):
        rows = _rows(path, counted(replace(scope, kind=kind, group=path)))
        found += [replace(row, key="-" if row.key == "None" else row.key) for row in rows]
    return found


def _month_rows(scope: Scope) -> list[Row]:
    """The twelve months up to this one."""
    rows = []
    for month in trend(scope):
        name = f"{timezone.localdate(month.scope.since):%Y-%m}"
        kept = month.kept
        numbers: dict[str, int | None] = {
            "received": month.received,
            "closed": month.closed,
            "due": kept.whole,
            "broken": kept.whole - kept.part,
        }
        rows.append(Row(name, dict.fromkeys(LANGUAGES, name), numbers))
    return rows
