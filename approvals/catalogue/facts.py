"""The plain structure every file of the catalogue is read into, and every edition is compared in.

    {"items": [{"code": …, "name": {…}, "laws": […], "papers": […], "fields": […]}, …],
     "bundles": [{"code": …, "items": [{"item_code": …, "after": […], "is_optional": …}], …}, …],
     "limits": [{"subject": …, "clock": …, "term": …, "unit": …, "valid_from": …}, …]}

Words are kept in every language of the interface, days are dates. What a file leaves out is not there: it
stays as it is in the edition in force, or takes its default where the row is new.
"""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

from approvals.models import Bundle, BundleItem, ItemField, ItemLaw, ItemPaper, ServiceItem
from servicedesk.desk.models import Limit

Facts = dict[str, Any]
Catalogue = dict[str, list[Facts]]

# What each row consists of: name → (sort of value, default). "words" are labels, "choice" one of the
# model's, "names" a list of codes; a sort in brackets is a list of rows of that table.
LAW: dict[str, tuple[str, Any]] = {"title": ("text", ""), "number": ("text", ""), "article": ("text", "")}
PAPER: dict[str, tuple[str, Any]] = {
    "code": ("code", ""),
    "name": ("words", {}),
    "note": ("words", {}),
    "need": ("choice", "necessary"),
    "form": ("choice", "original"),
    "source": ("choice", "applicant"),
    "condition": ("condition", {}),
    "sample": ("text", ""),
}
FIELD: dict[str, tuple[str, Any]] = {
    "code": ("name", ""),
    "section": ("text", ""),
    "label": ("words", {}),
    "hint": ("words", {}),
    "sort": ("choice", "text"),
    "is_required": ("yes", True),
    "check_as": ("choice", ""),
    "choices": ("labelled", []),
    "columns": ("columns", []),
    "bounds": ("bounds", {}),
    "condition": ("condition", {}),
    "known_as": ("text", ""),
    "mask": ("text", ""),
}
ITEM: dict[str, tuple[str, Any]] = {
    "code": ("code", ""),
    "name": ("words", {}),
    "summary": ("words", {}),
    "conditions": ("words", {}),
    "fee": ("words", {}),
    "result": ("words", {}),
    "task_code": ("text", ""),
    "implementation_code": ("text", ""),
    "office": ("text", ""),
    "sort": ("choice", "01"),
    "handling": ("choice", "2"),
    "procedure": ("choice", "licence"),
    "life": ("choice", "enterprise"),
    "applicants": ("choice", "company"),
    "extension": ("number", 0),
    "special": ("names", []),
    "is_licensed": ("yes", False),
    "licence_months": ("number or nothing", None),
    "is_delivered": ("yes", True),
    "is_online": ("yes", True),
    "is_part_only": ("yes", False),
    "visits": ("number", 0),
    "position": ("number", 0),
    "sections": ("labelled", []),
    "laws": ("laws", []),
    "papers": ("papers", []),
    "fields": ("fields", []),
}
PART: dict[str, tuple[str, Any]] = {
    "item_code": ("code", ""),
    "after": ("names", []),
    "is_optional": ("yes", True),
}
BUNDLE: dict[str, tuple[str, Any]] = {
    "code": ("code", ""),
    "name": ("words", {}),
    "summary": ("words", {}),
    "basis": ("text", ""),
    "office": ("text", ""),
    "life": ("choice", "enterprise"),
    "position": ("number", 0),
    "sections": ("labelled", []),
    "items": ("parts", []),
}
# Days and standing belong to an edition, not to what it says.
EDITION: dict[str, tuple[str, Any]] = {
    "valid_from": ("day", None),
    "valid_until": ("day", None),
    "stage": ("choice", "published"),
}
LIMIT: dict[str, tuple[str, Any]] = {
    "subject": ("text", ""),
    "clock": ("code", ""),
    "term": ("count", None),
    "unit": ("choice", "working_days"),
    "rolls": ("yes", True),
    "ends": ("choice", "close"),
    "basis": ("text", ""),
    "valid_from": ("day", None),
    "valid_until": ("day", None),
}
TABLES = {"laws": LAW, "papers": PAPER, "fields": FIELD, "parts": PART}
MODELS: dict[str, Any] = {
    "laws": ItemLaw,
    "papers": ItemPaper,
    "fields": ItemField,
    "parts": BundleItem,
    "items": ServiceItem,
    "bundles": Bundle,
    "limits": Limit,
}
# The clock of what is promised, of an item and of a whole bundle.
PROMISED = "promised"


def part_subject(bundle: str, item: str) -> str:
    """Subject of the limits an item has within a bundle."""
    return f"{bundle}/{item}"


def own(table: dict[str, tuple[str, Any]]) -> list[str]:
    """Names of the columns that stand in the row itself, not in rows below it."""
    return [name for name, (sort, _default) in table.items() if sort not in TABLES and name != "office"]


def completed(given: Facts, table: dict[str, tuple[str, Any]], standing: Facts | None = None) -> Facts:
    """`given` with everything it leaves out: as it stands, or by default. Rows below take defaults, and so
    does what is given as empty."""
    full = {}
    for name, (sort, default) in table.items():
        value = given[name] if name in given else (standing or {}).get(name, default)
        value = default if value in (None, "") else value
        if sort in TABLES:
            value = [completed(row, TABLES[sort]) for row in value]
        full[name] = deepcopy(value)
    return full


def _rows(rows: Any, table: dict[str, tuple[str, Any]]) -> list[Facts]:
    return [{name: getattr(row, name) for name in table} for row in rows]


def item_facts(item: ServiceItem) -> Facts:
    """What this edition says. Comes from `snapshot.whole`, or each list is a query."""
    said = {name: getattr(item, name) for name in own(ITEM)}
    below = {
        "laws": _rows(item.laws.all(), LAW),
        "papers": _rows(item.papers.all(), PAPER),
        "fields": _rows(item.fields.all(), FIELD),
    }
    return completed({**said, **below, "office": item.office.code}, ITEM)


def bundle_facts(bundle: Bundle) -> Facts:
    said = {name: getattr(bundle, name) for name in own(BUNDLE)}
    return completed({**said, "items": _rows(bundle.items.all(), PART), "office": bundle.office.code}, BUNDLE)


def limit_facts(limit: Limit) -> Facts:
    return {name: getattr(limit, name) for name in LIMIT}


def edition_facts(row: ServiceItem | Bundle) -> Facts:
    return {name: getattr(row, name) for name in EDITION}


def differing(one: Facts, other: Facts) -> list[str]:
    """Names of what the two do not say alike."""
    return [name for name in one if one[name] != other.get(name)]


def day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)
