"""Who has a place at the table, by rules anybody can check. Pure: wishes in, a verdict for each out.

1. Nobody comes twice within so many months, whatever place is left.
2. Companies of the theme's industries go before the others.
3. Among equals whoever signed up first; of one moment, the lower key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from enterprises.models import Rule, Standing


@dataclass(frozen=True)
class Wish:
    """One sign-up: `industry` holds the codes from the company's own line up to its section, and `places`
    the days of the other breakfasts at which it had, or has, a place."""

    key: int
    at: datetime
    industry: Sequence[str] = ()
    places: Sequence[date] = ()

    def fits(self, themes: frozenset[str]) -> bool:
        return not themes or not themes.isdisjoint(self.industry)


@dataclass(frozen=True)
class Verdict:
    key: int
    standing: Standing
    rule: Rule
    position: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for back in range(4):
        try:
            return date(year, month + 1, day.day - back)
        except ValueError:
            continue
    raise AssertionError("A month has at least 28 days.")


def too_near(one: date, other: date, months: int) -> bool:
    """Whether two breakfasts lie less than `months` apart, whichever comes first."""
    first, last = sorted((one, other))
    return last < months_later(first, months)


def choose(
    wishes: Sequence[Wish], *, themes: Iterable[str], day: date, months: int, quota: int
) -> list[Verdict]:
    """A verdict for every wish: those with a place, then the waiting list, then those who came recently."""
    codes = frozenset(themes)
    near = {wish.key: [each for each in wish.places if too_near(each, day, months)] for wish in wishes}
    ordered = sorted(wishes, key=lambda wish: (not wish.fits(codes), wish.at, wish.key))
    may_come = [wish for wish in ordered if not near[wish.key]]
    seated = [_seated(wish, place, codes) for place, wish in enumerate(may_come[:quota], 1)]
    waiting = [_waiting(wish, place, codes) for place, wish in enumerate(may_come[quota:], 1)]
    recent = [_recent(wish, near[wish.key], months) for wish in ordered if near[wish.key]]
    return seated + waiting + recent


def _seated(wish: Wish, place: int, codes: frozenset[str]) -> Verdict:
    rule = Rule.THEME if codes and wish.fits(codes) else Rule.FIRST_COME
    return Verdict(wish.key, Standing.SELECTED, rule, place)


def _waiting(wish: Wish, place: int, codes: frozenset[str]) -> Verdict:
    rule = Rule.FULL if wish.fits(codes) else Rule.THEME
    return Verdict(wish.key, Standing.WAITING, rule, place)


def _recent(wish: Wish, days: list[date], months: int) -> Verdict:
    facts = {"day": max(days).isoformat(), "months": months}
    return Verdict(wish.key, Standing.PASSED, Rule.RECENT, None, facts)
