"""Comparing terms: promised with statutory, the parts of a bundle with the whole."""

from __future__ import annotations

from approvals.catalogue.facts import Facts

# Usual office hours of a day: 9:00–12:00 and 13:30–17:00.
MINUTES_A_DAY = 390
WORKING = {"working_minutes": 1, "working_days": MINUTES_A_DAY}
# The longest row of days off that a term of working days may meet: the holidays of the Spring Festival and
# of National Day are eight days with the weekend before or after them.
LONGEST_REST = 10


def minutes(limit: Facts) -> int | None:
    """Working minutes of a term counted in working time; None of any other."""
    return limit["term"] * WORKING[limit["unit"]] if limit["unit"] in WORKING else None


def exceeds(one: Facts, other: Facts) -> bool:
    """Whether the term `one` may end later than `other`. A working term against calendar days is compared
    by the longest it can take."""
    if one["unit"] == other["unit"]:
        return bool(one["term"] > other["term"])
    mine, theirs = minutes(one), minutes(other)
    if mine is not None and theirs is not None:
        return mine > theirs
    return at_most_days(one) > at_least_days(other)


def at_most_days(limit: Facts) -> int:
    """Calendar days a term cannot outlast."""
    working = minutes(limit)
    if working is None:
        return int(limit["term"]) * {"calendar_days": 1, "months": 31, "years": 366}[limit["unit"]]
    days = -(-working // MINUTES_A_DAY)
    return days + 2 * (days // 5) + LONGEST_REST


def at_least_days(limit: Facts) -> int:
    """Calendar days a term lasts at the least."""
    working = minutes(limit)
    if working is None:
        return int(limit["term"]) * {"calendar_days": 1, "months": 28, "years": 365}[limit["unit"]]
    return working // MINUTES_A_DAY


def longest_path(weights: dict[str, int], after: dict[str, list[str]]) -> int:
    """Length of the longest way through a graph without circles; a step that is not there weighs nothing."""
    done: dict[str, int] = {}
    while len(done) < len(weights):
        ready = [code for code in weights if code not in done and not _open(after[code], weights, done)]
        if not ready:
            break
        for code in ready:
            before = [done[each] for each in after[code] if each in done]
            done[code] = weights[code] + max(before, default=0)
    return max(done.values(), default=0)


def _open(before: list[str], weights: dict[str, int], done: dict[str, int]) -> bool:
    return any(code in weights and code not in done for code in before)
