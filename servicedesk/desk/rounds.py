"""What other rooms want looked at with every sweep: they register it, the engine knows nothing of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

log = logging.getLogger(__name__)

# Looks at the rows at a moment, does what is due, each duty once, and returns how many there were.
Round = Callable[[datetime], int]
_rounds: list[Round] = []
_nights: list[Round] = []


def register_round(look: Round) -> Round:
    """Have `look` called with every sweep. It may be called twice at once and must not mind."""
    if look not in _rounds:
        _rounds.append(look)
    return look


def register_night(look: Round) -> Round:
    """Have `look` called every night, with what is too long for a sweep."""
    if look not in _nights:
        _nights.append(look)
    return look


def go_rounds(at: datetime) -> int:
    """Call every round; one that fails is logged and comes again with the next sweep."""
    return sum(_gone(look, at) for look in _rounds)


def go_at_night(at: datetime) -> int:
    """Call every round of the night; one that fails is logged and comes again with the next night."""
    return sum(_gone(look, at) for look in _nights)


def _gone(look: Round, at: datetime) -> int:
    try:
        return look(at)
    except Exception:  # the loop's edge: one room's trouble must not silence the others
        log.exception("The round %s failed.", look.__qualname__)
        return 0
