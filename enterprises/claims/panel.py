"""What the page of a claim shows beside what all cases show: whether the telephone is proven, what the
present owners say."""

from __future__ import annotations

from datetime import datetime

from enterprises.models import CompanyClaim
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import APPLICANT, capacities
from servicedesk.desk.registry import Panel


def claim_panel(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """For the claimant what is still to do; for the desk both arguments. Nothing for a stranger."""
    claim: CompanyClaim | None = getattr(case, "company_claim", None)
    if claim is None or reader is None:
        return None
    inside = APPLICANT not in capacities(reader, case, at)
    return Panel(
        "enterprises/claims/panel.html",
        {
            "claim": claim,
            "inside": inside,
            "is_open": case.state not in {Case.State.DRAFT, Case.State.CLOSED},
            "objections": list(claim.objections.select_related("by")) if inside else [],
        },
    )
