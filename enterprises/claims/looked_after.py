"""A company's service manager hears of its new matters: that there is one, and with whom it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from enterprises.models import Company, ServiceManager
from servicedesk.desk.models import Event
from servicedesk.desk.notices import tell
from servicedesk.desk.permissions import today

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work


def tell_manager(work: Work, event: Event) -> None:
    """Tell the service manager, who has no right in the matter itself, and so no link. A complaint about
    an office is told to nobody: whoever looks after the company may serve there."""
    case = work.case
    if case.against_id is not None:
        return
    rows = Prefetch("service_managers", ServiceManager.objects.select_related("user"))
    company = Company.objects.prefetch_related(rows).filter(party=case.applicant_id).first()
    manager = company.manager(today(work.at)) if company else None
    if manager is None or manager.user_id == event.by_id:
        return
    context = {"company": case.applicant.name, "office": case.office}
    tell(event, [manager.user], "looked_after", context, work.at, digest=False)
