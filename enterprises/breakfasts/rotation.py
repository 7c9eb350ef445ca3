"""Whose turn it is to invite: the host who was served least recently. Pure: rows in, codes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

NEVER = date.min


def in_turn(seats: Sequence[str], served: Mapping[str, date]) -> list[str]:
    """Codes of the hosts, whose turn is next first. `seats` is in the order of protocol, which decides among
    those who were never served or were served on one day; `served` holds each host's last day."""
    return sorted(seats, key=lambda code: (served.get(code, NEVER), seats.index(code)))


def passed_over(seats: Sequence[str], served: Mapping[str, date], chosen: str) -> list[str]:
    """Hosts whose turn came before the chosen one's: each of them is skipped, for a reason that is kept."""
    order = in_turn(seats, served)
    return order[: order.index(chosen)]
