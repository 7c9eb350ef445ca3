"""What the kinds of this room hook in: papers and licence with every verb, and their list on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from approvals.documents.facts import papers_of
from approvals.documents.licences import grant_licence
from approvals.documents.listing import listed
from servicedesk.accounts.models import User
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.models import Case, Event
from servicedesk.desk.registry import Panel

PanelOf = Callable[[Case, User | None, datetime], Panel | None]


def give(work: Work, event: Event) -> None:
    """Give what the verb brings: the licence of a grant first, for papers name it; then the papers."""
    granted = work.verb == "decide" and work.case.outcome == Case.Outcome.GRANTED
    if granted and work.case.opening.get("item", {}).get("is_licensed"):
        grant_licence(work.case, event, work.at)
    papers_of(work, event)


def with_papers(inner: PanelOf | None = None) -> PanelOf:
    """The panel of a kind with the list of papers below it. Whoever has number and secret only sees none:
    papers name people."""

    def panel(case: Case, reader: User | None, at: datetime) -> Panel | None:
        shown = inner(case, reader, at) if inner else None
        if reader is None:
            return shown
        context = listed(case, at)
        if not (context["documents"] or context["licence"]):
            return shown
        context |= {"inner": shown, "is_progress": bool(shown and shown.context.get("is_progress"))}
        return Panel("approvals/documents/panel.html", context)

    return panel
