"""Rotation and selection as tables anybody can check: no database, no clock."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from enterprises.breakfasts.rotation import in_turn, passed_over
from enterprises.breakfasts.selection import Wish, choose, months_later, too_near
from enterprises.models import Rule, Standing
from tests.make import MONDAY

SEATS = ["swb", "rdb", "zfb", "zxb"]
DAY = date(2026, 3, 12)
STEEL, FOOD = ("3311", "331", "33", "C"), ("1353", "135", "13", "C")


@pytest.mark.parametrize(
    ("served", "order"),
    [
        # Nobody was served: the order of protocol.
        ({}, ["swb", "rdb", "zfb", "zxb"]),
        # Whoever was never served goes before whoever was.
        ({"swb": date(2026, 1, 8)}, ["rdb", "zfb", "zxb", "swb"]),
        # All were served: the longest ago is next.
        (
            {
                "swb": date(2026, 2, 5),
                "rdb": date(2026, 2, 12),
                "zfb": date(2026, 1, 29),
                "zxb": date(2026, 2, 19),
            },
            ["zfb", "swb", "rdb", "zxb"],
        ),
        # Served on one day: the order of protocol again.
        (dict.fromkeys(SEATS, date(2026, 2, 5)), ["swb", "rdb", "zfb", "zxb"]),
        # A host that is no longer in the table is nobody's turn.
        ({"gone": date(2020, 1, 1), "swb": date(2026, 1, 1)}, ["rdb", "zfb", "zxb", "swb"]),
    ],
)
def test_the_least_recently_served_host_is_next(served: dict[str, date], order: list[str]) -> None:
    assert in_turn(SEATS, served) == order


@pytest.mark.parametrize(
    ("chosen", "over"),
    [("swb", []), ("rdb", ["swb"]), ("zxb", ["swb", "rdb", "zfb"])],
)
def test_everybody_whose_turn_came_before_the_chosen_one_is_passed_over(chosen: str, over: list[str]) -> None:
    assert passed_over(SEATS, {}, chosen) == over


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 3, 12), 6, date(2026, 9, 12)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 3, 12), 0, date(2026, 3, 12)),
    ],
)
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, later: date
) -> None:
    assert months_later(day, months) == later


@pytest.mark.parametrize(
    ("other", "months", "near"),
    [
        (date(2025, 9, 12), 6, False),
        (date(2025, 9, 13), 6, True),
        # What was given for a later breakfast counts as well.
        (date(2026, 9, 11), 6, True),
        (date(2026, 9, 12), 6, False),
        (date(2026, 3, 12), 0, False),
    ],
)
def test_two_breakfasts_are_too_near_within_the_months(other: date, months: int, near: bool) -> None:
    assert too_near(other, DAY, months) is near


def wish(key: int, minute: int, industry: tuple[str, ...] = STEEL, places: tuple[date, ...] = ()) -> Wish:
    return Wish(key, MONDAY + timedelta(minutes=minute), industry, places)


def told(
    wishes: list[Wish], quota: int = 2, themes: tuple[str, ...] = ("33",), months: int = 6
) -> list[tuple]:  # type: ignore[type-arg]
    found = choose(wishes, themes=themes, day=DAY, months=months, quota=quota)
    return [(each.key, each.standing, each.rule, each.position) for each in found]


SELECTED, WAITING, PASSED = Standing.SELECTED, Standing.WAITING, Standing.PASSED


@pytest.mark.parametrize(
    ("wishes", "verdicts"),
    [
        ([], []),
        # First come among those who fit.
        (
            [wish(1, 5), wish(2, 1), wish(3, 9)],
            [(2, SELECTED, Rule.THEME, 1), (1, SELECTED, Rule.THEME, 2), (3, WAITING, Rule.FULL, 1)],
        ),
        # The theme goes before an earlier moment.
        (
            [wish(1, 0, FOOD), wish(2, 9), wish(3, 8)],
            [(3, SELECTED, Rule.THEME, 1), (2, SELECTED, Rule.THEME, 2), (1, WAITING, Rule.THEME, 1)],
        ),
        # What the theme leaves free goes to the others.
        (
            [wish(1, 3, FOOD), wish(2, 9), wish(3, 1, FOOD)],
            [
                (2, SELECTED, Rule.THEME, 1),
                (3, SELECTED, Rule.FIRST_COME, 2),
                (1, WAITING, Rule.THEME, 1),
            ],
        ),
        # One moment: the lower key.
        (
            [wish(9, 1), wish(4, 1), wish(6, 1)],
            [(4, SELECTED, Rule.THEME, 1), (6, SELECTED, Rule.THEME, 2), (9, WAITING, Rule.FULL, 1)],
        ),
        # Nobody twice, even where a place stays free.
        (
            [wish(1, 1, places=(date(2025, 12, 1),)), wish(2, 2)],
            [(2, SELECTED, Rule.THEME, 1), (1, PASSED, Rule.RECENT, None)],
        ),
        # Long enough ago is no hindrance.
        ([wish(1, 1, places=(date(2025, 3, 1),))], [(1, SELECTED, Rule.THEME, 1)]),
        # A company without an industry fits no theme.
        ([wish(1, 0, ()), wish(2, 5)], [(2, SELECTED, Rule.THEME, 1), (1, SELECTED, Rule.FIRST_COME, 2)]),
    ],
)
def test_places_go_by_the_rules_and_each_verdict_names_its_rule(
    wishes: list[Wish], verdicts: list[tuple[object, ...]]
) -> None:
    for order in permutations(wishes):
        assert told(list(order)) == verdicts


def test_without_industries_every_company_fits() -> None:
    verdicts = told([wish(1, 5, FOOD), wish(2, 1)], themes=())
    assert verdicts == [(2, SELECTED, Rule.FIRST_COME, 1), (1, SELECTED, Rule.FIRST_COME, 2)]


def test_a_section_takes_in_everything_below_it() -> None:
    assert [each[2] for each in told([wish(1, 1, FOOD), wish(2, 2)], themes=("C",))] == [Rule.THEME] * 2


def test_whoever_came_recently_is_told_when() -> None:
    days = (date(2025, 10, 1), date(2026, 1, 15), date(2020, 1, 1))
    (verdict,) = choose([wish(1, 1, places=days)], themes=(), day=DAY, months=6, quota=9)
    assert verdict.facts == {"day": "2026-01-15", "months": 6}
