"""What a case keeps of the edition of an item it was submitted under: plain JSON, no row of the catalogue."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from approvals.models import ItemField, ItemPaper, ServiceItem

Snapshot = dict[str, Any]

ITEM = (
    "code",
    "edition",
    "name",
    "sort",
    "handling",
    "procedure",
    "life",
    "applicants",
    "extension",
    "special",
    "is_licensed",
    "licence_months",
    "is_delivered",
    "is_online",
    "is_part_only",
    "result",
    "sections",
)
FIELD = (
    "code",
    "section",
    "label",
    "hint",
    "sort",
    "is_required",
    "check_as",
    "choices",
    "columns",
    "bounds",
    "condition",
    "known_as",
    "mask",
)
PAPER = ("code", "name", "note", "need", "form", "source", "condition")


def whole(items: QuerySet[ServiceItem]) -> QuerySet[ServiceItem]:
    """The items with everything a snapshot reads, in four queries however many they are."""
    return items.select_related("office").prefetch_related("laws", "papers", "fields")


def snapshot(item: ServiceItem) -> Snapshot:
    """The item as a case keeps it. Of an item that does not come from `whole` each list is a query."""
    return {
        **taken(item, ITEM),
        "office": item.office.code,
        "laws": [[law.title, law.number, law.article] for law in item.laws.all()],
        "fields": [taken(field, FIELD) for field in item.fields.all()],
        "papers": [taken(paper, PAPER) for paper in item.papers.all()],
    }


def taken(row: ServiceItem | ItemField | ItemPaper, names: tuple[str, ...]) -> Snapshot:
    return {name: getattr(row, name) for name in names}


def current(code: str, on: date) -> Snapshot | None:
    """Snapshot of the edition in force on that day, or None."""
    item = whole(ServiceItem.objects.all()).current(code, on)  # type: ignore[attr-defined]
    return snapshot(item) if item else None


def current_all(codes: list[str], on: date) -> dict[str, Snapshot]:
    """Snapshots of the editions in force on that day, by code and in the order asked, in four queries."""
    rows = whole(ServiceItem.objects.published(on).filter(code__in=codes)).order_by("edition")
    found = {item.code: snapshot(item) for item in rows}
    return {code: found[code] for code in codes if code in found}
