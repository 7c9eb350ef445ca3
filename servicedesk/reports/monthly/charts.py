"""The charts of a monthly report as they are stored: categories and values, for every surface to draw."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from servicedesk.reports.figures import label
from servicedesk.reports.monthly.cells import Stored
from servicedesk.reports.monthly.gathering import AGES, Gathered, Row
from servicedesk.reports.monthly.rankings import ranked
from servicedesk.reports.monthly.sheets import most_first, name_of
from servicedesk.reports.overview import IN_TIME, band_words
from servicedesk.reports.standing import BANDS

# More bars than these are no picture any more.
MOST = 12
Series = tuple[str, Sequence[float | None]]


def chart(
    name: str,
    title: str,
    sort: str,
    categories: Sequence[str],
    series: Sequence[Series],
    percent: bool = False,
) -> Stored:
    """`sort` is columns (standing), bars (lying) or line; `name` is that of the table with its numbers."""
    told = [{"name": str(words), "values": list(values)} for words, values in series]
    return {
        "name": name,
        "title": title,
        "sort": sort,
        "categories": list(categories),
        "series": told,
        "percent": percent,
    }


def charts(found: Gathered, minimum: dict[str, int]) -> list[Stored]:
    drawn = [*_months(found), _offices(found, minimum["offices"]), _topics(found), _ages(found)]
    return [each for each in drawn if any(value for one in each["series"] for value in one["values"])]


def _months(found: Gathered) -> list[Stored]:
    names = [row.key for row in found.months]
    flow = [(str(label(name)), [row.number(name) for row in found.months]) for name in ("received", "closed")]
    kept = [(str(IN_TIME.label), [row.kept.percent for row in found.months])]
    return [
        chart("months", _("Received and closed in twelve months"), "columns", names, flow),
        chart("months", _("Kept in time in twelve months, percent"), "line", names, kept, percent=True),
    ]


def _offices(found: Gathered, minimum: int) -> Stored:
    rows: list[Row] = [row for place, row in ranked(found.offices, minimum) if place is not None][:MOST]
    kept = [(str(IN_TIME.label), [row.kept.percent for row in rows])]
    title = _("Offices by what they kept, percent")
    return chart("offices", title, "bars", [name_of(row) for row in rows], kept, percent=True)


def _topics(found: Gathered) -> Stored:
    rows = [row for row in most_first(found.topics) if row.number("received")][:MOST]
    received = [(str(label("received")), [row.number("received") for row in rows])]
    return chart("topics", _("What it was about"), "bars", [name_of(row) for row in rows], received)


def _ages(found: Gathered) -> Stored:
    names = [band_words(*band) for band in BANDS]
    open_ = [(str(label("open")), [found.now.number(name) for name in AGES])]
    return chart("ages", _("Age of what is open"), "columns", names, open_)
