"""The commonest ways from first to last, how long they took, and how many kept their promise."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from servicedesk.reports.paths.reading import END
from servicedesk.reports.paths.shown import Shown, Stop, way_words
from servicedesk.reports.paths.tally import median
from servicedesk.reports.percentiles import used_words
from servicedesk.reports.shares import DASH, Share
from servicedesk.reports.tables import Cell, Column, Line, Rate, Said, Table

# Ways beyond these are rare, and few read on.
MOST = 15
PATH = "path:"


def variant_table(found: Shown, stops: dict[str, Stop]) -> Table:
    """The commonest ways; of equally common ones the shorter first."""
    tally = found.tally
    digests = [mark[len(PATH) :] for mark in tally.cases if mark.startswith(PATH)]
    ordered = sorted(digests, key=lambda one: (-tally.cases[PATH + one], len(tally.ways[one]), one))
    return Table(
        name="variants",
        title=_("Commonest ways"),
        first=_("Way"),
        columns=[
            Column(_("Cases")),
            Column(_("Share")),
            Column(_("Median time from submission to closing")),
            Column(_("On time, last date told"), _("Kept"), _("Due")),
        ],
        lines=[
            Line(" → ".join(way_words(tally.ways[one], stops)), _cells(found, one)) for one in ordered[:MOST]
        ],
        note=_(
            "A way holds the steps in the order they began, also those still running; a way still under way "
            "is another than the same one closed. The time is office time of the usual hours, with pauses."
        ),
    )


def _cells(found: Shown, digest: str) -> list[Cell]:
    mark, tally = PATH + digest, found.tally
    closed = tally.ways[digest][-1] == END
    part, whole = found.number(f"kept:{digest}"), found.number(f"judged:{digest}")
    return [
        found.number(mark),
        Said(str(Share(tally.cases[mark], tally.cases["all"]))),
        Said(used_words(median(tally.lasted.get(mark))) if closed else DASH),
        Rate(Share(part.value, whole.value), part, whole),
    ]


def ways_beyond(found: Shown) -> int:
    """How many ways the table leaves out."""
    return max(0, sum(mark.startswith(PATH) for mark in found.tally.cases) - MOST)
