"""Which steps belong to the office that handles a matter: going to and fro is looked for among these."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from servicedesk.desk.models import Step
from servicedesk.desk.registry import HANDLING, CaseKind
from servicedesk.reports.paths.reading import Path, Visit


def handling_codes(kind: CaseKind) -> frozenset[str] | None:
    """Codes of the steps done by the office a case is with; None where the kind's steps are not fixed, or
    none is tied to that office."""
    if not isinstance(kind.steps, tuple):
        return None
    return frozenset(step.code for step in kind.steps if step.office == HANDLING) or None


def handled(path: Path, codes: frozenset[str] | None) -> list[Visit]:
    """The visits at handling offices, without what ran beside the path or waited for the applicant."""
    mine = (visit for visit in path.visits if visit.of_office and not visit.beside)
    return [visit for visit in mine if codes is None or visit.code in codes]


def stays(visits: Iterable[Visit]) -> list[tuple[int, bool]]:
    """(office, whether it came by a further round) of each stay, in order; a stay is as long as the next
    visit is at the same office. What went on at the same time elsewhere is no change of hands."""
    found: list[tuple[int, bool]] = []
    until: datetime | None = None
    for visit in visits:
        if found and found[-1][0] == visit.office:
            until = _later(until, visit.done_at)
            continue
        if found and until and visit.started_at and visit.started_at < until:
            continue
        found.append((visit.office, visit.round > 1))
        until = visit.done_at
    return found


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(one, other) if one and other else one or other


def holder_at(visits: Sequence[Visit], at: datetime) -> int | None:
    """The office that had the matter in hand when it was given away or taken up again at that moment."""
    given = [visit for visit in visits if visit.done_at == at and visit.state == Step.State.RETURNED]
    before = [visit for visit in visits if visit.started_at and visit.started_at < at]
    found = given or before or visits[:1]
    return found[-1].office if found else None
