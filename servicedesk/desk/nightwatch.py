"""What is looked over every night: dates against their replay, files against their rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings

from servicedesk.desk.models import Attachment
from servicedesk.desk.replay import differences

log = logging.getLogger(__name__)

FOLDER = "attachments"
# An upload whose transaction is still open has a file and no row: leave it that long.
GRACE = timedelta(hours=1)
CHUNK = 500


def report_differences() -> int:
    """Log every stored date that differs from its replay; return how many do."""
    found = 0
    for found, difference in enumerate(differences(), start=1):  # noqa: B007
        log.error("A stored date differs from its replay: %s", difference)
    return found


def clear_orphans(at: datetime) -> int:
    """Delete files no row names, once their grace is over; return how many. Log rows without a file."""
    for pk, path in Attachment.objects.values_list("pk", "path").iterator(CHUNK):
        if not (settings.STORAGE_ROOT / path).is_file():
            log.error("Attachment %s has lost its file.", pk)
    strays = _strays(at)
    deleted = 0
    while batch := list(islice(strays, CHUNK)):
        known = set(Attachment.objects.filter(path__in=batch).values_list("path", flat=True))
        for path in set(batch) - known:
            (settings.STORAGE_ROOT / path).unlink(missing_ok=True)
            deleted += 1
    return deleted


def _strays(at: datetime) -> Iterator[str]:
    """Paths of files old enough to be judged, relative to the storage root."""
    root = Path(settings.STORAGE_ROOT)
    for path in (root / FOLDER).rglob("*"):
        if path.is_file() and path.stat().st_mtime < (at - GRACE).timestamp():
            yield path.relative_to(root).as_posix()
