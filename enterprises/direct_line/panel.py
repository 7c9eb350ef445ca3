"""What the pages of a direct-line matter show besides what all cases show: a list of parts, each a function
that returns its context, or None where there is nothing to tell, with the template it is drawn by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from enterprises.direct_line import seen_by_company, seen_by_desk
from enterprises.oversight import outside
from enterprises.oversight.parts import desk_part
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import APPLICANT, capacities
from servicedesk.desk.registry import Panel

Part = Callable[[Case, User | None, datetime], dict[str, Any] | None]
Parts = tuple[tuple[str, Part], ...]

# For everybody, before all others.
PARTS: Parts = (("enterprises/direct_line/outside.html", outside.part),)
DESK: Parts = (
    ("enterprises/direct_line/suggestion.html", seen_by_desk.suggestion),
    ("enterprises/direct_line/returns.html", seen_by_desk.returns),
    ("enterprises/direct_line/precedents.html", seen_by_desk.precedents),
    ("enterprises/direct_line/helpers.html", seen_by_desk.helpers),
    ("enterprises/direct_line/parked.html", seen_by_desk.parked),
    ("enterprises/direct_line/merged.html", seen_by_desk.merged),
    ("enterprises/direct_line/revisits.html", seen_by_desk.revisits),
    ("enterprises/direct_line/oversight.html", desk_part),
)
# On the portal.
COMPANY: Parts = (
    ("enterprises/direct_line/related.html", seen_by_company.related),
    ("enterprises/direct_line/asked.html", seen_by_company.asked),
    ("enterprises/direct_line/waits.html", seen_by_company.waits),
    ("enterprises/direct_line/shared.html", seen_by_company.shared),
)
# For whoever knows number and secret: nothing a person said.
STRANGER: Parts = (
    ("enterprises/direct_line/waits.html", seen_by_company.waits),
    ("enterprises/direct_line/shared.html", seen_by_company.shared),
)


def panel_of(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """The parts that have something to say to this reader; None where none has."""
    found = [
        {"template": template, "context": context}
        for template, part in (*PARTS, *parts_for(case, reader, at))
        if (context := part(case, reader, at)) is not None
    ]
    return Panel("enterprises/direct_line/panel.html", {"parts": found}) if found else None


def parts_for(case: Case, reader: User | None, at: datetime) -> Parts:
    if reader is None:
        return STRANGER
    return COMPANY if APPLICANT in capacities(reader, case, at) else DESK
