"""What the pages of cases show of oversight: orders, circulars, escalations, complaints, bodies outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from enterprises.models import EscalationBrief
from enterprises.oversight import complaints, orders, outside
from servicedesk.accounts.models import User
from servicedesk.desk.dossier import dossier_of, last_of, open_on
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import SUPERVISOR, capacities, visible_to
from servicedesk.desk.queue import cases_of_desk, serves_cases
from servicedesk.desk.registry import Panel


def desk_part(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """For the desk alone: the orders about the matter, what may be ordered, and what was put before whom."""
    if reader is None or not serves_cases(reader, at):
        return None
    read = dossier_of(case)
    if open_on(case) is None and not cases_of_desk(reader, at).filter(pk=case.pk).exists():
        return None
    rows = [each.oversight for each in read.tied if each.seen and is_about(each, case)]
    may_issue = SUPERVISOR in capacities(reader, case, at) and orders.why_not(case) is None
    found = {
        "orders": rows,
        "may_issue": may_issue,
        "may_recognise": complaints.may_recognise(reader, case, at),
        "briefs": briefs_of(case),
        "case": case,
    }
    return found if any(value for name, value in found.items() if name != "case") else None


def is_about(order: Case, matter: Case) -> bool:
    return hasattr(order, "oversight") and order.oversight.matter_id == matter.pk


def briefs_of(case: Case) -> list[EscalationBrief]:
    """What was put before whom; no query where it was never put up."""
    if last_of(case, "escalate") is None:
        return []
    return list(EscalationBrief.objects.filter(case=case).select_related("level", "by"))


def order_panel(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """The matter an order is about, and its circulars; for the desk alone."""
    order = getattr(case, "oversight", None)
    if order is None or reader is None or not serves_cases(reader, at):
        return None
    may_circulate = SUPERVISOR in capacities(reader, case, at) and orders.was_late(case, at)
    seen = visible_to(reader, at).filter(pk=order.matter_id).exists()
    facts = {
        "order": order,
        "matter": order.matter if seen else None,
        "circulars": list(order.circulars.all()),
        "may_circulate": may_circulate,
    }
    return Panel("enterprises/oversight/order_panel.html", facts)


def complaint_panel(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """Where a refused complaint belongs, and on the desk what was ordered about it."""
    facts = {"outside": outside.part(case, reader, at), "oversight": desk_part(case, reader, at)}
    return Panel("enterprises/oversight/panel.html", facts) if any(facts.values()) else None
