"""Waiting against working: of each step at each office, how much of its time nobody had it in hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from servicedesk.reports.paths.shown import Shown, Stop, stop_words
from servicedesk.reports.paths.tally import median
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.shares import DASH, Share
from servicedesk.reports.tables import Cell, Column, Line, Number, Said, Table

AT, QUEUE = "at:", "queue:"
MOST = 25


def waiting_table(found: Shown, stops: dict[str, Stop], offices: dict[int, str]) -> Table:
    """Steps at offices, those that waited longest altogether first."""
    waited = found.tally.waited
    marks = [mark for mark in waited if mark.startswith(AT)]
    ordered = sorted(marks, key=lambda mark: (-sum(waited[mark]), mark))[:MOST]
    return Table(
        name="waiting",
        title=_("Waiting and working"),
        first=_("Step and office"),
        columns=[
            Column(_("Cases")),
            Column(_("Median wait")),
            Column(_("Median time in hand")),
            Column(_("Waiting in all the time")),
            Column(_("Nobody claimed")),
            Column(_("Waiting there now")),
        ],
        lines=[Line(_words(mark, stops, offices), _cells(found, mark)) for mark in ordered],
        note=_(
            "Of steps that ended: waiting from its beginning until an officer took it up, in hand from then "
            "to its end, both in the office's own hours and with pauses. Where nobody claimed, all of it "
            "counts as in hand. The 25 that waited longest altogether."
        ),
    )


def _words(mark: str, stops: dict[str, Stop], offices: dict[int, str]) -> str:
    code, _at, office = mark.partition(":")[2].rpartition("@")
    return f"{stop_words(code, stops)} · {offices.get(int(office), office)}"


def _cells(found: Shown, mark: str) -> list[Cell]:
    place = mark[len(AT) :]
    waited, touched = found.tally.waited[mark], found.tally.touched[mark]
    waits, whole = sum(waited), sum(waited) + sum(touched)
    return [
        found.number(mark),
        Said(used_words(median(waited))),
        Said(used_words(median(touched))),
        Said(str(Share(round(waits), round(whole))) if whole else DASH),
        found.number(f"unclaimed:{place}"),
        found.number(f"{QUEUE}{place}"),
    ]


@dataclass(frozen=True)
class Queue:
    """Where most cases stand now that nobody has taken up."""

    name: str
    number: Number


def longest_queue(found: Shown, stops: dict[str, Stop], offices: dict[int, str]) -> Queue | None:
    marks = [mark for mark in found.tally.cases if mark.startswith(QUEUE)]
    if not marks:
        return None
    longest = max(marks, key=lambda mark: (found.tally.cases[mark], mark))
    return Queue(_words(longest, stops, offices), found.number(longest))
