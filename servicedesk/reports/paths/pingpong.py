"""To and fro between offices, and what had to be done again."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from servicedesk.reports.paths.shown import Shown
from servicedesk.reports.tables import Column, Line, Number, Said, Table

PAIR, HAND, HAD = "pair:", "hand:", "had:"
MOST = 20
# (mark, heading) of what is told of each office.
OFFICE: tuple[tuple[str, object], ...] = (
    (HAD, _("Had it")),
    ("returned:", _("Returned by it")),
    ("transferred:", _("Transferred by it")),
    ("back:", _("Came back to it")),
    ("redo:", _("Taken up again after its answer")),
    ("supplement:", _("Papers asked for")),
    ("supplement-again:", _("Papers asked for again")),
    ("rounds:", _("With a further round")),
)


def pair_table(found: Shown, offices: dict[int, str]) -> Table:
    """Pairs of offices between which cases came back: one had it, then the other, then the first again."""
    return Table(
        name="pairs",
        title=_("To and fro between two offices"),
        note=_("One had it, then the other, then the first again. The 20 commonest."),
        first=_("Offices"),
        columns=[Column(_("Cases that came back")), Column(_("Times"))],
        lines=[
            Line(
                " ⇄ ".join(_names(mark, "+", offices)),
                [found.number(mark), Said(str(found.tally.times[mark]))],
            )
            for mark in _commonest(found, PAIR)
        ],
    )


def hand_table(found: Shown, offices: dict[int, str]) -> Table:
    """From which office to which cases went on, by return or transfer, after it had them."""
    return Table(
        name="hands",
        title=_("Passed from one office to another"),
        note=_("By return or transfer, once it had been there. The 20 commonest."),
        first=_("From and to"),
        columns=[Column(_("Cases")), Column(_("Times"))],
        lines=[
            Line(
                " → ".join(_names(mark, ">", offices)),
                [found.number(mark), Said(str(found.tally.times[mark]))],
            )
            for mark in _commonest(found, HAND)
        ],
    )


def _commonest(found: Shown, sort: str) -> list[str]:
    marks = [mark for mark in found.tally.cases if mark.startswith(sort)]
    return sorted(marks, key=lambda mark: (-found.tally.cases[mark], mark))[:MOST]


def _names(mark: str, between: str, offices: dict[int, str]) -> Iterator[str]:
    for key in mark.partition(":")[2].split(between):
        yield offices.get(int(key), key)


def office_table(found: Shown, offices: dict[int, str]) -> Table:
    """What each office that had cases did with them, and what came back; in cases."""
    keys = {int(mark.partition(":")[2]) for mark in found.tally.cases if mark.startswith(tuple(_sorts()))}
    ordered = sorted(keys, key=lambda key: (-found.tally.cases[f"{HAD}{key}"], offices.get(key, "")))
    return Table(
        name="rework",
        title=_("What had to be done again, office by office"),
        first=_("Office"),
        columns=[Column(str(heading)) for _mark, heading in OFFICE],
        lines=[
            Line(offices.get(key, str(key)), [found.number(f"{mark}{key}") for mark in _sorts()])
            for key in ordered
        ],
        note=_(
            "Numbers of cases; a case stands once in each column. A further round is a step the office does "
            "again, or does after another office gave the matter up."
        ),
    )


def _sorts() -> list[str]:
    return [mark for mark, _heading in OFFICE]


def heads(found: Shown) -> list[tuple[object, Number]]:
    """The numbers at the top of the page."""
    return [
        (_("Cases"), found.number("all")),
        (_("Still open"), found.number("open")),
        (_("Returned"), found.number("returned")),
        (_("Transferred"), found.number("transferred")),
        (_("Came back to an office"), found.number("came-back")),
        (_("Taken up again"), found.number("redo")),
    ]
