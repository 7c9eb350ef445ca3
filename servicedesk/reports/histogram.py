"""How much of their time promises used, as a drawing: a bar a bin, the due moment marked, each bar a link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servicedesk.reports import gaming
from servicedesk.reports.bars import Bar, bar
from servicedesk.reports.tables import Linking, Number

WIDTH, LEFT, RIGHT = 760, 46, 8
ROOM = (44, 204)
GAP = 3


@dataclass(frozen=True)
class Bin(Bar):
    """`look` is early, last (just below the due moment) or late."""

    place: int

    @property
    def percent(self) -> int:
        """Where the bin begins."""
        return self.place * 100 // gaming.BINS_TO_DUE

    @property
    def is_named(self) -> bool:
        """Whether its beginning stands below it: every fifth, so that the words do not touch."""
        return self.percent % 25 == 0


@dataclass(frozen=True)
class Histogram:
    bins: Sequence[Bin]
    # Where the due moment lies.
    due: float
    excess: float | None

    @property
    def is_empty(self) -> bool:
        return not any(each.number.value for each in self.bins)


def histogram(total: Linking, excess: float | None) -> Histogram:
    numbers = [total.number(name.replace("_", "-")) for name in gaming.BIN_NAMES]
    most = max(1, *(number.value for number in numbers))
    step = (WIDTH - LEFT - RIGHT) / len(numbers)
    bins = [_bin(place, number, step, most) for place, number in enumerate(numbers)]
    return Histogram(bins, round(LEFT + step * gaming.BINS_TO_DUE, 1), excess)


def _bin(place: int, number: Number, step: float, most: int) -> Bin:
    look = "last" if place == gaming.LAST_BIN else "early" if place < gaming.LAST_BIN else "late"
    drawn = bar(look, LEFT + step * place + GAP / 2, step - GAP, ROOM, number, most)
    return Bin(**vars(drawn), place=place)
