"""Who is shown which file: the case decides, and inside it whether the file is meant for the applicant."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from servicedesk.accounts.models import User
from servicedesk.desk.models import Attachment, Case, Link
from servicedesk.desk.permissions import APPLICANT, capacities, visible_to

# What a table can hold; an address may hold more.
LARGEST_KEY = 2**63 - 1


def shown_to(user: User, case: Case, at: datetime) -> QuerySet[Attachment]:
    """Files of a case the user already sees: all of them for the desk, the public ones for the applicant."""
    kept = Attachment.objects.filter(case=case, state=Attachment.State.STORED)
    return kept.filter(public=True) if APPLICANT in capacities(user, case, at) else kept


def find(user: User, pk: int, at: datetime) -> Attachment | None:
    """The file, if this user may have it now; None alike for a foreign, a hidden and a missing one."""
    if pk > LARGEST_KEY:
        return None
    seen = visible_to(user, at)
    case = seen.filter(attachments=pk).first()
    if case is None:
        # What was merged is answered in the matter that goes on: who has that has the papers too.
        merged = Case.objects.filter(links__sort=Link.Sort.MERGED, links__to__in=seen, against=None)
        case = merged.filter(attachments=pk).first()
    return shown_to(user, case, at).filter(pk=pk).first() if case else None


def held(case: Case) -> dict[str, int]:
    """What the case has already, as `check` wants to know it: `check(upload, **held(case))`."""
    return Attachment.objects.filter(case=case).aggregate(count=Count("pk"), total=Coalesce(Sum("size"), 0))
