"""Whether the catalogue of a day is sound: codes, offices, limits, forms, bundles. One sentence a fault, in
the language of whoever asks; no fault stops the search for the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from approvals.catalogue.bundle_check import bundle_faults
from approvals.catalogue.clocks import needed_clocks
from approvals.catalogue.facts import PROMISED, Facts
from approvals.catalogue.form_check import form_faults, paper_faults
from approvals.catalogue.measure import MINUTES_A_DAY, exceeds, minutes
from approvals.catalogue.shape import said
from approvals.catalogue.world import World, days_of_change, world_on
from approvals.models import ServiceItem
from servicedesk.desk.words import CATEGORIES

# Basic code of GB/T 39554.1-2020: area (00 national, 37 Shandong), type, department, main item, sub-item.
TASK_CODE = re.compile(r"(00|37)(\d{2})\d{8}")
# Implementation code: credit code of the executor (18), level (1), basic code (12).
IMPLEMENTATION = re.compile(r"[0-9A-HJ-NPQRTUWXY]{18}[1-6](\d{12})")


def catalogue_faults(today: date) -> list[str]:
    """Every fault of what is published, today and on each later day from which something changes."""
    found: dict[str, None] = {}
    for day in days_of_change(today):
        found.update(dict.fromkeys(faults(world_on(day))))
    return list(found)


def faults(world: World) -> list[str]:
    """Every fault of the catalogue of that day."""
    found = [_("%(code)s: two editions hold at once.") % {"code": code} for code in world.twice]
    found += [_("%(code)s: two limits hold at once.") % {"code": code} for code in world.twice_limited]
    for item in world.items.values():
        for check in ITEM_CHECKS:
            found += check(item, world)
    for bundle in world.bundles.values():
        found += bundle_faults(bundle, world)
    found += _same_codes(world)
    return found


def _office(item: Facts, world: World) -> Iterator[str]:
    if item["office"] not in world.offices:
        yield said(item["code"], "office", _("There is no office “%(code)s”.") % {"code": item["office"]})


def _codes(item: Facts, world: World) -> Iterator[str]:
    basic, full = item["task_code"], item["implementation_code"]
    parts = TASK_CODE.fullmatch(basic)
    if basic and not parts:
        yield said(item["code"], "task_code", _("A basic code has 12 digits and begins with 00 or 37."))
    elif parts and parts[1] != item["sort"]:
        yield said(
            item["code"], "task_code", _("Digits 3 and 4 of the basic code are not the type of the item.")
        )
    whole = IMPLEMENTATION.fullmatch(full)
    if full and not whole:
        yield said(
            item["code"],
            "implementation_code",
            _("An implementation code is a credit code, the level and the basic code: 31 characters."),
        )
    elif whole and basic and whole[1] != basic:
        yield said(
            item["code"], "implementation_code", _("The last 12 digits must be the basic code of the item.")
        )


def _limits(item: Facts, world: World) -> Iterator[str]:
    """Every clock of its procedure has a limit, and what is promised is no more than the law allows."""
    code = item["code"]
    for clock in needed_clocks(item):
        if world.limit(code, clock) is None:
            words = _("There is no limit in force on %(day)s.") % {"day": world.day.isoformat()}
            yield said(code, clock, words)
    promise, statutory = world.limit(code, PROMISED), world.limit(code, "statutory")
    if promise and statutory and exceeds(promise, statutory):
        yield said(code, PROMISED, _("What is promised is longer than the statutory limit."))
    if promise and item["handling"] == ServiceItem.Handling.INSTANT and _is_long(promise):
        yield said(code, PROMISED, _("What is handled at once is promised within one working day at most."))


def _is_long(promise: Facts) -> bool:
    working = minutes(promise)
    if working is not None:
        return working > MINUTES_A_DAY
    return bool((promise["unit"], promise["term"]) != ("calendar_days", 1))


def _particulars(item: Facts, world: World) -> Iterator[str]:
    for category in item["special"]:
        if category.replace("-", "_") not in CATEGORIES:
            words = _("There is no special procedure “%(code)s”.") % {"code": category}
            yield said(item["code"], "special", words)
    if item["licence_months"] is not None and not item["is_licensed"]:
        yield said(item["code"], "licence_months", _("Only an item that brings a licence has a validity."))
    if item["extension"] and world.limit(item["code"], "statutory") is None:
        yield said(item["code"], "extension", _("Without a statutory limit there is nothing to extend."))
    if not item["laws"]:
        yield said(item["code"], "laws", _("An item states the law it rests on."))


def _form(item: Facts, world: World) -> Iterator[str]:
    yield from form_faults(item)
    yield from paper_faults(item)


def _same_codes(world: World) -> Iterator[str]:
    for code in sorted(world.items.keys() & world.bundles.keys()):
        yield said(code, "code", _("An item and a bundle cannot have one code."))
    seen: dict[str, str] = {}
    for item in world.items.values():
        full = item["implementation_code"]
        if full and seen.setdefault(full, item["code"]) != item["code"]:
            other = _("%(code)s has this code already.") % {"code": seen[full]}
            yield said(item["code"], "implementation_code", other)


ITEM_CHECKS: tuple[Callable[[Facts, World], Iterator[str]], ...] = (
    _office,
    _codes,
    _limits,
    _particulars,
    _form,
)
