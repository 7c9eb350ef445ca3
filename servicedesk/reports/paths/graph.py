"""The map: every step with what it took, and what directly followed it, with how long that waited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from servicedesk.reports.paths.marks import edge
from servicedesk.reports.paths.reading import END
from servicedesk.reports.paths.shown import Shown, Stop, stop_words
from servicedesk.reports.paths.tally import median
from servicedesk.reports.paths.times import in_words
from servicedesk.reports.tables import Column, Line, Number, Said, Table

STEP, AT, EDGE = "step:", "at:", "edge:"


@dataclass(frozen=True)
class Node:
    """A step: the cases that came to it, how often, where it is done, and those that stand at it now."""

    stop: Stop
    cases: Number
    times: int
    who: str
    here: Number
    touch: str

    @property
    def code(self) -> str:
        return self.stop.code


@dataclass(frozen=True)
class Edge:
    """What followed what: in how many cases, how often, and the median wait until it was taken up."""

    one: str
    other: str
    cases: Number
    times: int
    seconds: float | None
    wait: str


@dataclass(frozen=True)
class Graph:
    nodes: Sequence[Node]
    edges: Sequence[Edge]
    begin: Number
    end: Number


def graph_of(found: Shown, stops: dict[str, Stop], offices: dict[int, str]) -> Graph:
    """Steps in the order of the kind, connections with the commonest first."""
    codes = [code for code in stops if found.tally.cases[STEP + code]]
    return Graph(
        nodes=[_node(found, stops[code], offices) for code in codes],
        edges=sorted(_edges(found, stops), key=lambda each: (-each.cases.value, each.one, each.other)),
        begin=found.number("all"),
        end=found.number("closed"),
    )


def _node(found: Shown, stop: Stop, offices: dict[int, str]) -> Node:
    mark, tally = STEP + stop.code, found.tally
    return Node(
        stop=stop,
        cases=found.number(mark),
        times=tally.times[mark],
        who=_who(found, stop, offices),
        here=found.number(f"here:{stop.code}"),
        touch=in_words(median(tally.touched.get(mark)), stop),
    )


def _who(found: Shown, stop: Stop, offices: dict[int, str]) -> str:
    """The office that does the step, how many do, or that it waits for the applicant."""
    if stop.holder != "office":
        return _("The applicant")
    keys = [int(mark.rpartition("@")[2]) for mark in found.tally.cases if _is_at(mark, stop.code)]
    if len(keys) == 1:
        return offices.get(keys[0], "")
    return ngettext("%(n)d office", "%(n)d offices", len(keys)) % {"n": len(keys)}


def _is_at(mark: str, code: str) -> bool:
    return mark.startswith(AT) and mark[len(AT) :].rpartition("@")[0] == code


def _edges(found: Shown, stops: dict[str, Stop]) -> Iterator[Edge]:
    for mark in found.tally.cases:
        if not mark.startswith(EDGE):
            continue
        one, _to, other = mark[len(EDGE) :].partition(">")
        seconds = median(found.tally.waited.get(edge(one, other)))
        words = in_words(seconds, stops.get(other)) if other != END else ""
        yield Edge(one, other, found.number(mark), found.tally.times[mark], seconds, words)


# --- the same as tables ------------------------------------------------------------------------------

CASES, TIMES = Column(gettext_lazy("Cases")), Column(gettext_lazy("Times"))


def edge_table(graph: Graph, stops: dict[str, Stop]) -> Table:
    return Table(
        name="edges",
        title=gettext_lazy("What follows what"),
        first=gettext_lazy("From and to"),
        columns=[CASES, TIMES, Column(gettext_lazy("Median wait until taken up"))],
        lines=[
            Line(
                f"{stop_words(each.one, stops)} → {stop_words(each.other, stops)}",
                [each.cases, Said(str(each.times)), Said(each.wait or "—")],
            )
            for each in graph.edges
        ],
    )


def node_table(graph: Graph) -> Table:
    return Table(
        name="nodes",
        title=gettext_lazy("Steps"),
        first=gettext_lazy("Step"),
        columns=[
            Column(gettext_lazy("Done by")),
            CASES,
            TIMES,
            Column(gettext_lazy("Standing there now")),
            Column(gettext_lazy("Median time in hand")),
        ],
        lines=[
            Line(
                node.stop.label,
                [Said(node.who), node.cases, Said(str(node.times)), node.here, Said(node.touch)],
            )
            for node in graph.nodes
        ],
    )
