"""The words on the map: what fits into a box and beside a line, and the sentences a screen reader says."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from servicedesk.reports.paths.graph import Edge, Graph, Node
from servicedesk.reports.paths.reading import BEGIN
from servicedesk.reports.paths.shown import Stop, stop_words
from servicedesk.reports.tables import Number

# Half-width characters a box holds in a line.
WIDEST = 28
SLOWEST = "▲ "


def box_lines(node: Node) -> list[str]:
    """Up to four lines: the step, its cases and who does it, how long, and how many stand there."""
    lines = [
        shortened(node.stop.label),
        shortened(_("%(n)s cases · %(who)s") % {"n": node.cases, "who": node.who}),
        _("in hand %(time)s") % {"time": node.touch},
    ]
    if node.here.value:
        lines.append(_("%(n)s there now") % {"n": node.here})
    return lines


def box_sentence(node: Node) -> str:
    told = {"step": node.stop.label, "n": node.cases, "who": node.who, "time": node.touch, "here": node.here}
    return _("%(step)s: %(n)s cases, %(who)s, in hand %(time)s, %(here)s there now") % told


def end_line(code: str, graph: Graph) -> tuple[str, Number]:
    """What the first or last mark of the map is called, and the cases that begin or end there."""
    return stop_words(code, {}), graph.begin if code == BEGIN else graph.end


def line_counts(edge: Edge) -> str:
    """The cases; with the times where a case went that way more than once."""
    return str(edge.cases) if edge.times == edge.cases.value else f"{edge.cases} ({edge.times}×)"


def line_sentence(edge: Edge, stops: dict[str, Stop]) -> str:
    told = {"one": stop_words(edge.one, stops), "other": stop_words(edge.other, stops), "n": edge.cases}
    if not edge.wait:
        return _("%(one)s, then %(other)s: %(n)s cases") % told
    return _("%(one)s, then %(other)s: %(n)s cases, wait %(time)s") % {**told, "time": edge.wait}


def shortened(text: str) -> str:
    """The text as far as it fits into a box; what is cut off is said by the box's own sentence."""
    width = 0
    for place, character in enumerate(text):
        width += 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if width > WIDEST:
            return text[: place - 1] + "…"
    return text
