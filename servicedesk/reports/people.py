"""Who may read about officers one by one: heads of theirs, managers of all."""

from __future__ import annotations

from datetime import datetime

from servicedesk.accounts.models import User
from servicedesk.desk.permissions import Role, holds, reach, subject_to, today
from servicedesk.reports.readers import Reader


def reader_of_people(user: User, at: datetime) -> Reader:
    """What this person reads about officers: of every office, of those they head and below, or nothing."""
    on = today(at)
    unknown = frozenset(subject_to(user, on))
    if holds(user, Role.MANAGER, on):
        return Reader(user, None, unknown)
    return Reader(user, frozenset(reach(user, frozenset({Role.HEAD}), on)), unknown)
