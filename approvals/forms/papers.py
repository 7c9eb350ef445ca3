"""Papers: each is asked for by name, and takes any number of files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from approvals.models import HandedIn, ItemPaper
from servicedesk.accounts.models import User
from servicedesk.desk.forms import FilesField, ManyFiles
from servicedesk.desk.models import Attachment, Case
from servicedesk.desk.uploading import accepted, add_files


def field_name(code: str) -> str:
    return f"paper_{code.replace('-', '_')}"


class PaperQuestion(FilesField):
    """`handed` are the files there are already, `counted` those that belong to the submission: the form puts
    them here."""

    piece = "portal/start_paper.html"

    def __init__(self, *, code: str, need: str, form: str = "", source: str = "", **kwargs: Any) -> None:
        self.code, self.need, self.form, self.source = code, need, form, source
        self.handed: list[Attachment] = []
        self.counted: list[Attachment] = []
        super().__init__(
            required=need == ItemPaper.Need.NECESSARY, widget=ManyFiles({"accept": accepted()}), **kwargs
        )

    @property
    def need_words(self) -> Any:
        return ItemPaper.Need(self.need).label if self.need in ItemPaper.Need else ""

    @property
    def form_words(self) -> Any:
        return ItemPaper.Form(self.form).label if self.form in ItemPaper.Form else ""

    @property
    def source_words(self) -> Any:
        """Who issues it, where that is not the applicant."""
        if self.source not in ItemPaper.Source or self.source == ItemPaper.Source.APPLICANT:
            return ""
        return ItemPaper.Source(self.source).label

    def clean(self, data: Any, initial: Any = None) -> list[str]:  # type: ignore[override]
        """Hashes of the files submitted; what is just being uploaded was taken before."""
        if self.required and not self.handed:
            raise ValidationError(_("This paper is still missing. Please add it here."), "required")
        return [file.sha256 for file in self.counted]

    def words(self, raw: Any, mask: str = "") -> str:
        return ", ".join(file.name for file in self.handed)


def handed_in(case: Case) -> dict[str, list[Attachment]]:
    """Files by the code of their paper, in the order they came."""
    rows = HandedIn.objects.filter(case=case, attachment__state=Attachment.State.STORED)
    found: dict[str, list[Attachment]] = {}
    for row in rows.select_related("attachment").order_by("attachment__at", "attachment_id"):
        found.setdefault(row.code, []).append(row.attachment)
    return found


def hand_in(case: Case, code: str, uploads: Sequence[UploadedFile], *, by: User, at: datetime) -> list[str]:
    """Keep the uploads as files of the paper; return a sentence for each that may not be kept."""

    def kept(file: Attachment) -> HandedIn:
        return HandedIn.objects.create(case=case, code=code, attachment=file)

    return add_files(case, uploads, by=by, at=at, kept=kept)
