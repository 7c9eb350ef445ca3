"""What the desk knows already of the applicant and of whoever fills in the form."""

from __future__ import annotations

from enterprises.models import Company
from servicedesk.accounts.models import User
from servicedesk.desk.models import Party


class Known(str):
    """A value the desk filled in, not the applicant."""

    __slots__ = ()


def facts(applicant: Party, user: User) -> dict[str, str]:
    """By the names catalogue rows use in `known_as`; what is not known is left out."""
    found = {"user.name": user.name, "user.phone": user.phone or "", "user.email": user.email}
    if applicant.sort == Party.Sort.COMPANY:
        # Of a person's number only a keyed hash stands on the party.
        found |= {"company.name": applicant.name, "company.number": applicant.number or ""}
        company = Company.objects.select_related("town").filter(party=applicant).first()
        if company is not None:
            found["company.address"] = company.registered_address or company.business_address
            found["company.town"] = company.town.code if company.town else ""
            found["company.legal_representative"] = company.legal_representative
    return {name: Known(value) for name, value in found.items() if value}
