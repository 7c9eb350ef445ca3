"""A matter handed in whole: draft, answers, files and submission in one transaction, once a key."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms import BaseForm
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk import actions, drafting
from servicedesk.desk.actions.opening import fingerprint
from servicedesk.desk.errors import KeyReused
from servicedesk.desk.models import Case, Party, SubmissionKey
from servicedesk.desk.registry import CaseKind, Opening
from servicedesk.desk.uploading import take_files

Files = MultiValueDict[str, UploadedFile]


class Incomplete(Exception):
    """What was handed in does not stand: the judged form, and sentences by field about its files."""

    def __init__(self, form: BaseForm, problems: Mapping[str, list[str]]) -> None:
        super().__init__("incomplete")
        self.form, self.problems = form, problems


def facts_of(said: Mapping[str, Any], files: Files) -> dict[str, Any]:
    """What is being handed in, as it came: two requests with the same facts are one."""
    return {"sent": said, "files": {name: list(map(_digest, files.getlist(name))) for name in sorted(files)}}


def _digest(file: UploadedFile) -> list[str]:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return [file.name or "", digest.hexdigest()]


def found_before(key: uuid.UUID, *, by: User, facts: dict[str, Any]) -> Case | None:
    """The case this key stands for already. Raises KeyReused where it was sent with other facts."""
    earlier = SubmissionKey.objects.select_related("case").filter(key=key, who=by).first()
    if earlier is not None and earlier.fingerprint != fingerprint(facts):
        raise KeyReused("key-reused", _("This key was already sent with other content."))
    return earlier.case if earlier is not None else None


@transaction.atomic
def submit_whole(
    kind: CaseKind,
    applicant: Party,
    *,
    by: User,
    at: datetime,
    key: uuid.UUID,
    opening: Opening,
    posted: QueryDict,
    files: Files,
    facts: dict[str, Any],
) -> Case:
    """Open, fill in and submit a matter, or nothing of it, and return it; the same key and facts give the
    same case again. A second request with the key waits for the first.

    Raises Incomplete, and what `open_case` and `submit` raise."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    earlier = found_before(key, by=by, facts=facts)
    if earlier is not None:
        return earlier
    draft = drafting.find_or_open(kind, applicant, by=by, at=at, form_key=key, opening=opening)
    drafting.keep(draft, posted, by=by, at=at)
    draft.refresh_from_db()
    form_type = drafting.form_class(draft)
    problems = take_files(form_type, draft, files, by=by, at=at)
    # As it was sent, for a draft cuts what is too long; then as it is kept, which is what is submitted.
    for form in (form_type(posted, instance=drafting.detail_of(draft)), drafting.kept_form(draft)):
        if not form.is_valid() or problems:
            raise Incomplete(form, problems)
    form.save()
    title = drafting.title_of(draft)
    return actions.submit(draft, by=by, at=at, key=key, facts=facts, title=title)
