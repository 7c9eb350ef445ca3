"""The papers of a matter as its pages list them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from approvals.documents import chinese, licences
from approvals.models import Document, Licence
from servicedesk.desk.models import Case
from servicedesk.desk.wording import spoken


def listed(case: Case, at: datetime) -> dict[str, Any]:
    """Context of `approvals/documents/list.html`, in two queries: papers newest first, and the licence."""
    licence = licences.whole().filter(case=case).first()
    return {
        "documents": [_row(document) for document in Document.objects.filter(case=case)],
        "licence": licence and _licence(licence, at),
    }


def _row(document: Document) -> dict[str, Any]:
    return {
        "pk": document.pk,
        "sort": document.get_sort_display(),
        "title": chinese.title(document),
        "number": chinese.number(document),
        "at": document.issued_at,
    }


def _licence(licence: Licence, at: datetime) -> dict[str, Any]:
    return {
        "pk": licence.pk,
        "name": spoken(licence.name),
        "number": licence.number,
        "token": licence.token,
        "standing": licences.standing_of(licence, at),
    }
