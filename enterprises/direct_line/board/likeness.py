"""How alike two texts are: the pairs of neighbouring signs they share, rare ones weighing more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from math import log

# So many texts tell what is common and what is rare.
SAMPLE = 600
# Texts that share less than one pair in so many are not looked at any closer.
FEW = 20
# What a letter is about stands at its beginning.
LONGEST = 400


@lru_cache(maxsize=6000)
def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring letters and digits, blanks and punctuation left out. Kept, for the board looks at
    the same matters with every press."""
    signs = "".join(sign for sign in text[:LONGEST].casefold() if sign.isalnum())
    return frozenset(signs[place : place + 2] for place in range(len(signs) - 1))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of the shorter one's pairs that stand in the other."""
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


class Shelf:
    """Texts to compare with. What every one of them says tells nothing."""

    def __init__(self, texts: Iterable[frozenset[str]]) -> None:
        held = list(islice(texts, SAMPLE))
        self._held = Counter(pair for text in held for pair in text)
        self._of = len(held)
        self._whole: dict[frozenset[str], float] = {}

    def weight(self, pair: str) -> float:
        return log((1 + self._of) / (1 + self._held[pair])) + 0.1

    def whole(self, text: frozenset[str]) -> float:
        if text not in self._whole:
            self._whole[text] = sum(map(self.weight, text))
        return self._whole[text]

    def likeness(self, one: frozenset[str], other: frozenset[str]) -> float:
        """From 0 to 1: what of the weight of the lighter text the two share."""
        common = one & other
        if len(common) * FEW < min(len(one), len(other)):
            return 0.0
        lighter = min(self.whole(one), self.whole(other))
        return sum(map(self.weight, common)) / lighter if lighter else 0.0
