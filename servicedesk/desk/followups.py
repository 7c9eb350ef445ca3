"""Where a kind keeps what its applicants said: declared as a model and the names of its fields, so that the
figures find the rows without knowing the kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet

if TYPE_CHECKING:
    from servicedesk.desk.registry import CaseKind

# What a follow-up may have found. Nobody answering is a try and no answer.
SOLVED, PARTLY, UNSOLVED, UNREACHED = "solved", "partly", "unsolved", "unreached"
VALID = (SOLVED, PARTLY, UNSOLVED)


@dataclass(frozen=True)
class Rows:
    """Rows of `model` ("app.Model"): `case` and `at` are lookup paths, `where` is what else must hold."""

    model: str
    case: str = "case"
    at: str = "at"
    where: Mapping[str, Any] = field(default_factory=dict)

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.case, self.at, *self.where)

    def all(self) -> QuerySet[Any]:
        """The rows, in no order."""
        return apps.get_model(self.model)._default_manager.filter(**self.where).order_by()


@dataclass(frozen=True)
class FollowUps(Rows):
    """Rows of follow-ups 回访: `result` holds one of the words above, `level` how content the applicant is on
    five levels, empty where nothing was said of it."""

    result: str = "result"
    level: str = "level"

    @property
    def paths(self) -> tuple[str, ...]:
        return (*super().paths, self.result, self.level)


def problems(kind: CaseKind) -> Iterator[CheckMessage]:
    """Yield what is wrong with the rows a kind declares: no such model, no such path."""
    for declared in (kind.follow_ups, kind.void_ratings):
        if declared is not None:
            yield from _wrong_rows(kind.code, declared)


def _wrong_rows(code: str, declared: Rows) -> Iterator[CheckMessage]:
    try:
        model: type[Model] = apps.get_model(declared.model)
    except (LookupError, ValueError):
        yield Error(f"{code}: no model {declared.model}.", "Name it app.Model.", id="desk.E010")
        return
    for path in declared.paths:
        if not _leads(model, path):
            yield Error(
                f"{code}: {declared.model} has no {path}.",
                "Name a field, or a path over foreign keys to one.",
                id="desk.E011",
            )


def _leads(model: type[Model], path: str) -> bool:
    found: Any = model
    for part in path.split("__"):
        try:
            step = found._meta.get_field(part)
        except (AttributeError, FieldDoesNotExist):
            return False
        found = step.related_model
    return True
