"""The catalogue as a file takes it away: of every code the newest published edition and a draft that waits,
and the limits that hold today or later. Brought in again it changes nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from approvals.catalogue.editions import BUNDLES, ITEMS, Shelf
from approvals.catalogue.facts import Catalogue, Facts, edition_facts, limit_facts
from approvals.catalogue.snapshot import whole
from approvals.models import Bundle, ServiceItem, Stage
from servicedesk.desk.models import Limit


def catalogue_now(today: date, codes: set[str] | None = None) -> Catalogue:
    """Everything, or the items and bundles of these codes, with their limits."""
    items = whole(ServiceItem.objects.all())
    bundles = Bundle.objects.select_related("office").prefetch_related("items")
    if codes is not None:
        items, bundles = items.filter(code__in=codes), bundles.filter(code__in=codes)
    found = {"items": _rows(ITEMS, items), "bundles": _rows(BUNDLES, bundles)}
    known = {row["code"] for rows in found.values() for row in rows}
    return {**found, "limits": _limits(known, today)}


def _rows(shelf: Shelf, editions: Any) -> list[Facts]:
    """Of each code the newest that is no draft, and the draft."""
    newest: dict[tuple[str, bool], Any] = {}
    for row in editions.order_by("position", "code", "edition"):
        newest[row.code, row.stage == Stage.DRAFT] = row
    return [{**_standing(row), **shelf.facts_of(row)} for row in newest.values()]


def _standing(row: ServiceItem | Bundle) -> Facts:
    stage = Stage.DRAFT if row.stage == Stage.DRAFT else Stage.PUBLISHED
    return {**edition_facts(row), "stage": stage.value}


def _limits(codes: set[str], today: date) -> list[Facts]:
    rows = Limit.objects.exclude(valid_until__lt=today).order_by("subject", "valid_from", "pk")
    return [limit_facts(row) for row in rows if row.subject.partition("/")[0] in codes]
