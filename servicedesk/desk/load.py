"""How much the offices somebody heads have in hand, officer by officer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.models import Clock
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import Role, reach, today
from servicedesk.desk.queue import OPEN, is_late

# An office has officers by the dozen at most.
MOST = 100


@dataclass(frozen=True)
class Load:
    """What one officer has open; `officer` is None for what nobody has claimed."""

    officer: int | None
    name: str
    open: int
    today: int
    late: int
    oldest: datetime | None

    @property
    def key(self) -> str:
        """As the queue's filter names them."""
        return str(self.officer) if self.officer else "none"


def load(cases: CaseQuerySet, user: User, at: datetime) -> list[Load]:
    """Of the offices the user heads, the unclaimed first, then who is late most: one query."""
    headed = reach(user, frozenset({Role.HEAD}), today(at))
    if not headed:
        return []
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    tonight = midnight + timedelta(days=1)
    due = Clock.objects.running().filter(case=OuterRef("pk"), due_at__gte=at, due_at__lt=tonight)
    here: Any = cases.filter(OPEN, office__in=headed).order_by()
    rows = here.values("officer", "officer__name", "officer__username").annotate(
        open=Count("pk"),
        today=Count("pk", filter=Q(Exists(due))),
        late=Count("pk", filter=is_late(at)),
        oldest=Min("submitted_at"),
    )
    found = [
        Load(
            row["officer"],
            row["officer__name"] or row["officer__username"] or "",
            row["open"],
            row["today"],
            row["late"],
            row["oldest"],
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: (row.officer is not None, -row.late, -row.open))[:MOST]
