"""A catalogue written as people read it: words in one line, limits beside their item, defaults left out."""

from __future__ import annotations

from typing import Any

import yaml

from approvals.catalogue.facts import (
    BUNDLE,
    EDITION,
    ITEM,
    LIMIT,
    TABLES,
    Catalogue,
    Facts,
    part_subject,
)
from approvals.catalogue.wording import INSIDE, outward

Table = dict[str, tuple[str, Any]]


class _Line(dict[str, Any]):
    """A mapping written in one line."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        # A list stands in from its key, as people write it.
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _one_line(dumper: yaml.SafeDumper, value: _Line) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", value, flow_style=True)


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(_Line, _one_line)
_Dumper.add_representer(str, _text)


def text_of(catalogue: Catalogue) -> str:
    """The catalogue as YAML; `yaml_in.catalogue_of` reads the same facts from it again."""
    limits = [*catalogue["limits"]]
    document = {
        "items": [_item(row, limits) for row in catalogue["items"]],
        "bundles": [_bundle(row, limits) for row in catalogue["bundles"]],
        # Those that are left over belong to no item and no bundle of this file.
        "limits": [_limit(row) for row in limits],
    }
    plain = _lined(outward({name: rows for name, rows in document.items() if rows}))
    return yaml.dump(plain, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100_000)


def _spare(row: Facts, table: Table) -> Facts:
    """The row without what goes without saying, its columns in the order of the table."""
    said = {}
    for name, (sort, default) in table.items():
        if name not in row or row[name] == default:
            continue
        value = row[name]
        said[name] = [_spare(each, TABLES[sort]) for each in value] if sort in TABLES else value
    return said


def _take(limits: list[Facts], subject: str) -> list[Facts]:
    """The limits of a subject, taken out of the list."""
    mine = [row for row in limits if row["subject"] == subject]
    limits[:] = [row for row in limits if row["subject"] != subject]
    return [{name: value for name, value in _limit(row).items() if name != "subject"} for row in mine]


def _limit(row: Facts) -> Facts:
    said = _spare(row, LIMIT)
    return {
        "subject": row["subject"],
        "clock": row["clock"],
        "term": row["term"],
        "unit": row["unit"],
        **said,
    }


def _item(row: Facts, limits: list[Facts]) -> Facts:
    said = _spare(row, {**ITEM, **EDITION})
    below: Facts = {name: said.pop(name) for name in ("sections", "papers", "fields") if name in said}
    mine = _take(limits, row["code"])
    return {**said, **({"limits": mine} if mine else {}), **below}


def _bundle(row: Facts, limits: list[Facts]) -> Facts:
    said = _spare(row, {**BUNDLE, **EDITION})
    parts = [
        {**part, **({"limits": mine} if (mine := _take(limits, _subject(row, part))) else {})}
        for part in said.pop("items", [])
    ]
    mine = _take(limits, row["code"])
    return {**said, **({"limits": mine} if mine else {}), "items": parts}


def _subject(bundle: Facts, part: Facts) -> str:
    return part_subject(bundle["code"], part["item_code"])


def _lined(value: Any) -> Any:
    """Words, and rows of nothing but short values, in one line each."""
    if isinstance(value, list):
        return [_lined(each) for each in value]
    if not isinstance(value, dict):
        return value
    inner = {key: _lined(each) for key, each in value.items()}
    return _Line(inner) if _short(inner) else inner


def _short(value: dict[str, Any]) -> bool:
    if value and value.keys() <= set(INSIDE.values()):
        return True
    plain = all(_is_short(each) for each in value.values())
    return plain and value.keys() <= SHORT


def _is_short(value: Any) -> bool:
    return not isinstance(value, dict | list) or isinstance(value, _Line) or not value or _listed(value)


def _listed(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(each, dict | list) for each in value)


# Columns of the small rows: a law, a limit, a choice, a column of a table, a condition, bounds, a part.
SHORT = {
    *("title", "number", "article"),
    *("code", "label", "sort", "is_required", "check_as", "mask"),
    *("field", "is", "min", "max", "places", "length", "rows"),
    *(LIMIT.keys() - {"subject"}),
}
