"""What a matter promises its applicant, in words: the clocks that run, and those that are still to start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from servicedesk.desk import words
from servicedesk.desk.actions.limits import limits_for
from servicedesk.desk.models import Case, Clock
from servicedesk.desk.registry import kind_of


@dataclass(frozen=True)
class Promised:
    """`due_at` of a clock that runs; `within` (“2 hours”) of one that starts later."""

    label: str
    within: str
    due_at: datetime | None = None
    provisional: bool = False


def promised(case: Case, at: datetime) -> list[Promised]:
    """The public promises still open, as the kind orders them; an applicant's own term is none."""
    kind = kind_of(case.kind)
    running = {clock.code: clock for clock in case.clocks.running().filter(public=True)}
    begun = set(case.clocks.values_list("code", flat=True))
    limits = limits_for(case, at)
    found = []
    for declared in kind.clocks_of(case.opening):
        if declared.holder == "applicant":
            continue
        if declared.code in running:
            found.append(_running(running[declared.code]))
        elif declared.public and declared.code not in begun and declared.limit_code in limits:
            limit = limits[declared.limit_code]
            found.append(Promised(str(declared.label), words.term_words(limit.term, limit.unit)))
    return found


def _running(clock: Clock) -> Promised:
    within = words.term_words(clock.term, clock.unit)
    return Promised(str(clock), within, clock.due_at, clock.provisional)
