"""Who may read figures, and about which offices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from servicedesk.accounts.models import Office, User
from servicedesk.desk.permissions import Role, holds, reach, subject_to, today

READS_ALL = (Role.MANAGER, Role.SUPERVISOR, Role.STATISTICIAN)
READS_BELOW = frozenset({Role.HEAD, Role.LEADER})


@dataclass(frozen=True)
class Reader:
    """`offices` are the keys of those the person reads about; None for every office. Complaints about those
    in `unknown` stand in none of their numbers."""

    user: User
    offices: frozenset[int] | None
    unknown: frozenset[int] = frozenset()

    @property
    def may_read(self) -> bool:
        return self.offices is None or bool(self.offices)

    def choices(self) -> list[Office]:
        """The offices to choose among, in their order."""
        rows = Office.objects.order_by("sort", "code")
        return list(rows if self.offices is None else rows.filter(pk__in=self.offices))


def reader_of(user: User, at: datetime) -> Reader:
    """What this person reads: everything, their own offices and what is below them, or nothing."""
    on = today(at)
    unknown = frozenset(subject_to(user, on))
    if any(holds(user, role, on) for role in READS_ALL):
        return Reader(user, None, unknown)
    return Reader(user, frozenset(reach(user, READS_BELOW, on)), unknown)
