"""Whether a bundle holds together: its items, what waits for what, its promise over the longest way."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from approvals.catalogue.facts import PROMISED, Facts, part_subject
from approvals.catalogue.measure import longest_path, minutes
from approvals.catalogue.shape import said
from approvals.catalogue.world import World
from servicedesk.desk.checks import circle
from servicedesk.desk.registry import StepDef


def bundle_faults(bundle: Facts, world: World) -> Iterator[str]:
    code, parts = bundle["code"], bundle["items"]
    codes = [part["item_code"] for part in parts]
    if bundle["office"] not in world.offices:
        yield said(code, "office", _("There is no office “%(code)s”.") % {"code": bundle["office"]})
    if not parts:
        yield said(code, "items", _("A bundle needs items."))
    for item in sorted({item for item in codes if codes.count(item) > 1}):
        yield said(code, "items", _("“%(code)s” stands there twice.") % {"code": item})
    for item in codes:
        if item not in world.items:
            words = _("There is no item “%(code)s” in force on %(day)s.")
            yield said(code, "items", words % {"code": item, "day": world.day.isoformat()})
    yield from _graph(bundle, codes)
    yield from _questions(bundle, world)
    yield from _promise(bundle, world)


def _graph(bundle: Facts, codes: list[str]) -> Iterator[str]:
    for part in bundle["items"]:
        for before in part["after"]:
            if before not in codes:
                where = f"{bundle['code']}, {part['item_code']}"
                yield said(where, "after", _("“%(code)s” is no item of this bundle.") % {"code": before})
    steps = [StepDef(part["item_code"], "", after=tuple(part["after"])) for part in bundle["items"]]
    if ring := circle(steps):
        words = _("These items wait for each other: %(codes)s.") % {"codes": ", ".join(ring)}
        yield said(bundle["code"], "items", words)


def _questions(bundle: Facts, world: World) -> Iterator[str]:
    """One code is one fact across the items of a bundle: the same sort and the same choices everywhere, in a
    section the bundle has."""
    first: dict[str, tuple[str, Facts]] = {}
    sections = {section["code"] for section in bundle["sections"]}
    for part in bundle["items"]:
        item = world.items.get(part["item_code"])
        for field in item["fields"] if item else []:
            owner, other = first.setdefault(field["code"], (part["item_code"], field))
            where = f"{bundle['code']}, {part['item_code']}, {field['code']}"
            if any(field[name] != other[name] for name in ("sort", "choices", "columns")):
                yield said(where, "sort", _("In %(item)s this question is another.") % {"item": owner})
            if field["section"] and field["section"] not in sections:
                words = _("The bundle has no section “%(code)s”.") % {"code": field["section"]}
                yield said(where, "section", words)


def _promise(bundle: Facts, world: World) -> Iterator[str]:
    code = bundle["code"]
    whole = world.limit(code, PROMISED)
    if whole is None:
        words = _("There is no limit in force on %(day)s.") % {"day": world.day.isoformat()}
        yield said(code, PROMISED, words)
        return
    weights: dict[str, int] = {}
    for part in bundle["items"]:
        limit = part_limit(world, code, part["item_code"])
        working = minutes(limit) if limit else None
        if working is None:
            where = f"{code}, {part['item_code']}"
            yield said(where, PROMISED, _("Its promise in the bundle is missing or not in working time."))
            return
        weights[part["item_code"]] = working
    most = minutes(whole)
    after = {part["item_code"]: part["after"] for part in bundle["items"]}
    longest = longest_path(weights, after)
    if most is None or longest > most:
        words = _(
            "The items take %(longest)s working minutes one after another, which is more than is promised."
        )
        yield said(code, PROMISED, words % {"longest": longest})


def part_limit(world: World, bundle: str, item: str) -> Facts | None:
    """The promise of an item within a bundle: its own there, else the one it has alone."""
    return world.limit(part_subject(bundle, item), PROMISED) or world.limit(item, PROMISED)
