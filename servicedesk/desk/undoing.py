"""Whether a dispatch may be undone: it was the last thing that moved the matter, moments ago, and the office
has not begun."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from servicedesk.desk.models import Case, Event, Step
from servicedesk.desk.registry import CaseKind

# How the steps of the office end that was never to have them.
RECALLED = "recalled"
# What leaves the office's hands as they were: reminders, the house's own notes, files, urging, links.
HARMLESS = frozenset({"alarm", "note", "attach", "nudge", "link", "concern", "repoint", "redate"})


def receipt(case: Case, kind: CaseKind) -> Step | None:
    """The first step of the office that has the matter, while it runs."""
    running = (step for step in case.steps.all() if step.state == Step.State.RUNNING)
    return next((step for step in running if step.code == kind.handled_from), None)


def until(case: Case, kind: CaseKind) -> datetime | None:
    """Until when the present office's receipt may be undone, whatever brought it there."""
    step = receipt(case, kind)
    if kind.undone_within is None or step is None or step.started_at is None:
        return None
    return step.started_at + kind.undone_within


def dispatched(case: Case, kind: CaseKind, at: datetime) -> Event | None:
    """The dispatch that may still be undone; None where there is none. It asks the events only in the few
    minutes after one."""
    last = until(case, kind)
    if case.officer_id is not None or last is None or at > last:
        return None
    for event in Event.objects.filter(case=case).exclude(verb__in=HARMLESS).order_by("-seq"):
        if event.verb == "dispatch":
            return event
        # What the applicant says meanwhile is no beginning of the office's.
        if event.verb != "message" or event.by_id not in _outside(case):
            return None
    return None


def _outside(case: Case) -> set[int]:
    said = case.messages.filter(office=None, author__isnull=False)
    return set(said.values_list("author", flat=True))


def too_late(kind: CaseKind) -> str:
    minutes = int(kind.undone_within.total_seconds() // 60) if kind.undone_within else 0
    return _(
        "A dispatch is undone within %(n)d minutes, and only while the office has not begun. Transfer the "
        "matter instead."
    ) % {"n": minutes}
