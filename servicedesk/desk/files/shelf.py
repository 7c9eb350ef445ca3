"""Where files lie: below STORAGE_ROOT, outside the web, under generated names; row and file agree by hash."""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Attachment

if TYPE_CHECKING:
    from servicedesk.desk.files.checking import Checked

log = logging.getLogger(__name__)

SHELF = "attachments"
MONTH = len(f"{SHELF}/2026/03")
# A file is written before its row is committed: younger ones may still be waiting for theirs.
GRACE = timedelta(minutes=15)
CHUNK = 1024 * 1024


class NotKept(DeskError):
    """The storage could not take a file: full, read-only, or gone."""

    status = 503


class NotThere(DeskError):
    """A file that was kept is missing or no longer what was handed in."""

    status = 410


def store(checked: Checked) -> str:
    """Write the bytes durably under a generated name and return its path below STORAGE_ROOT.

    After the return the file survives a power cut; before it nothing is visible under the final name.
    Raises NotKept where the storage refuses, or where the bytes are no longer those that were checked."""
    root = Path(settings.STORAGE_ROOT)
    kept = Path(SHELF) / f"{timezone.localdate():%Y/%m/%d}" / uuid.uuid4().hex
    part = root / kept.with_suffix(".part")
    try:
        _make(part.parent, root)
        try:
            digest = _write(checked, part)
            if digest != checked.sha256:
                raise OSError(f"{kept}: {checked.sha256} was checked, {digest} was written")
            part.rename(root / kept)
        finally:
            part.unlink(missing_ok=True)
        _settle(part.parent)
    except OSError as error:
        log.exception("An upload could not be stored.")
        raise NotKept(
            "not-kept", _("The file could not be stored just now. Please try again later."), "files"
        ) from error
    return kept.as_posix()


def _make(folder: Path, root: Path) -> None:
    """Make the folders down to `folder`, each one durable in the one above."""
    missing = [each for each in [folder, *folder.parents] if each.is_relative_to(root) and not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o750, parents=each == root, exist_ok=True)
        _settle(each.parent)


def _write(checked: Checked, path: Path) -> str:
    digest = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(handle, "wb") as file:
        checked.content.seek(0)
        for chunk in checked.content.chunks():
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _settle(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_stored(attachment: Attachment) -> BinaryIO:
    """Return the stored bytes, opened at their beginning; raise NotThere unless size and hash still agree."""
    try:
        file = _place(attachment.path).open("rb")
    except (OSError, ValueError) as error:
        log.error("Attachment %s has no file: %s", attachment.pk, type(error).__name__)
        raise _not_there() from error
    size = os.fstat(file.fileno()).st_size
    if size != attachment.size or hashlib.file_digest(file, "sha256").hexdigest() != attachment.sha256:
        file.close()
        log.error("Attachment %s is no longer what was handed in.", attachment.pk)
        raise _not_there()
    file.seek(0)
    return file


def _not_there() -> NotThere:
    return NotThere(
        "file-not-there",
        _("This file can no longer be shown as it was handed in. Please ask for it, or hand it in, again."),
    )


def _place(path: str) -> Path:
    """The file behind a row's path; ValueError for a path that would leave the shelf."""
    shelf = (Path(settings.STORAGE_ROOT) / SHELF).resolve()
    place = (Path(settings.STORAGE_ROOT) / path).resolve()
    if not place.is_relative_to(shelf):
        raise ValueError(path)
    return place


def orphans(at: datetime) -> tuple[list[Attachment], list[Path]]:
    """Rows whose file is gone, and older files without a row; month by month, to stay small."""
    rows: list[Attachment] = []
    files: list[Path] = []
    root = Path(settings.STORAGE_ROOT)
    for month in sorted(_months(root)):
        known = dict(Attachment.objects.filter(path__startswith=month).values_list("path", "pk"))
        lying = {path.relative_to(root).as_posix(): path for path in _lying(root / month)}
        gone = [pk for path, pk in known.items() if path not in lying]
        rows += Attachment.objects.filter(pk__in=gone, state=Attachment.State.STORED)
        files += [path for name, path in lying.items() if name not in known and _is_old(path, at)]
    return rows, files


def _months(root: Path) -> set[str]:
    named = Attachment.objects.annotate(month=Substr("path", 1, MONTH)).values_list("month", flat=True)
    return set(named.distinct()) | {
        path.relative_to(root).as_posix() for path in (root / SHELF).glob("*/*") if path.is_dir()
    }


def _lying(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _is_old(path: Path, at: datetime) -> bool:
    try:
        return path.stat().st_mtime < (at - GRACE).timestamp()
    except FileNotFoundError:
        return False


def delete_orphans(at: datetime) -> int:
    """Remove files that no row knows and return how many. Rows are never removed: they are for the admin."""
    found = orphans(at)[1]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
