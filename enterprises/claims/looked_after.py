"""A company's service manager hears of its new matters: that there is one, and with whom it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from enterprises.models import ServiceManager
from servicedesk.desk.models import Event
from servicedesk.desk.notices import tell
from servicedesk.desk.permissions import today
from servicedesk.desk.registry import look_after

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work


def parties_served(user: int, on: date) -> QuerySet[Any]:
    """Parties of the companies the user looks after on that day."""
    rows = ServiceManager.objects.current(on).filter(user=user)
    return rows.order_by().values("company__party")


look_after(parties_served)


def tell_manager(work: Work, event: Event) -> None:
    """Tell the service manager, who may read the matter and nothing more. A complaint about an office is
    told to nobody: whoever looks after the company may serve there."""
    case = work.case
    if case.against_id is not None:
        return
    serving = ServiceManager.objects.current(today(work.at)).filter(company__party=case.applicant_id)
    manager = serving.select_related("user").order_by("-since", "-pk").first()
    if manager is None or manager.user_id == event.by_id:
        return
    context = {"company": case.applicant.name, "office": case.office}
    tell(event, [manager.user], "looked_after", context, work.at, digest=False)
