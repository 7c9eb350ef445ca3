"""Taking in what an applicant uploads: each file on its own, so that a bad photo costs no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk import actions, asking
from servicedesk.desk.errors import DeskError
from servicedesk.desk.files import check, held
from servicedesk.desk.files.types import TYPES
from servicedesk.desk.models import Attachment, Case

# Where files go that no question asked for in particular.
FILES = "files"


def limits(*, by_field: bool = False) -> dict[str, int]:
    """What the page tells, and its script checks, before anything is sent. A page that asks for several
    papers may send as many files as a case can hold."""
    most = settings.UPLOAD_CASE_FILES if by_field else settings.UPLOAD_MAX_FILES
    return {"most": most, "largest": settings.UPLOAD_RECORDING_BYTES}


def accepted() -> str:
    """What a file picker offers; `image/*` makes a phone offer its camera as well."""
    return ",".join(["image/*", *(f".{extension}" for extension in sorted(TYPES))])


def add_files(
    case: Case,
    uploads: Sequence[UploadedFile],
    *,
    by: User,
    at: datetime,
    kept: Callable[[Attachment], object] | None = None,
) -> list[str]:
    """Attach each upload that may be kept, and tell `kept` of it in the same transaction; return a sentence
    for each that may not."""
    problems, most = [], settings.UPLOAD_MAX_FILES
    if len(uploads) > most:
        problems.append(_("At most %(most)d files at a time; only the first were taken.") % {"most": most})
    for upload in uploads[:most]:
        try:
            file = check(upload, **held(case))
            with transaction.atomic():
                row = actions.attach(case, by=by, at=at, file=file)
                if kept is not None:
                    kept(row)
        except DeskError as error:
            problems.append(str(error))
    return problems


def take_files(
    form: asking.Form, case: Case, files: MultiValueDict[str, UploadedFile], *, by: User, at: datetime
) -> dict[str, list[str]]:
    """Keep what was uploaded, at the fields that asked for it; sentences by field of what may not be kept."""
    take_them = getattr(form, "take_files", None)
    if take_them is not None:
        return dict(take_them(case, files, by=by, at=at))
    problems = add_files(case, files.getlist(FILES), by=by, at=at)
    return {FILES: problems} if problems else {}
