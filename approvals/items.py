"""The service item a case is about: the edition it was submitted under, of a draft the one in force today."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from approvals.catalogue.snapshot import Snapshot, current, snapshot, whole
from approvals.models import ServiceItem, Stage
from approvals.models.item import CODE
from servicedesk.desk.registry import Opening


def item_of(opening: Opening) -> Snapshot:
    """Snapshot of the item. Raises LookupError where the catalogue knows none of that code."""
    if "item" in opening:
        return dict(opening["item"])
    code = str(opening.get("item_code", ""))
    found = current(code, timezone.localdate()) or last_edition(code)
    if found is None:
        raise LookupError(f"There is no service item {code}.")
    return found


def last_edition(code: str) -> Snapshot | None:
    """What a draft is read by when its item is no longer in force."""
    if not CODE.fullmatch(code):
        return None
    editions = whole(ServiceItem.objects.filter(code=code)).exclude(stage=Stage.DRAFT)
    found = editions.order_by("-edition").first()
    return snapshot(found) if found else None


def in_force(opening: Opening) -> bool:
    return current(str(opening.get("item_code", "")), timezone.localdate()) is not None


def answers_for(item: Snapshot, answers: dict[str, Any]) -> dict[str, Any]:
    """Of the answers to a merged form those this item asks for; a composite question has several names."""
    codes = [field["code"] for field in item["fields"]]
    return {
        name: value
        for name, value in answers.items()
        if any(name == code or name.startswith(f"{code}_") for code in codes)
    }
