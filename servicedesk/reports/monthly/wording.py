"""The text of a monthly report, written by a template from its numbers in the active language."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from servicedesk.reports.monthly.cells import Stored
from servicedesk.reports.monthly.changes import Change, of_amounts, of_shares
from servicedesk.reports.monthly.gathering import FLOW, Gathered, Row
from servicedesk.reports.monthly.months import month_words
from servicedesk.reports.monthly.rankings import ranked
from servicedesk.reports.monthly.sheets import most_first, name_of
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.shares import DASH

NAMED = 3


def paragraphs(found: Gathered, month: date, who: str, minimum: dict[str, int]) -> list[Stored]:
    """[{"heading": …, "lines": […]}], in their order."""
    context = {"month": month_words(month), "who": who}
    context |= _amounts(found) | _rates(found) | _places(found, minimum["offices"]) | _problems(found)
    sections: list[Stored] = []
    for line in render_to_string("reports/monthly/text.txt", context).splitlines():
        if line.startswith("# "):
            sections.append({"heading": line.removeprefix("# "), "lines": []})
        elif line.strip():
            sections[-1]["lines"].append(line.strip())
    return sections


def _told(name: str, now: Any, month: Change, year: Change) -> dict[str, str]:
    """A figure in a sentence: what it is, and how it changed."""
    return {f"{name}_now": str(now), f"{name}_month": month.words, f"{name}_year": year.words}


def _amounts(found: Gathered) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name in FLOW:
        now, before, year = (row.number(name) for row in (found.now, found.before, found.year))
        told |= _told(name, now, of_amounts(now, before), of_amounts(now, year))
    told |= {name: used_words(found.now.seconds(name)) for name in ("p50", "p80", "p95")}
    apart = ("timed", "due", "answers", "rated", "unreached", "passed_on", "paused", "parked")
    return {**told, **{name: found.now.number(name) for name in apart}}


def _rates(found: Gathered) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, rate in (
        ("kept", "kept"),
        ("first", "kept_first"),
        ("solved", "solved"),
        ("satisfied", "satisfied"),
    ):
        now, before, year = (getattr(row, rate) for row in (found.now, found.before, found.year))
        told |= _told(name, now, of_shares(now, before), of_shares(now, year))
        told[f"{name}_part"] = now.part
    return told


def _places(found: Gathered, minimum: int) -> dict[str, Any]:
    rows = ranked(found.offices, minimum)
    placed = [row for place, row in rows if place is not None]
    # Nobody is both among the first and among the last.
    last = placed[max(NAMED, len(placed) - NAMED) :]
    return {
        "minimum": minimum,
        "ranked": len(placed),
        "unranked": sum(1 for place, row in rows if place is None and row.number("due")),
        "best": _listed(placed[:NAMED]),
        "last": _listed(last),
    }


def _listed(rows: list[Row]) -> str:
    """“Housing (98.0%), Water (97.1%)”"""
    named = [_("%(name)s (%(what)s)") % {"name": name_of(row), "what": row.kept} for row in rows]
    return _(", ").join(named)


def _problems(found: Gathered) -> dict[str, Any]:
    topics = [row for row in most_first(found.topics) if row.number("received") and row.key != "-"][:NAMED]
    named = [
        _("%(name)s (%(what)s)") % {"name": name_of(row), "what": row.number("received")} for row in topics
    ]
    offices = {row.key: name_of(row) for row in found.offices}
    worst = found.worst[0] if found.worst else None
    return {
        "topics": _(", ").join(named),
        "repeated": len(found.repeated),
        "worst_number": worst.number if worst else "",
        "worst_office": offices.get(worst.office, DASH) if worst else "",
        "worst_days": worst.days if worst else 0,
    }
