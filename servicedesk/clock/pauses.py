"""Pauses as stretches of instants: merged for counting, cut into pieces that do not overlap for telling."""

from collections.abc import Iterable, Sequence
from math import inf
from operator import attrgetter
from typing import NamedTuple

from servicedesk.clock.terms import Pause

Stretch = tuple[int, int]
_begin = attrgetter("begin")


class Stop(NamedTuple):
    """A stretch in which the clock stands still, told by one pause; `end=inf` still runs."""

    begin: int
    end: float
    pause: Pause


def stops(pauses: Sequence[Pause]) -> list[Stop]:
    """The pauses in order, each without the time an earlier one covers; one that lasts nothing is ignored."""
    found: list[Stop] = []
    reached: float = -inf
    for pause in sorted(pauses, key=_begin) if len(pauses) > 1 else pauses:
        if pause.end > pause.begin and pause.end > reached:
            found.append(Stop(pause.begin if pause.begin > reached else int(reached), pause.end, pause))
            reached = pause.end
    return found


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
