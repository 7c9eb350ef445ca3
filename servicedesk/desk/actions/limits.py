"""Which limits hold for a case: those of the day it was submitted, and of what it turned out to be."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from servicedesk.desk.models import Case, Limit
from servicedesk.desk.permissions import today
from servicedesk.desk.registry import kind_of

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work


def limits_of(subject: str, at: datetime) -> dict[str, Limit]:
    """Limits of a subject valid on the local day of `at`, by clock code; the latest in force wins."""
    rows = Limit.objects.valid(today(at)).filter(subject=subject).order_by("valid_from")
    return {row.clock: row for row in rows}


# What a case keeps of a limit as it stood on the day it was submitted.
KEPT = ("term", "unit", "rolls", "ends", "basis")


def limits_for(case: Case, at: datetime) -> dict[str, Limit]:
    """Limits of this case: those kept when it was submitted, today's of a draft."""
    kept = case.opening.get("limits")
    if case.submitted_at is not None and kept is not None:
        return {code: Limit(clock=code, **facts) for code, facts in kept.items()}
    return _limits_in_force(case, at)


def _limits_in_force(case: Case, at: datetime) -> dict[str, Limit]:
    kind = kind_of(case.kind)
    if kind.limits is not None:
        return kind.limits(case.opening, at)
    return limits_of(kind.subject_of(case.opening), at)


def with_limits(case: Case, at: datetime) -> dict[str, Any]:
    """The opening with the limits of its day: what an official changes later moves no case under way. What
    an opening brings of its own (a deadline given in the minutes) goes before the rows."""
    found = _limits_in_force(case, at)
    rows = {code: {name: getattr(limit, name) for name in KEPT} for code, limit in found.items()}
    return case.opening | {"limits": rows | case.opening.get("limits", {})}


def classify(work: Work) -> None:
    """Put the limits of what the matter turned out to be (a topic, an urgency) before the kind's own. Clocks
    that run already keep theirs; which limits changed stands in the event."""
    if work.kind.overlays is None:
        return
    before = work.case.opening.get("limits", {})
    after = dict(work.case.opening.get("usual_limits", before))
    for subject in work.kind.overlays(work.case):
        for code, limit in limits_of(subject, work.effective_at).items():
            after[code] = {name: getattr(limit, name) for name in KEPT}
    if after != before:
        usual = work.case.opening.get("usual_limits", before)
        work.case.opening |= {"limits": after, "usual_limits": usual}
        changed = {code: after.get(code) for code in after if after.get(code) != before.get(code)}
        work.params["limits"] = changed
