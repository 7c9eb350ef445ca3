"""What a bundle consists of on a day, and what a case keeps of it: plain JSON, no row of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from approvals.catalogue.snapshot import Snapshot, current_all
from approvals.models import Bundle, Stage
from servicedesk.desk.registry import Opening

# The item whose grant brings the company into the register.
LICENCE = "company-setup"


def snapshot(bundle: Bundle, items: dict[str, Snapshot]) -> Snapshot:
    """The bundle as a case keeps it, without parts whose item nobody knows."""
    return {
        "code": bundle.code,
        "edition": bundle.edition,
        "name": bundle.name,
        "summary": bundle.summary,
        "basis": bundle.basis,
        "office": bundle.office.code,
        "sections": bundle.sections,
        "items": [
            {
                "code": part.item_code,
                "name": items[part.item_code]["name"],
                "office": items[part.item_code]["office"],
                "after": [code for code in part.after if code in items],
                "is_optional": part.is_optional,
            }
            for part in bundle.items.all()
            if part.item_code in items
        ],
    }


def _whole(bundle: Bundle, on: date) -> tuple[Snapshot, dict[str, Snapshot]]:
    items = current_all([part.item_code for part in bundle.items.all()], on)
    return snapshot(bundle, items), items


def current(code: str, on: date) -> tuple[Snapshot, dict[str, Snapshot]] | None:
    """The edition in force on that day and the items of it, or None."""
    rows = Bundle.objects.select_related("office").prefetch_related("items")
    found = rows.current(code, on)
    return _whole(found, on) if found else None


@dataclass(frozen=True)
class Contents:
    """A bundle, its items by code, and the parts that were chosen of it in its order, each waiting only for
    what was chosen too."""

    bundle: Snapshot
    items: dict[str, Snapshot]
    parts: list[Snapshot]


def contents(opening: Opening) -> Contents:
    """The bundle of a case: as it was submitted, of a draft as it stands today. Raises LookupError where
    there is none of that code."""
    if "bundle" in opening:
        bundle, items = dict(opening["bundle"]), dict(opening["items"])
    else:
        code, on = str(opening.get("bundle_code", "")), timezone.localdate()
        found = current(code, on) or _last(code, on)
        if found is None:
            raise LookupError(f"There is no bundle {code}.")
        bundle, items = found
    return Contents(bundle, items, parts_of(bundle, opening.get("chosen", ())))


def parts_of(bundle: Snapshot, codes: Iterable[str]) -> list[Snapshot]:
    taken = set(codes)
    parts = [part for part in bundle["items"] if part["code"] in taken]
    return [part | {"after": [code for code in part["after"] if code in taken]} for part in parts]


def _last(code: str, on: date) -> tuple[Snapshot, dict[str, Snapshot]] | None:
    """What a draft is read by when its bundle is no longer in force."""
    rows = Bundle.objects.filter(code=code).exclude(stage=Stage.DRAFT).select_related("office")
    found = rows.prefetch_related("items").order_by("-edition").first()
    return _whole(found, on) if found else None


def choice(bundle: Snapshot, take: Sequence[str]) -> list[str]:
    """Codes of what is applied for: all where nothing was taken, and in any case what nobody may leave out.
    The licence alone may be left out by a company that has one. Raises LookupError for an unknown code."""
    codes = [part["code"] for part in bundle["items"]]
    for code in take:
        if code not in codes:
            raise LookupError(code)
    taken = set(take) or set(codes)
    return [part["code"] for part in bundle["items"] if part["code"] in taken or is_due(part)]


def is_due(part: dict[str, Any]) -> bool:
    return not part["is_optional"] and part["code"] != LICENCE
