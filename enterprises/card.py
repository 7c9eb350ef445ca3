"""What a member of staff should know of the company before answering it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from enterprises.models import Company, method_on
from servicedesk.desk.models import Case
from servicedesk.desk.registry import Words


def company_card(case: Case) -> Iterator[tuple[Words, str]]:
    """Rows of the card; none for a person or a company that is not in the register."""
    parties = [case.about_id or case.applicant_id]
    found = Company.objects.named().prefetch_related("years", "service_managers__user")
    company = found.filter(party__in=parties).first()
    if company is None:
        return
    size = company.size(method_on(timezone.localdate()))
    yield _("Unified social credit code"), company.number
    yield _("Industry"), str(company.industry or "")
    yield _("Size"), str(size.label)
    yield _("Town"), str(company.town or "")
    manager = company.manager(timezone.localdate())
    yield _("Service manager"), str(manager or "")
