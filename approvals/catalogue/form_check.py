"""Whether the questions and papers of an item make a form that can be filled in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from approvals.catalogue.facts import Facts
from approvals.catalogue.shape import said
from approvals.models import ItemField

Sort = ItemField.Sort
CHOOSING = {Sort.CHOICE, Sort.CHOICES}
# What a column of a table may be; a table within a table is no question anybody can answer.
IN_TABLES = {Sort.TEXT, Sort.LONG, Sort.NUMBER, Sort.MONEY, Sort.DATE, Sort.YES}
MASKS = {"", "name", "phone", "email", "number"}
CHECKS = {"", *ItemField.Check.values}


def form_faults(item: Facts) -> Iterator[str]:
    fields = item["fields"]
    sections = [section["code"] for section in item["sections"]]
    yield from _twice(item, "sections", sections)
    yield from _twice(item, "fields", [field["code"] for field in fields])
    earlier: dict[str, Facts] = {}
    later = {field["code"] for field in fields}
    for field in fields:
        where = f"{item['code']}, {field['code']}"
        if (field["section"] or sections) and field["section"] not in sections:
            yield said(where, "section", _("There is no section “%(code)s”.") % {"code": field["section"]})
        yield from _sort(field, where)
        yield from condition_faults(field["condition"], earlier, later, where)
        earlier[field["code"]] = field
    yield from _order(item, sections)


def paper_faults(item: Facts) -> Iterator[str]:
    """Papers are asked for after every question, so their conditions may name any of them."""
    yield from _twice(item, "papers", [paper["code"] for paper in item["papers"]])
    fields = {field["code"]: field for field in item["fields"]}
    for paper in item["papers"]:
        where = f"{item['code']}, {paper['code']}"
        yield from condition_faults(paper["condition"], fields, set(fields), where)


def _twice(item: Facts, part: str, codes: list[str]) -> Iterator[str]:
    for code, count in Counter(codes).items():
        if count > 1:
            yield said(item["code"], part, _("“%(code)s” stands there twice.") % {"code": code})


def _order(item: Facts, sections: list[str]) -> Iterator[str]:
    """A condition never looks into a later section: a page is filled in after the page before."""
    place = {
        field["code"]: sections.index(field["section"])
        for field in item["fields"]
        if field["section"] in sections
    }
    for field in item["fields"]:
        of = field["condition"].get("field")
        if place.get(of, 0) > place.get(field["code"], len(sections)):
            where = f"{item['code']}, {field['code']}"
            yield said(where, "condition", _("“%(code)s” is asked in a later section.") % {"code": of})


def _sort(field: Facts, where: str) -> Iterator[str]:
    choosing, table = field["sort"] in CHOOSING, field["sort"] == Sort.TABLE
    if choosing and not field["choices"]:
        yield said(where, "choices", _("A choice needs something to choose from."))
    if not choosing and field["choices"]:
        yield said(where, "choices", _("Only a choice has choices."))
    codes = [choice["code"] for choice in field["choices"]]
    if len(set(codes)) < len(codes):
        yield said(where, "choices", _("Two choices have one code."))
    if table and not field["columns"]:
        yield said(where, "columns", _("A table needs columns."))
    if not table and field["columns"]:
        yield said(where, "columns", _("Only a table has columns."))
    yield from _columns(field["columns"], where)
    if field["mask"] not in MASKS:
        yield said(where, "mask", _("“%(mask)s” is no way of masking.") % {"mask": field["mask"]})
    yield from _bounds(field["bounds"], where)


def _columns(columns: list[dict[str, Any]], where: str) -> Iterator[str]:
    codes = [column["code"] for column in columns]
    if len(set(codes)) < len(codes):
        yield said(where, "columns", _("Two columns have one code."))
    for column in columns:
        if column.get("sort", Sort.TEXT) not in IN_TABLES:
            words = _("A column cannot be of the type “%(sort)s”.") % {"sort": column["sort"]}
            yield said(where, f"columns.{column['code']}", words)
        if column.get("check_as", "") not in CHECKS or column.get("mask", "") not in MASKS:
            yield said(where, f"columns.{column['code']}", _("Its check or its mask is not known."))


def _bounds(bounds: dict[str, Any], where: str) -> Iterator[str]:
    if "min" in bounds and "max" in bounds and bounds["min"] > bounds["max"]:
        yield said(where, "bounds", _("The least is more than the most."))
    for name in ("length", "rows"):
        if name in bounds and bounds[name] < 1:
            yield said(where, "bounds", _("“%(name)s” must be one at least.") % {"name": name})


def condition_faults(
    condition: dict[str, Any], earlier: dict[str, Facts], known: set[str], where: str
) -> Iterator[str]:
    """A condition names a question asked before, and answers that question can have. So no circle can be."""
    if not condition:
        return
    of = condition["field"]
    if of not in earlier:
        words = _("“%(code)s” is asked later.") if of in known else _("There is no question “%(code)s”.")
        yield said(where, "condition", words % {"code": of})
        return
    if earlier[of]["sort"] not in CHOOSING | {Sort.YES}:
        yield said(where, "condition", _("“%(code)s” is no choice.") % {"code": of})
        return
    if not condition["is"]:
        yield said(where, "condition", _("A condition names at least one answer."))
    answers = {choice["code"] for choice in earlier[of]["choices"]} or {"yes", "no"}
    for answer in condition["is"]:
        if answer not in answers:
            words = _("“%(code)s” has no answer “%(answer)s”.") % {"code": of, "answer": answer}
            yield said(where, "condition", words)
