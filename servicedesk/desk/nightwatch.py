"""What is looked over every night: dates against their replay, files against their rows."""

from __future__ import annotations

import logging
from datetime import datetime

from servicedesk.desk.files import delete_orphans, orphans
from servicedesk.desk.replay import differences

log = logging.getLogger(__name__)


def report_differences() -> int:
    """Log every stored date that differs from its replay; return how many do."""
    found = 0
    for found, difference in enumerate(differences(), start=1):  # noqa: B007
        log.error("A stored date differs from its replay: %s", difference)
    return found


def clear_orphans(at: datetime) -> int:
    """Delete old files no row names and return how many; log rows whose file is gone."""
    for attachment in orphans(at)[0]:
        log.error("Attachment %s has lost its file.", attachment.pk)
    return delete_orphans(at)
