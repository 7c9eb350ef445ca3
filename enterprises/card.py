"""What a member of staff should know of the company before answering it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import Company, CompanyYear, ServiceManager, method_on
from enterprises.size import Indicator, Size
from servicedesk.desk.models import Case
from servicedesk.desk.registry import Words


def company_card(case: Case) -> Iterator[tuple[Words, str]]:
    """Rows of the card; none for a person or a company that is not in the register."""
    on = timezone.localdate()
    company: Any = _known(on).filter(party=case.about_id or case.applicant_id).first()
    if company is None:
        return
    yield _("Unified social credit code"), company.number
    yield _("Industry"), str(company.industry or "")
    yield _("Size"), str(_size(company, on).label)
    yield _("Town"), str(company.town or "")
    yield _("Service manager"), company.served_by or ""


def _known(on: date) -> Any:
    """Companies with their latest figures and who looks after them, in one query."""
    years = CompanyYear.objects.filter(company=OuterRef("pk")).order_by("-year")
    latest = years.exclude(staff=None, income=None, assets=None)
    manager = ServiceManager.objects.current(on).filter(company=OuterRef("pk")).order_by("-since", "-pk")
    name = Coalesce(NullIf("user__name", Value("")), "user__username")
    return Company.objects.named().annotate(
        staff=Subquery(latest.values("staff")[:1]),
        income=Subquery(latest.values("income")[:1]),
        assets=Subquery(latest.values("assets")[:1]),
        served_by=Subquery(manager.values_list(name)[:1]),
    )


def _size(company: Any, on: date) -> Size:
    if company.industry is None:
        return Size.UNKNOWN
    figures = {each.value: getattr(company, each.value) for each in Indicator}
    return method_on(on).size(company.industry.path(), figures)
