"""A catalogue as people write it: YAML with words as {zh, en, ru}, an item's limits beside it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import yaml
from django.utils.translation import gettext as _

from approvals.catalogue.facts import PROMISED, Catalogue, Facts, part_subject
from approvals.catalogue.wording import inward

# Deeper than any catalogue; what is nested further is no catalogue but an attack on the reader.
DEEPEST = 12
LISTS = ("items", "bundles", "limits")


class UnreadableFile(ValueError):
    """A file that is no catalogue at all; the message is a sentence for the person who sent it."""


class _Loader(yaml.SafeLoader):
    """Plain values only; no aliases (they can blow a small file up to any size), no key twice."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            raise UnreadableFile(_("The file uses YAML aliases, which are not read here."))
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        found = super().construct_mapping(node, deep)
        if len(found) < len(node.value):
            line = node.start_mark.line + 1
            raise UnreadableFile(_("A key stands twice in what begins in line %(line)s.") % {"line": line})
        return found


# Only what a catalogue holds: text, whole numbers, decimals, yes and no, nothing. A day is read as text and
# understood by its column, so that an article “1-2” or a code “0101” stays what it is.
_Loader.yaml_implicit_resolvers = {
    start: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
    for start, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def parsed(text: str) -> Any:
    """The YAML document in `text`. Raises UnreadableFile, and nothing else, on whatever is none."""
    try:
        document = yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader with less in it)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UnreadableFile(_("Line %(line)s of the file is not YAML.") % {"line": line}) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, OverflowError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(_("This file is not YAML.")) from error
    if _depth(document) > DEEPEST:
        raise UnreadableFile(_("This file is not YAML."))
    return document


def _depth(value: Any) -> int:
    """How deep lists and mappings lie in each other, without recursion."""
    deepest, todo = 0, [(value, 0)]
    while todo:
        each, depth = todo.pop()
        deepest = max(deepest, depth)
        if isinstance(each, dict):
            todo += [(below, depth + 1) for below in each.values()]
        elif isinstance(each, list):
            todo += [(below, depth + 1) for below in each]
    return deepest


def catalogue_of(text: str) -> Catalogue:
    """The catalogue written in `text`. Raises UnreadableFile; faults of its rows are for `checking`."""
    document = inward(parsed(text))
    if not isinstance(document, dict) or not any(isinstance(document.get(name), list) for name in LISTS):
        raise UnreadableFile(_("The file holds no items, bundles or limits."))
    unknown = sorted(str(name) for name in document if name not in LISTS)
    if unknown:
        raise UnreadableFile(_("“%(name)s” is not a part of a catalogue.") % {"name": unknown[0][:40]})
    found: Catalogue = {name: _listed(document.get(name), name) for name in LISTS}
    found["limits"] += [limit for item in found["items"] for limit in _limits(item, item.get("code"))]
    found["limits"] += [limit for bundle in found["bundles"] for limit in _bundle_limits(bundle)]
    _understand_days(found)
    return found


def _listed(value: Any, name: str) -> list[Facts]:
    rows = [] if value is None else value
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise UnreadableFile(_("“%(name)s” must be a list of rows.") % {"name": name})
    return rows


def _limits(row: Facts, subject: Any) -> list[Facts]:
    """The limits written beside a row, taken out of it."""
    limits = _listed(row.pop("limits", None), "limits")
    return [{**limit, "subject": str(subject)} for limit in limits]


def _bundle_limits(bundle: Facts) -> list[Facts]:
    found = _limits(bundle, bundle.get("code"))
    for part in _listed(bundle.get("items"), "items"):
        subject = part_subject(str(bundle.get("code")), str(part.get("item_code")))
        found += [{"clock": PROMISED, **limit} for limit in _limits(part, subject)]
    return found


def _understand_days(found: Catalogue) -> None:
    for row in [row for rows in found.values() for row in rows]:
        for name in ("valid_from", "valid_until"):
            if name in row:
                row[name] = day_of(row[name])


def day_of(value: Any) -> Any:
    """The day meant by a cell or a word of a file; what is none stays as it is, for `checking` to say so."""
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value.strip().replace("/", "-")) if value.strip() else None
    except ValueError:
        return value
