"""Pauses as stretches of instants: merged for counting, cut into pieces that do not overlap for telling."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from servicedesk.clock.instants import to_micros
from servicedesk.clock.terms import Pause

Stretch = tuple[int, int]


@dataclass(frozen=True)
class Stop:
    """A stretch in which the clock stands still, told by one pause; `end=inf` still runs."""

    begin: int
    end: float
    pause: Pause


def stops(pauses: Sequence[Pause]) -> list[Stop]:
    """The pauses in order, each without the time an earlier one covers; one that lasts nothing is ignored."""
    found: list[Stop] = []
    reached: float = -inf
    for begin, end, pause in sorted(_bounds(pauses), key=lambda bound: bound[0]):
        if end > max(begin, reached):
            found.append(Stop(begin if begin > reached else int(reached), end, pause))
            reached = end
    return found


def _bounds(pauses: Sequence[Pause]) -> Iterable[tuple[int, float, Pause]]:
    for pause in pauses:
        yield to_micros(pause.since), inf if pause.until is None else to_micros(pause.until), pause


def merged(found: Iterable[Stop]) -> list[Stretch]:
    """The ended stops as one stretch each time the clock stands still; touching ones are one stretch."""
    stretches: list[Stretch] = []
    for stop in found:
        if stop.end == inf:
            continue
        if stretches and stretches[-1][1] == stop.begin:
            stretches[-1] = (stretches[-1][0], int(stop.end))
        else:
            stretches.append((stop.begin, int(stop.end)))
    return stretches
