"""What is looked over every night, files beside the sweep too: dates against their replay, files against
their rows."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from servicedesk.desk.files import delete_orphans, orphans
from servicedesk.desk.replay import differences

log = logging.getLogger(__name__)

LOOKED = "desk.files-looked-at"
# With the grace of a young file this stays below an hour, even when the worker dies in the middle of a look.
BETWEEN_LOOKS = timedelta(minutes=20)
# Where import-export keeps a sheet until somebody confirms it, and how long we let it.
UPLOADS = "django-import-export"
UNCONFIRMED = timedelta(days=1)


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


def watch_files(at: datetime) -> int:
    """Delete the orphans of the last hour, unless somebody looked just now; return how many. A cache that
    forgets only lets this look again."""
    if not cache.add(LOOKED, at.isoformat(), timeout=BETWEEN_LOOKS.total_seconds()):
        return 0
    try:
        return delete_orphans(at)
    except OSError:
        log.exception("The files could not be looked over.")
        return 0


def clear_uploads(at: datetime) -> int:
    """Delete sheets whose import nobody confirmed within a day, and return how many."""
    old = list(_unconfirmed(at))
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _unconfirmed(at: datetime) -> Iterator[Path]:
    before = (at - UNCONFIRMED).timestamp()
    for path in (Path(settings.STORAGE_ROOT) / UPLOADS).glob("*"):
        try:
            if path.is_file() and path.stat().st_mtime < before:
                yield path
        except FileNotFoundError:
            continue
