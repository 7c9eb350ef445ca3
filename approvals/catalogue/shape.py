"""Whether a file's rows are rows of the catalogue at all: names, sorts of value, lengths. One sentence a
fault, naming the row and the column; no rule about what the rows mean together (`checking`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from approvals.catalogue.facts import (
    BUNDLE,
    EDITION,
    ITEM,
    LIMIT,
    MODELS,
    TABLES,
    Catalogue,
    Facts,
)
from approvals.models import Stage

Table = dict[str, tuple[str, Any]]
KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
NAME = re.compile(r"[a-z][a-z0-9_]*")
LANGUAGES = {code for code, _name in settings.LANGUAGES}
BOUNDS = {"min", "max", "places", "length", "rows"}
COLUMN = {"code", "label", "sort", "is_required", "check_as", "mask"}
# Most a number of days, months or an amount may be; what is larger is a slip of the pen.
MOST = 100_000
# Columns nobody may leave empty, and what must be said in every language.
NEEDED = {
    "items": {"code", "name", "office"},
    "bundles": {"code", "name", "office"},
    "limits": {"subject", "clock", "term", "basis"},
    "laws": {"title"},
    "papers": {"code", "name"},
    "fields": {"code", "label"},
    "parts": {"item_code"},
}
KEYS = {"items": "code", "bundles": "code", "limits": "subject", "laws": "title", "parts": "item_code"}


def faults(catalogue: Catalogue) -> list[str]:
    """A sentence for every value that cannot stand where it stands."""
    tables = {"items": {**ITEM, **EDITION}, "bundles": {**BUNDLE, **EDITION}, "limits": LIMIT}
    return [
        sentence
        for part, table in tables.items()
        for number, row in enumerate(catalogue[part], start=1)
        for sentence in _row(part, table, row, _called(part, row, number))
    ]


def _called(part: str, row: Any, number: int) -> str:
    """What a row is called in a sentence: its code, else its place."""
    key = row.get(KEYS.get(part, "code")) if isinstance(row, dict) else None
    if not isinstance(key, str) or not key.strip():
        return _("row %(number)s") % {"number": number}
    clock = row.get("clock") if part == "limits" else None
    return f"{key[:60]}.{clock[:40]}" if isinstance(clock, str) and clock else key[:60]


def said(where: str, column: str, what: str) -> str:
    return _("%(where)s, %(column)s: %(what)s") % {"where": where, "column": column, "what": what}


def _row(part: str, table: Table, row: Any, where: str) -> Iterator[str]:
    if not isinstance(row, dict):
        yield _("%(where)s is not a row.") % {"where": where}
        return
    for name in row:
        if name not in table:
            yield said(where, str(name)[:40], _("This is no column of the catalogue."))
    for name in sorted(NEEDED[part]):
        if not _given(part, row, name):
            yield said(where, name, _("This must not be empty."))
    for name, (sort, _default) in table.items():
        if name not in row or (row[name] in (None, "") and name not in NEEDED[part] and sort != "yes"):
            continue
        if sort in TABLES:
            yield from _rows(sort, row[name], f"{where}, {name}")
        elif row[name] not in (None, ""):
            yield from _value(part, name, sort, row[name], where)


def _given(part: str, row: Facts, name: str) -> bool:
    # Of an item that is there already a file may say only what changes.
    if part in {"items", "bundles"} and name != "code" and name not in row:
        return True
    return row.get(name) not in (None, "", {}, [])


def _rows(sort: str, rows: Any, where: str) -> Iterator[str]:
    if not isinstance(rows, list):
        yield _("%(where)s must be a list of rows.") % {"where": where}
        return
    keys = [row.get(KEYS.get(sort, "code")) for row in rows if isinstance(row, dict)]
    for key in dict.fromkeys(key for key in keys if isinstance(key, str) and keys.count(key) > 1):
        if sort != "laws":
            yield _("%(where)s: “%(code)s” stands there twice.") % {"where": where, "code": short(key)}
    for number, row in enumerate(rows, start=1):
        yield from _row(sort, TABLES[sort], row, f"{where}, {_called(sort, row, number)}")


def _value(part: str, name: str, sort: str, value: Any, where: str) -> Iterator[str]:
    fault = _choice(part, name, value) if sort == "choice" else CHECKS[sort](value)
    if not fault and isinstance(value, str):
        fault = _length(part, name, value)
    if fault:
        yield said(where, name, fault)


def _choice(part: str, name: str, value: Any) -> str:
    known = [str(code) for code, _label in MODELS[part]._meta.get_field(name).flatchoices]
    if name == "stage":
        # A file says what shall hold; what was superseded is history.
        known = [Stage.DRAFT.value, Stage.PUBLISHED.value]
    if isinstance(value, str) and value in known:
        return ""
    return _("“%(value)s” is not one of %(known)s.") % {"value": short(value), "known": ", ".join(known)}


def _length(part: str, name: str, value: str) -> str:
    most = getattr(MODELS[part]._meta.get_field(name), "max_length", None)
    if most is None or len(value) <= most:
        return ""
    return _("This is longer than %(most)s characters.") % {"most": most}


def short(value: Any) -> str:
    return str(value)[:40]


def _text(value: Any) -> str:
    return "" if isinstance(value, str) and "\x00" not in value else _("This must be text.")


def _code(value: Any) -> str:
    fits = isinstance(value, str) and len(value) <= 40 and KEBAB.fullmatch(value)
    return (
        "" if fits else _("“%(value)s” is no code: lower-case words and hyphens.") % {"value": short(value)}
    )


def _name(value: Any) -> str:
    fits = isinstance(value, str) and len(value) <= 40 and NAME.fullmatch(value)
    return (
        ""
        if fits
        else _("“%(value)s” is no code: lower-case words and underscores.") % {"value": short(value)}
    )


def _words(value: Any) -> str:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        return _("Words are written in each language: zh, en and ru.")
    missing = sorted(LANGUAGES - {code for code, text in value.items() if text.strip()})
    if value and missing:
        return _("The wording is missing in: %(languages)s.") % {"languages": ", ".join(missing)}
    return "" if value.keys() <= LANGUAGES else _("Words are written in each language: zh, en and ru.")


def _number(value: Any) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST
    return "" if fits else _("“%(value)s” is not a whole number.") % {"value": short(value)}


def _count(value: Any) -> str:
    if not _number(value) and value > 0:
        return ""
    return _("“%(value)s” is not a whole number from 1 on.") % {"value": short(value)}


def _day(value: Any) -> str:
    fits = isinstance(value, date) and 1990 <= value.year <= 2100
    return "" if fits else _("“%(value)s” is not a day; write it as 2027-01-31.") % {"value": short(value)}


def _yes(value: Any) -> str:
    return (
        "" if isinstance(value, bool) else _("“%(value)s” is neither yes nor no.") % {"value": short(value)}
    )


def _names(value: Any) -> str:
    fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return "" if fits else _("This must be a list of codes.")


def _labelled(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return _("This must be a list of codes with their words.")
    if any(each.keys() != {"code", "label"} or not isinstance(each["code"], str) for each in value):
        return _("This must be a list of codes with their words.")
    return next(filter(None, (_words(each["label"] or None) for each in value)), "")


def _columns(value: Any) -> str:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return _("This must be a list of columns.")
    for each in value:
        if not {"code", "label"} <= each.keys() or not each.keys() <= COLUMN or _name(each["code"]):
            return _("A column has a code, a label and a type.")
        if fault := _words(each["label"] or None):
            return fault
    return ""


def _bounds(value: Any) -> str:
    numbers = isinstance(value, dict) and all(
        isinstance(each, int | float) and not isinstance(each, bool) for each in value.values()
    )
    if numbers and value.keys() <= BOUNDS:
        return ""
    return _("Bounds are numbers under these names: %(names)s.") % {"names": ", ".join(sorted(BOUNDS))}


def _condition(value: Any) -> str:
    fits = value == {} or (
        isinstance(value, dict)
        and value.keys() == {"field", "is"}
        and isinstance(value["field"], str)
        and isinstance(value["is"], list)
        and all(isinstance(each, str) for each in value["is"])
    )
    return "" if fits else _("A condition names a question and its answers: {field: premises, is: [rented]}.")


CHECKS: dict[str, Callable[[Any], str]] = {
    "text": _text,
    "code": _code,
    "name": _name,
    "words": _words,
    "number": _number,
    "number or nothing": _number,
    "count": _count,
    "day": _day,
    "yes": _yes,
    "names": _names,
    "labelled": _labelled,
    "columns": _columns,
    "bounds": _bounds,
    "condition": _condition,
}
