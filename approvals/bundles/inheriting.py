"""What a part of a bundle takes over from the whole: the answers and papers its item asks for, each given
once."""

from __future__ import annotations

from typing import Any

from approvals.catalogue.snapshot import Snapshot
from approvals.items import answers_for
from approvals.models import BundleApplication, HandedIn
from servicedesk.desk.models import Attachment, Case


def answers_of(part: Case, item: Snapshot) -> dict[str, Any]:
    """Of the answers to the whole those this item asks for."""
    whole = BundleApplication.objects.filter(case=part.parent_id).first()
    return answers_for(item, whole.answers) if whole else {}


def hand_on_papers(part: Case, item: Snapshot) -> None:
    """Put the papers of the whole that this item asks for on the part as well: rows of its own which name the
    same stored files."""
    asked = {paper["code"] for paper in item["papers"]}
    asked |= {field["code"] for field in item["fields"] if field["sort"] == "file"}
    stored = HandedIn.objects.filter(case=part.parent_id, attachment__state=Attachment.State.STORED)
    for paper in stored.filter(code__in=asked).select_related("attachment").order_by("pk"):
        HandedIn.objects.create(case=part, code=paper.code, attachment=_again(paper.attachment, part))


def _again(file: Attachment, part: Case) -> Attachment:
    return Attachment.objects.create(
        case=part,
        by_id=file.by_id,
        sha256=file.sha256,
        size=file.size,
        name=file.name,
        mime=file.mime,
        path=file.path,
        public=file.public,
        at=file.at,
    )
