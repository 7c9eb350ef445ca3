"""Taking in what an applicant uploads: each file on its own, so that a bad photo costs no other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.errors import DeskError
from servicedesk.desk.files import check, held
from servicedesk.desk.files.types import TYPES
from servicedesk.desk.models import Case


def limits() -> dict[str, int]:
    """What the page tells, and its script checks, before anything is sent."""
    return {"most": settings.UPLOAD_MAX_FILES, "largest": settings.UPLOAD_RECORDING_BYTES}


def accepted() -> str:
    """What a file picker offers; `image/*` makes a phone offer its camera as well."""
    return ",".join(["image/*", *(f".{extension}" for extension in sorted(TYPES))])


def add_files(case: Case, uploads: Sequence[UploadedFile], *, by: User, at: datetime) -> list[str]:
    """Attach each upload that may be kept; return a sentence for each that may not."""
    problems, most = [], settings.UPLOAD_MAX_FILES
    if len(uploads) > most:
        problems.append(_("At most %(most)d files at a time; only the first were taken.") % {"most": most})
    for upload in uploads[:most]:
        try:
            actions.attach(case, by=by, at=at, file=check(upload, **held(case)))
        except DeskError as error:
            problems.append(str(error))
    return problems
