"""What a kind declares so that a desk can be filled with its cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.module_loading import autodiscover_modules

from servicedesk.desk.errors import BadInput

if TYPE_CHECKING:
    from servicedesk.accounts.models import Office
    from servicedesk.desk.bulk.rehearsal import Stage

# Values of one matter by the names its words stand for: text, title, answer … and keys of rows.
Values = dict[str, Any]


@dataclass(frozen=True)
class Gap:
    """Working minutes before an act: about `mean`; with the chance `late` more than `beyond`."""

    mean: float
    late: float = 0.0
    beyond: float = 0.0

    def one(self, rng: Random) -> float:
        if self.late and rng.random() < self.late:
            return self.beyond * rng.uniform(1.05, 2.5)
        found = rng.gammavariate(3, self.mean / 3)
        return max(1.0, min(found, self.beyond * 0.9) if self.beyond else min(found, self.mean * 4))


@dataclass(frozen=True)
class Act:
    """One thing somebody does on the stage, so long after the act before it."""

    gap: Gap
    does: Callable[[Stage], object]


@dataclass(frozen=True)
class Story:
    """How a matter goes, from its submission to its end; `weight` of a hundred go so.

    `stops` says that a matter may also be found under way: after any act but the last."""

    name: str
    weight: float
    acts: tuple[Act, ...]
    stops: bool = False


@dataclass(frozen=True)
class Applicant:
    """Whose matter: keys of the party and of who acts for it, and what else the kind knows of them."""

    party: int
    user: int
    facts: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Bulk:
    """`classes` are sorts of matters under limits of their own ("" the usual one): of each, the stories named
    are told; all of the usual one. `applicants` makes so many; `matters` gives, without end, the class, the
    code of the office and the values of a matter of an applicant. `varies` maps fields of the rows to the
    name of the value that stands there; `also` are further tables that hang on a case."""

    kind: str
    stories: tuple[Story, ...]
    classes: Mapping[str, Sequence[str]]
    applicants: Callable[[int, Random, dict[str, Any]], list[Applicant]]
    matters: Callable[[Random, Mapping[str, Office]], Callable[[Applicant], tuple[str, str, Values]]]
    varies: Mapping[str, str]
    also: tuple[type[models.Model], ...] = ()


_known: dict[str, Bulk] = {}


def register_bulk(declared: Bulk) -> Bulk:
    _known[declared.kind] = declared
    return declared


def bulk_of(kind: str) -> Bulk:
    """Raises BadInput for a kind that cannot be had in bulk."""
    autodiscover_modules("bulk")
    if kind not in _known:
        raise BadInput("no-bulk", f"Possible: {', '.join(sorted(_known))}.", "kind")
    return _known[kind]


_afterwards: list[Callable[[], object]] = []


def register_afterwards(work: Callable[[], object]) -> None:
    """Have `work` done whenever a desk was filled: what is derived of cases must learn of them."""
    if work not in _afterwards:
        _afterwards.append(work)


def do_afterwards() -> None:
    for work in _afterwards:
        work()
