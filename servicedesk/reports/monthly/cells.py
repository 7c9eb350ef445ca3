"""What stands in a table of a monthly report, as it is stored: words for the reader, a value for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from servicedesk.desk.cells import CONTROL
from servicedesk.desk.registry import Words
from servicedesk.reports.monthly.changes import Change
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.shares import DASH, Share

Stored = dict[str, Any]
COUNT, PERCENT, CHANGE, TIME, TEXT = "count", "percent", "change", "time", "text"


def count(value: int | None) -> Stored:
    return {"sort": COUNT, "said": DASH if value is None else str(value), "value": value}


def share(value: Share) -> Stored:
    """A rate with its part and its whole."""
    return {
        "sort": PERCENT,
        "said": str(value),
        "value": value.percent,
        "part": value.part,
        "whole": value.whole,
    }


def change(value: Change) -> Stored:
    return {"sort": CHANGE, "said": str(value), "value": value.by, "points": value.in_points}


def time(seconds: int | None) -> Stored:
    return {"sort": TIME, "said": used_words(seconds), "value": seconds}


def text(said: str) -> Stored:
    return {"sort": TEXT, "said": said, "value": said}


def line(label: str, cells: Iterable[Stored], key: str = "") -> Stored:
    return {"label": label, "key": key, "cells": list(cells)}


def table(
    name: str,
    title: Words,
    first: Words,
    columns: Sequence[Words],
    lines: Iterable[Stored],
    note: Words = "",
) -> Stored:
    return {
        "name": name,
        "title": str(title),
        "first": str(first),
        "columns": [str(column) for column in columns],
        "lines": list(lines),
        "note": str(note),
    }


def flat(stored: Stored) -> Iterable[list[str]]:
    """Headings and rows as they are read."""
    yield [stored["first"], *stored["columns"]]
    yield from ([row["label"], *(said(cell) for cell in row["cells"])] for row in stored["lines"])


def said(cell: Stored) -> str:
    """A rate with its two counts, anything else as it is said."""
    if cell["sort"] == PERCENT and cell["whole"]:
        return _("%(rate)s (%(part)s of %(whole)s)") % {
            "rate": cell["said"],
            "part": cell["part"],
            "whole": cell["whole"],
        }
    return str(cell["said"])


def cleaned(value: Any) -> Any:
    """The same without signs that no office file, and no database of JSON, can hold."""
    if isinstance(value, str):
        return CONTROL.sub("", value)
    if isinstance(value, dict):
        return {key: cleaned(each) for key, each in value.items()}
    return [cleaned(each) for each in value] if isinstance(value, list | tuple) else value
