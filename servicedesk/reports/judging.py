"""How many cases had promises due, broken, missed and passed on: by row, by limit, and together.

A case in two offices' rows is one case, so none of these is a sum of another. Of all offices together the
facts themselves say which row is a case's first in any period, and one walk over the period's rows gives all
three; of some offices the cases have to be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Q

from servicedesk.reports.facts import refresh
from servicedesk.reports.percentiles import Key
from servicedesk.reports.promises import is_due, is_measured, is_missed, is_released
from servicedesk.reports.scope import OFFICE, Scope

Numbers = dict[str, int]
# What the numbers are called, and the fact that says of a row that it counts.
DATED = {
    "due": ("due", Q()),
    "broken": ("broken", Q(broken=True)),
    "broken_first": ("missed", Q(missed=True)),
}
PASSED = {"passed_on": ("passed", Q())}
LIMIT = ("kind", "code")


@dataclass(frozen=True)
class Judged:
    """`limits` have beside their numbers `sample`, a clock of the limit, whose label is the limit's name."""

    rows: dict[Any, Numbers] = field(default_factory=dict)
    limits: dict[Key, Numbers] = field(default_factory=dict)
    total: Numbers = field(default_factory=lambda: dict.fromkeys([*DATED, *PASSED], 0))


def judge(scope: Scope) -> Judged:
    refresh()
    found = _by_marks(scope) if scope.offices is None else _by_cases(scope)
    for key, numbers in _measured(scope).items():
        put = found.limits.setdefault(key, dict.fromkeys([*DATED, *PASSED], 0) | {"sample": 0})
        put |= {"measured": numbers["measured"], "sample": max(put["sample"], numbers["sample"])}
    return found


def grouped_by(rows: Any, paths: Sequence[str], **asked: Any) -> dict[Key, Numbers]:
    found = rows.order_by().values(*dict.fromkeys(paths)).annotate(**asked)
    return {tuple(row[path] for path in paths): {name: row[name] for name in asked} for row in found}


def _first(scope: Scope, what: str, of: str) -> Q:
    """That a row of the period is the first of its case (its office, its limit) in it."""
    before = f"{what}_before_{of}"
    return Q((f"{before}__isnull", True)) | Q((f"{before}__lt", scope.since))


# --- of all offices --------------------------------------------------------------------------------


def _by_marks(scope: Scope) -> Judged:
    facts, paths, found = scope.clock_facts(), (scope.group_of_facts(), *LIMIT), Judged()
    for condition, names in ((is_due(scope), DATED), (is_released(scope), PASSED)):
        asked = dict(_marks(scope, names))
        rows = grouped_by(facts.filter(condition), paths, **asked, sample=Max("clock"))
        for key, numbers in rows.items():
            _add(found, scope, key, numbers, names)
    for key, name in _missed_beside(scope, paths):
        found.total["broken_first"] += name == "case"
        if name == "limit":
            found.limits[key]["broken_first"] += 1
        elif name == "row":
            found.rows[key]["broken_first"] += 1
    return found


def _marks(scope: Scope, names: Iterable[str]) -> Iterator[tuple[str, Count]]:
    for name in names:
        what, counts = (DATED | PASSED)[name]
        for of in ("case", "office", "limit"):
            yield f"{name}_of_{of}", Count("pk", filter=counts & _first(scope, what, of))


def _add(found: Judged, scope: Scope, key: Key, numbers: Numbers, names: Iterable[str]) -> None:
    row = found.rows.setdefault(key[0], dict.fromkeys([*DATED, *PASSED], 0))
    limit = found.limits.setdefault(key[1:], dict.fromkeys([*DATED, *PASSED, "sample", "measured"], 0))
    limit["sample"] = max(limit["sample"], numbers["sample"])
    for name in names:
        row[name] += numbers[f"{name}_of_{'office' if scope.group == OFFICE else 'case'}"]
        limit[name] += numbers[f"{name}_of_limit"]
        found.total[name] += numbers[f"{name}_of_case"]


def _missed_beside(scope: Scope, paths: Sequence[str]) -> Iterator[tuple[Any, str]]:
    """What the few running promises add whose first date lay behind the last one: it has passed only by now.

    A date moves forward where a day off becomes a working day; as a rule there is none."""
    due = scope.clock_facts().filter(is_due(scope))
    early = list(due.filter(early_at__lt=scope.at).order_by().values_list("case", *paths))
    if not early:
        return
    cases = {row[0] for row in early}
    known = list(due.filter(missed=True, case__in=cases).order_by().values_list("case", *paths))
    for name, part in (("case", slice(1, 1)), ("row", slice(1, 2)), ("limit", slice(2, 4))):
        fresh = {(row[0], row[part]) for row in early} - {(row[0], row[part]) for row in known}
        for _case, key in fresh:
            yield key[0] if name == "row" else key, name


# --- of some offices -------------------------------------------------------------------------------


def _by_cases(scope: Scope) -> Judged:
    due, released = is_due(scope), is_released(scope)
    conditions = {
        "due": due,
        "broken": due & Q(broken=True),
        "broken_first": due & is_missed(scope),
        "passed_on": released,
    }
    asked = {name: Count("case", distinct=True, filter=condition) for name, condition in conditions.items()}
    facts = scope.clock_facts().filter(due | released)
    rows = grouped_by(facts, [scope.group_of_facts()], **asked)
    return Judged(
        rows={key: numbers for (key,), numbers in rows.items()},
        limits={
            key: numbers | {"measured": 0}
            for key, numbers in grouped_by(facts, LIMIT, **asked, sample=Max("clock")).items()
        },
        total=facts.order_by().aggregate(**asked),
    )


def _measured(scope: Scope) -> dict[Key, Numbers]:
    if scope.offices is None:
        cases = Count("pk", filter=_first(scope, "done", "limit"))
    else:
        cases = Count("case", distinct=True)
    facts = scope.clock_facts().filter(is_measured(scope))
    return grouped_by(facts, LIMIT, measured=cases, sample=Max("clock"))
