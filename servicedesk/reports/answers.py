"""What the applicants said of the result: solved or not, and how they rated it. Silence is no answer."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q

from servicedesk.desk.followups import Rows
from servicedesk.desk.models import Case, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import CaseKind, kind_of, kinds
from servicedesk.reports.scope import Scope

SOLVED, NOT_SOLVED = "solved", "not_solved"
# Of the five levels of 好差评 (GB/T 39735-2020) the upper three count as satisfied.
SATISFIED = 3


def last_words(scope: Scope) -> Any:
    """The steps in which applicants said whether it is solved: of each case the last one in the period."""
    said = Step.objects.filter(holder="applicant", outcome__in=[SOLVED, NOT_SOLVED])
    said = said.filter(scope.within("done_at"))
    later = said.filter(case=OuterRef("case")).filter(
        Q(done_at__gt=OuterRef("done_at")) | Q(done_at=OuterRef("done_at"), pk__gt=OuterRef("pk"))
    )
    return said.filter(scope.near(), scope.about("case__")).filter(~Exists(later))


def rated_paths(scope: Scope) -> list[tuple[str, str]]:
    """(kind code, accessor) of the kinds in scope whose matters are rated."""
    asked = [scope.kind] if scope.kind else list(kinds())
    return [(kind.code, kind.accessor) for kind in asked if kind.accessor and _is_rated(kind.accessor)]


def _is_rated(accessor: str) -> bool:
    detail = Case._meta.get_field(accessor).related_model
    names = {field.name for field in detail._meta.get_fields()} if isinstance(detail, type) else set()
    return {"rating", "rated_at"} <= names


def rated(scope: Scope) -> CaseQuerySet:
    """Cases whose valid rating was given in the period. An unrated case is none of them."""
    paths = rated_paths(scope)
    if not paths:
        return scope.cases().none()
    return scope.cases().filter(reduce(or_, [_rated(scope, *path) for path in paths]))


def _rated(scope: Scope, kind: str, accessor: str) -> Q:
    valid = Q((f"{accessor}__rating__isnull", False))
    given = Q(kind=kind) & valid & scope.within(f"{accessor}__rated_at")
    return given & _own_word(kind_of(kind), f"{accessor}__rated_at")


def _own_word(kind: CaseKind, moment: str) -> Q:
    """That the rating of that moment is neither what was said when asked, for 回访 and 好差评 share no
    denominator, nor one that an appeal found mistaken."""
    found = Q()
    if kind.follow_ups is not None:
        told = kind.follow_ups
        found &= ~Q(Exists(_same(told, moment).filter(**{f"{told.level}__isnull": False})))
    if kind.void_ratings is not None:
        found &= ~Q(Exists(_same(kind.void_ratings, moment)))
    return found


def _same(kept: Rows, moment: str) -> Any:
    return kept.all().filter(**{kept.case: OuterRef("pk"), kept.at: OuterRef(moment)})


def satisfied(scope: Scope) -> Q:
    """Of rated cases: that the level is one of the upper three."""
    none = Q(pk__in=[])
    levels = [
        Q((f"{accessor}__rating__gte", SATISFIED)) & Q(kind=kind) for kind, accessor in rated_paths(scope)
    ]
    return reduce(or_, levels, none)
