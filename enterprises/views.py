"""The company's own page on the portal: what the register says of it, and who may act for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from enterprises.models import Company
from servicedesk.desk.mine import parties_on
from servicedesk.desk.models import Membership, Party
from servicedesk.desk.permissions import today
from servicedesk.desk.views.door import PersonalRequest, personal


@require_safe
@personal
def company(request: PersonalRequest) -> HttpResponse:
    """Every company the user acts for. Nothing can be changed here: the register is the centre's."""
    at = timezone.now()
    parties = parties_on(request.user, at)
    known = {row.party_id: row for row in Company.objects.named().filter(party__in=parties)}
    members: dict[int, list[Membership]] = {}
    current = Membership.objects.current(today(at)).filter(party__in=parties, user__is_active=True)
    for member in current.select_related("user").order_by("role", "user__name"):
        members.setdefault(member.party_id, []).append(member)
    cards = [card(party, known.get(party.pk), members.get(party.pk, [])) for party in parties]
    return render(request, "portal/company.html", {"cards": cards})


def card(party: Party, company: Company | None, members: list[Membership]) -> dict[str, Any]:
    return {"party": party, "company": company, "members": members}
