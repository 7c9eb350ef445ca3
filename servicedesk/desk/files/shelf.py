"""Where files lie: below STORAGE_ROOT, outside the web, under generated names; row and file agree by hash."""

from __future__ import annotations

import hashlib
import logging
import os
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Attachment

if TYPE_CHECKING:
    from servicedesk.desk.files.checking import Checked

log = logging.getLogger(__name__)

# What people hand in. What the desk writes itself lies on shelves of its own, each looked over by whoever
# keeps its rows.
SHELF = "attachments"
# A file is written before its row is committed: younger ones may still be waiting for theirs.
GRACE = timedelta(minutes=15)
CHUNK = 1024 * 1024


class NotKept(DeskError):
    """The storage could not take a file: full, read-only, or gone."""

    status = 503


class NotThere(DeskError):
    """A file that was kept is missing or no longer what was handed in."""

    status = 410


class Kept(Protocol):
    """A row that names a file and knows what it was."""

    pk: Any
    path: str
    sha256: str
    size: int


def store(checked: Checked, shelf: str = SHELF) -> str:
    """Write the bytes durably under a generated name and return its path below STORAGE_ROOT.

    After the return the file survives a power cut; before it nothing is visible under the final name.
    Raises NotKept where the storage refuses, or where the bytes are no longer those that were checked."""
    root = Path(settings.STORAGE_ROOT)
    kept = Path(shelf) / f"{timezone.localdate():%Y/%m/%d}" / uuid.uuid4().hex
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
        log.exception("A file could not be stored.")
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


def open_stored(row: Kept, shelf: str = SHELF) -> BinaryIO:
    """Return the stored bytes, opened at their beginning; raise NotThere unless size and hash still agree."""
    sort = type(row).__name__
    try:
        file = _place(row.path, shelf).open("rb")
    except (OSError, ValueError) as error:
        log.error("%s %s has no file: %s", sort, row.pk, type(error).__name__)
        raise _not_there() from error
    size = os.fstat(file.fileno()).st_size
    if size != row.size or hashlib.file_digest(file, "sha256").hexdigest() != row.sha256:
        file.close()
        log.error("%s %s is no longer what was handed in.", sort, row.pk)
        raise _not_there()
    file.seek(0)
    return file


def remove(path: str, shelf: str) -> None:
    """Take a file off the shelf again that no row came to name."""
    _place(path, shelf).unlink(missing_ok=True)


def _not_there() -> NotThere:
    return NotThere(
        "file-not-there",
        _("This file can no longer be shown as it was handed in. Please ask for it, or hand it in, again."),
    )


def _place(path: str, name: str) -> Path:
    """The file behind a row's path; ValueError for a path that would leave the shelf."""
    shelf = (Path(settings.STORAGE_ROOT) / name).resolve()
    place = (Path(settings.STORAGE_ROOT) / path).resolve()
    if not place.is_relative_to(shelf):
        raise ValueError(path)
    return place


def orphans(at: datetime) -> tuple[list[Attachment], list[Path]]:
    """Rows whose file is gone, and older files without a row."""
    gone, files = astray(Attachment.objects.all(), SHELF, at)
    return list(Attachment.objects.filter(pk__in=gone, state=Attachment.State.STORED)), files


def astray(named: QuerySet[Any], shelf: str, at: datetime) -> tuple[list[Any], list[Path]]:
    """Of a shelf whose files the rows `named` name: keys of rows whose file is gone, and older files without
    a row; month by month, to stay small."""
    rows: list[Any] = []
    files: list[Path] = []
    root = Path(settings.STORAGE_ROOT)
    for month in sorted(_months(named, root, shelf)):
        known = dict(named.filter(path__startswith=month).values_list("path", "pk"))
        lying = {path.relative_to(root).as_posix(): path for path in _lying(root / month)}
        rows += [pk for path, pk in known.items() if path not in lying]
        files += [path for name, path in lying.items() if name not in known and _is_old(path, at)]
    return rows, files


def _months(named: QuerySet[Any], root: Path, shelf: str) -> set[str]:
    months = named.exclude(path="").annotate(month=Substr("path", 1, len(f"{shelf}/2026/03")))
    return set(months.order_by().values_list("month", flat=True).distinct()) | {
        path.relative_to(root).as_posix() for path in (root / shelf).glob("*/*") if path.is_dir()
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
    return delete(orphans(at)[1])


def delete(files: list[Path]) -> int:
    for path in files:
        path.unlink(missing_ok=True)
    return len(files)
