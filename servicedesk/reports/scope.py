"""What a report is about: a stretch of time, offices, a kind, values of its dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from servicedesk.desk.models import Case, Clock, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.models.clock import ClockQuerySet
from servicedesk.desk.registry import CaseKind, internal_kinds, own_terms
from servicedesk.reports.models import CaseFact, ClockFact

OFFICE, KIND = "office", "kind"
# How an empty value of a dimension is written in an address.
NONE = "none"


def public_clocks() -> ClockQuerySet:
    """What was promised to applicants; a term of the applicant's own is nobody's promise."""
    return Clock.objects.filter(public=True).besides(own_terms())


@dataclass(frozen=True)
class Scope:
    """`offices` None means every office; `values` are lookup paths on Case with the value each must have;
    `group` is office, kind or the lookup path of a dimension; `asked` is how an address says all this."""

    since: datetime
    until: datetime
    at: datetime
    offices: frozenset[int] | None = None
    kind: CaseKind | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    group: str = OFFICE
    asked: Mapping[str, str] = field(default_factory=dict)
    # Complaints about these offices are not the reader's to know, and in none of their numbers.
    unknown: frozenset[int] = frozenset()

    @property
    def end(self) -> datetime:
        """Where counting ends: with the period, or now."""
        return min(self.until, self.at)

    @property
    def is_running(self) -> bool:
        return self.at < self.until

    def within(self, moment: str) -> Q:
        """That a moment lies in the period; its end belongs to the next one."""
        return Q((f"{moment}__gte", self.since), (f"{moment}__lt", self.end))

    def near(self, prefix: str = "") -> Q:
        """That a row's own office (or its case's) is one of those the report is about."""
        return Q() if self.offices is None else Q((f"{prefix}office__in", self.offices))

    def about(self, prefix: str = "", values: str | None = None) -> Q:
        """That a case (reached over `prefix`) is of the kind, with the values asked for. Facts hold kind and
        `against` themselves and the case beside them: there `values` is another prefix."""
        own = internal_kinds()
        found = Q((f"{prefix}kind", self.kind.code)) if self.kind else ~Q((f"{prefix}kind__in", own))
        if self.unknown:
            path = f"{prefix}against"
            found &= Q((f"{path}__isnull", True)) | ~Q((f"{path}__in", self.unknown))
        for name, value in self.values.items():
            path = f"{prefix if values is None else values}{name}"
            if name == KIND:
                path = f"{prefix}{name}"
            found &= Q((f"{path}__isnull", True)) if value is None else Q((path, value))
        return found

    def cases(self) -> CaseQuerySet:
        """Every submitted case of these offices, whenever."""
        return Case.objects.submitted().filter(self.near(), self.about())

    def clocks(self) -> ClockQuerySet:
        """The promises these offices answer for: a limit stays with the office under which it ran."""
        return public_clocks().filter(self.near(), self.about("case__"))

    def case_facts(self) -> Any:
        """The same as `cases`, as facts. Whoever reads facts has had them refreshed."""
        return CaseFact.objects.filter(self.near(), self.about("", "case__"))

    def clock_facts(self) -> Any:
        """The same as `clocks`, as facts."""
        return ClockFact.objects.filter(self.near(), self.about("", "case__"))

    def steps(self) -> Any:
        return Step.objects.filter(self.near(), self.about("case__"))

    def group_of(self, prefix: str = "") -> str:
        """The path rows are grouped by, from a table that reaches the case over `prefix`."""
        return OFFICE if self.group == OFFICE else f"{prefix}{self.group}"

    def group_of_facts(self) -> str:
        """The path facts are grouped by, which hold office and kind themselves."""
        return self.group if self.group in {OFFICE, KIND} else f"case__{self.group}"

    def narrowed(self, key: Any) -> Scope:
        """The same report for one of its rows alone."""
        if self.group == OFFICE:
            reached = self.offices is None or key in self.offices
            return replace(self, offices=frozenset({key} if reached else ()))
        # Beside whatever was asked for: a key that contradicts it finds nothing.
        path = self.group
        if path in self.values and self.values[path] != key:
            return replace(self, offices=frozenset())
        return replace(self, values={**self.values, path: key})

    def between(self, since: datetime, until: datetime) -> Scope:
        return replace(self, since=since, until=until)

    def query(self, **more: Any) -> str:
        """The part of an address behind the question mark, with `more` put into it."""
        told = {**self.asked, **{name: str(value) for name, value in more.items()}}
        return urlencode({name: value for name, value in told.items() if value})
