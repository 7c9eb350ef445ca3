"""Counting cases over rows of any table: how many by office or dimension, by promise, and which they are.

A figure declared here is counted and listed by one declaration, so that the two cannot part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from servicedesk.desk.models import Case
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import Words
from servicedesk.reports.figure import Figure
from servicedesk.reports.scope import OFFICE, Scope

Numbers = dict[str, int]
Limit = tuple[str, str]


@dataclass(frozen=True)
class Found:
    """Rows of a scope. `case` leads from them to the case ("" where they are cases), `clock` is the prefix of
    paths over the clock ("" where they are clocks, None where they have none). Where the rows have an office
    that answers for them, `office` is its path; else it is the one the case is with."""

    rows: QuerySet[Any]
    case: str = "case"
    clock: str | None = None
    office: str = ""

    def path(self, group: str) -> str:
        if group == OFFICE and self.office:
            return self.office
        return f"{self.case}__{group}" if self.case else group

    def of_limit(self, limit: str) -> QuerySet[Any]:
        """The rows of one promise, written “kind.code”; all where none is named."""
        if not limit or self.clock is None:
            return self.rows
        kind, _dot, code = limit.partition(".")
        return self.rows.filter(**{f"{self.clock}case__kind": kind, f"{self.clock}code": code})


Rows = Callable[[Scope], Sequence[Found]]


def everything(scope: Scope) -> Q:
    return Q()


@dataclass(frozen=True)
class Tally:
    """The cases of those `rows` for which `when` holds."""

    rows: Rows
    when: Callable[[Scope], Q] = everything

    def cases(self, scope: Scope, limit: str = "") -> CaseQuerySet:
        found = [
            Q(pk__in=each.of_limit(limit).filter(self.when(scope)).order_by().values(each.case or "pk"))
            for each in self.rows(scope)
        ]
        return Case.objects.submitted().filter(reduce(or_, found, Q(pk__in=[])))


Tallies = Mapping[str, Tally]


def figure(name: str, label: Words, meaning: Words, tally: Tally) -> Figure:
    return Figure(name, label, meaning, tally.cases)


def by_group(scope: Scope, tallies: Tallies) -> dict[Any, Numbers]:
    """The number of each tally by the values of the scope's group: one query for each set of rows."""
    found: dict[Any, Numbers] = {}
    for each, asked in _asked(scope, tallies):
        path = each.path(scope.group)
        for row in each.rows.order_by().values(path).annotate(**asked):
            _add(found.setdefault(row[path], {}), row, asked)
    return found


def by_limit(scope: Scope, tallies: Tallies) -> dict[Limit, Numbers]:
    """The number of each tally by (kind, promise)."""
    found: dict[Limit, Numbers] = {}
    for each, asked in _asked(scope, tallies):
        kind, code = f"{each.clock}case__kind", f"{each.clock}code"
        for row in each.rows.order_by().values(kind, code).annotate(**asked):
            _add(found.setdefault((row[kind], row[code]), {}), row, asked)
    return found


def in_all(scope: Scope, tallies: Tallies) -> Numbers:
    """The number of each tally, every case once: no sum of the rows, where two offices answered for one."""
    found: Numbers = {}
    for each, asked in _asked(scope, tallies):
        _add(found, each.rows.order_by().aggregate(**asked), asked)
    return found


def _asked(scope: Scope, tallies: Tallies) -> list[tuple[Found, dict[str, Count]]]:
    """The sets of rows with what is counted of each."""
    shared: dict[Rows, dict[str, Tally]] = {}
    for name, tally in tallies.items():
        shared.setdefault(tally.rows, {})[name] = tally
    return [
        (each, {name: _count(each, tally.when(scope)) for name, tally in named.items()})
        for rows, named in shared.items()
        for each in rows(scope)
    ]


def _count(found: Found, when: Q) -> Count:
    return Count(found.case or "pk", distinct=bool(found.case), filter=when if when else None)


def _add(numbers: Numbers, row: Mapping[str, Any], asked: Mapping[str, Count]) -> None:
    for name in asked:
        numbers[name] = numbers.get(name, 0) + row[name]
