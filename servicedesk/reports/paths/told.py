"""What the number is called whose cases a list holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.desk.registry import Words
from servicedesk.reports.paths.marks import SHAPE
from servicedesk.reports.paths.shown import Stop, stop_words, way_words

# Of all cases, of an office, of a step, of a step at an office, of two of either, of a way.
WORDS: dict[str, Words] = {
    "all": gettext_lazy("Cases of the map"),
    "closed": gettext_lazy("Closed cases of the map"),
    "open": gettext_lazy("Cases still open"),
    "came-back": gettext_lazy("Came back to an office"),
    "again": gettext_lazy("With a further round"),
    "returned": gettext_lazy("Returned"),
    "transferred": gettext_lazy("Transferred"),
    "redo": gettext_lazy("Taken up again"),
    "supplement": gettext_lazy("Papers asked for"),
    "supplement-again": gettext_lazy("Papers asked for again"),
    "step": gettext_lazy("Came to the step"),
    "here": gettext_lazy("Standing at the step now"),
    "edge": gettext_lazy("Directly followed"),
    "at": gettext_lazy("Step at the office"),
    "unclaimed": gettext_lazy("Nobody claimed"),
    "queue": gettext_lazy("Waiting there now"),
    "had": gettext_lazy("Had it"),
    "back": gettext_lazy("Came back to it"),
    "rounds": gettext_lazy("With a further round"),
    "hand": gettext_lazy("Passed on"),
    "pair": gettext_lazy("To and fro"),
    "path": gettext_lazy("Way"),
    "kept": gettext_lazy("Way, every promise kept"),
    "judged": gettext_lazy("Way, with a promise due"),
}
STEPS, AT_OFFICE = frozenset({"step", "here"}), frozenset({"at", "unclaimed", "queue"})
PATHS = frozenset({"path", "kept", "judged"})


def mark_words(
    mark: str, stops: dict[str, Stop], offices: dict[int, str], ways: Mapping[str, Sequence[str]]
) -> str:
    """“Directly followed: Dispatch → Contact”; what the address alone invents stays as it is written."""
    shape = SHAPE.fullmatch(mark)
    sort, of = (shape["sort"], shape["of"] or "") if shape else (mark, "")
    said = str(WORDS.get(sort, sort))
    return _("%(what)s: %(of)s") % {"what": said, "of": _of(sort, of, stops, offices, ways)} if of else said


def _of(
    sort: str, of: str, stops: dict[str, Stop], offices: dict[int, str], ways: Mapping[str, Sequence[str]]
) -> str:
    if sort in PATHS:
        return " → ".join(way_words(ways.get(of, ()), stops)) or of
    if sort == "edge":
        return " → ".join(stop_words(code, stops) for code in of.split(">"))
    if sort in STEPS:
        return stop_words(of, stops)
    if sort in AT_OFFICE:
        code, _at, office = of.rpartition("@")
        return f"{stop_words(code, stops)} · {_office(office, offices)}"
    between = {"hand": ">", "pair": "+"}.get(sort)
    names = [_office(key, offices) for key in (of.split(between) if between else [of])]
    return (" → " if sort == "hand" else " ⇄ ").join(names)


def _office(text: str, offices: dict[int, str]) -> str:
    return offices.get(int(text), text) if text.isascii() and text.isdecimal() and len(text) < 19 else text
