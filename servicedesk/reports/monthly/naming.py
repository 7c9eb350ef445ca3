"""What a figure of a stored report is called, from its address “offices/zjj/due”."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from servicedesk.desk.registry import Words
from servicedesk.reports.figures import BY_NAME
from servicedesk.reports.overview import band_words
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.standing import BANDS

OPEN = "open"
TIMES = frozenset({"p50", "p80", "p95"})


def cell_words(known: Mapping[str, Any], cell: str) -> str:
    """“Housing office · Due”: the row and the figure in the active language."""
    row, _slash, name = cell.rpartition("/")
    block, _slash, _key = row.partition("/")
    whole: dict[str, str] = {
        "now": _("The whole report"),
        OPEN: _("Open figures"),
    }
    names = known.get(row, {})
    said = whole.get(block) or names.get(get_language() or "") or next(iter(names.values()), _("new row"))
    return f"{said} · {name_words(name)}"


def name_words(name: str) -> Words:
    """What a counted number is called."""
    if name.startswith("age_"):
        return band_words(*BANDS[int(name.removeprefix("age_"))])
    called: dict[str, Words] = {
        "p50": _("Half within"),
        "p80": _("80% within"),
        "p95": _("95% within"),
        "broken_first": _("Broken as first told"),
    }
    figure = BY_NAME.get(name.replace("_", "-"))
    return called.get(name) or (figure.label if figure else name)


def figure_words(cell: str, value: Any) -> str:
    is_time = cell.rpartition("/")[2] in TIMES
    return used_words(value) if is_time else str(value or 0)
