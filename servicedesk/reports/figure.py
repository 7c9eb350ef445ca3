"""What a figure is: its name, what it counts, and exactly which cases those are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import Words
from servicedesk.reports.scope import Scope

Cases = Callable[[Scope, str], CaseQuerySet]


@dataclass(frozen=True)
class Figure:
    """`cases` gives the cases of a scope and a limit; "" means the case as a whole."""

    name: str
    label: Words
    meaning: Words
    cases: Cases
