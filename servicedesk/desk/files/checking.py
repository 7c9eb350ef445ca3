"""The check every upload passes before anything is kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string

from servicedesk.desk.files.names import clean_name, extension_of
from servicedesk.desk.files.refusals import Refused, refusal
from servicedesk.desk.files.types import DOCUMENT, PHOTO, RECORDING, TYPES, FileType


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

    Extension and content must both be allowed and agree. `count` and `total` are the number and the bytes of
    the files the case already has."""
    name = clean_name(upload.name or "")
    kind = TYPES.get(extension_of(name))
    if kind is None:
        raise refusal("type", name=name)
    size, sha256 = _measured(upload, name, kind, count, total)
    file = cast(BinaryIO, upload.file)
    try:
        file.seek(0)
        kind.look(file, extension_of(name))
        _scan(file, name)
    except Refused as refused:
        raise refusal(refused.code, name=name) from refused
    finally:
        upload.seek(0)
    return Checked(name, kind.mime, sha256, size, upload)


def _measured(upload: UploadedFile, name: str, kind: FileType, count: int, total: int) -> tuple[int, str]:
    """Size and hash of the bytes themselves, read once; Refused as soon as a cap is passed."""
    most = {
        PHOTO: settings.UPLOAD_PHOTO_BYTES,
        DOCUMENT: settings.UPLOAD_MAX_BYTES,
        RECORDING: settings.UPLOAD_RECORDING_BYTES,
    }[kind.group]
    if count >= settings.UPLOAD_CASE_FILES:
        raise refusal("too-many", most=settings.UPLOAD_CASE_FILES)
    size, digest = 0, hashlib.sha256()
    for chunk in upload.chunks():
        size += len(chunk)
        digest.update(chunk)
        if size > most:
            raise refusal("too-large", name=name, most=filesizeformat(most))
        if total + size > settings.UPLOAD_CASE_BYTES:
            raise refusal("too-much", most=filesizeformat(settings.UPLOAD_CASE_BYTES))
    if not size:
        raise refusal("empty", name=name)
    return size, digest.hexdigest()


def _scan(file: BinaryIO, name: str) -> None:
    """Ask the scanner named by SCANNER, where one is.

    It is a function `(file, name) -> str` that answers what it found, or "" for nothing, and raises OSError
    when it cannot say: then nothing is taken, because a guard that sleeps is no guard."""
    if not settings.SCANNER:
        return
    file.seek(0)
    try:
        found = import_string(settings.SCANNER)(file, name)
    except OSError as error:
        raise Refused("not-scanned") from error
    if found:
        raise Refused("unsafe")
