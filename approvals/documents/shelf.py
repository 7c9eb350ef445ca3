"""The PDF of a paper: made when it is first needed, kept by hash, refused once it was altered."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from approvals.documents.issue import digest_of
from approvals.documents.letters import paper_of
from approvals.models import Document
from servicedesk.desk.files import Checked, NotKept, NotThere, astray, delete, open_stored, remove, store

log = logging.getLogger(__name__)

# Beside the shelf of what people hand in, so that neither clearing touches the other.
SHELF = "documents"
LOOKED = "approvals.documents-looked-at"
BETWEEN_LOOKS = timedelta(minutes=20)
AT_ONCE = 50


def pdf_of(document: Document) -> bytes:
    """The file of a paper. Raises NotThere where its facts or its file are no longer what was issued, and
    NotKept where the storage could not take a fresh one."""
    if not document.path:
        _render(document)
    with open_stored(document, SHELF) as file:
        return file.read()


def _render(document: Document) -> None:
    """Make the file and keep it; of two who do so at once the first one's stays."""
    if digest_of(document.facts) != document.digest:
        log.error("The facts of document %s are no longer what was issued.", document.pk)
        raise NotThere("facts-altered", _("This paper is no longer what was issued. Please ask the office."))
    content = paper_of(document).bytes()
    kept = Checked(
        f"{document.pk}.pdf",
        "application/pdf",
        hashlib.sha256(content).hexdigest(),
        len(content),
        ContentFile(content),
    )
    path = store(kept, SHELF)
    mine = Document.objects.filter(pk=document.pk, path="")
    if not mine.update(path=path, sha256=kept.sha256, size=kept.size):
        remove(path, SHELF)
    document.refresh_from_db(fields=["path", "sha256", "size"])


def render_missing(at: datetime, most: int = AT_ONCE) -> int:
    """Make the files of papers that have none yet, oldest first; return how many were made."""
    waiting = Document.objects.filter(path="", issued_at__lte=at).order_by("issued_at", "pk")
    return sum(_tried(document) for document in waiting[:most])


def _tried(document: Document) -> bool:
    """One paper that cannot be made does not hold up the others; it is logged each time."""
    try:
        _render(document)
    except (NotThere, NotKept):
        return False
    return True


def clear_shelf(at: datetime) -> int:
    """Delete older files that no paper names and return how many; log papers whose file is gone."""
    gone, files = astray(Document.objects.all(), SHELF, at)
    for key in gone:
        log.error("Document %s has lost its file.", key)
    return delete(files)


def look_after(at: datetime) -> int:
    """The round of this room: what is missing is made and what is astray cleared, once in a while."""
    if not cache.add(LOOKED, at.isoformat(), timeout=BETWEEN_LOOKS.total_seconds()):
        return 0
    return render_missing(at) + clear_shelf(at)
