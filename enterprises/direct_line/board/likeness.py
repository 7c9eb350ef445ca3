"""How alike two texts are: the pairs of neighbouring signs they share, rare ones weighing more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from math import log


def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits, blanks and punctuation left out."""
    signs = "".join(sign for sign in text.casefold() if sign.isalnum())
    return frozenset(signs[place : place + 2] for place in range(len(signs) - 1))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the shorter one's pairs that stand in the other."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


class Shelf:
    """Texts to compare with. What every one of them says tells nothing."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        held = list(texts)
        self._held = Counter(pair for text in held for pair in text)
        self._of = len(held)

    def weight(self, pair: str) -> float:
        return log((1 + self._of) / (1 + self._held[pair])) + 0.1

    def likeness(self, one: frozenset[str], other: frozenset[str]) -> float:
        """From 0 to 1: what of the weight of the lighter text the two share."""
        common = sum(map(self.weight, one & other))
        lighter = min(sum(map(self.weight, one)), sum(map(self.weight, other)))
        return common / lighter if lighter else 0.0
