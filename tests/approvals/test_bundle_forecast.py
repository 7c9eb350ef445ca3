"""When a bundle is done: rows a lawyer can check by hand. Office hours are 09:00–12:00 and 13:30–17:00."""

from __future__ import annotations

from datetime import datetime

import pytest

from approvals.bundles.predicting import Forecast, Part, forecast, living
from servicedesk.clock import Term, official_calendar
from tests.make import ZONE, moment

CALENDAR = official_calendar()
LICENCE, SEAL, TAX, BANK = "licence", "seal", "tax", "bank"


def minutes(amount: int) -> Term:
    return Term(amount, "working_minutes")


def part(code: str, term: Term | None = None, *after: str, **more: object) -> Part:
    return Part(code, CALENDAR, (term,) if term else (), after, **more)  # type: ignore[arg-type]


def opening(**licence: object) -> list[Part]:
    """The licence, then seal and tax side by side, and a bank that needs the seal."""
    return [
        part(LICENCE, minutes(105), **licence),
        part(SEAL, minutes(90), LICENCE),
        part(TAX, minutes(60), LICENCE),
        part(BANK, minutes(30), SEAL),
    ]


def shown(at: datetime | None) -> str:
    return at.astimezone(ZONE).strftime("%m-%d %H:%M") if at else "-"


# start, end of the licence, of seal, tax, bank: each on its own office's time.
TABLE = [
    # In the morning, over lunch: 10:45; 75 minutes till noon and 15 after it; 11:45; 14:15.
    ("2026-03-02 09:00", "03-02 10:45", "03-02 13:45", "03-02 11:45", "03-02 14:15"),
    # Sent in the lunch break: it counts from 13:30.
    ("2026-03-02 12:30", "03-02 15:15", "03-02 16:45", "03-02 16:15", "03-03 09:15"),
    # On Friday afternoon: the rest of it, then Monday.
    ("2026-03-06 16:00", "03-09 09:45", "03-09 11:15", "03-09 10:45", "03-09 11:45"),
    # On Friday at noon: exactly at closing, then Monday from nine.
    ("2026-03-06 13:45", "03-06 15:30", "03-06 17:00", "03-06 16:30", "03-09 09:30"),
    # On a Saturday without work.
    ("2026-03-07 10:00", "03-09 10:45", "03-09 13:45", "03-09 11:45", "03-09 14:15"),
    # On the Saturday of 28 February 2026, a make-up day after the Spring Festival.
    ("2026-02-28 09:00", "02-28 10:45", "02-28 13:45", "02-28 11:45", "02-28 14:15"),
    # Late on the Friday before that make-up Saturday.
    ("2026-02-27 16:30", "02-28 10:15", "02-28 11:45", "02-28 11:15", "02-28 13:45"),
]


@pytest.mark.parametrize(("start", "licence", "seal", "tax", "bank"), TABLE)
def test_each_part_ends_when_its_term_has_run_after_what_it_waits_for(
    start: str, licence: str, seal: str, tax: str, bank: str
) -> None:
    found = forecast(opening(), moment(start))
    assert [shown(found.ends[code]) for code in (LICENCE, SEAL, TAX, BANK)] == [licence, seal, tax, bank]
    assert shown(found.at) == bank
    assert found.critical == {LICENCE, SEAL, BANK}
    assert not found.provisional


def test_what_has_ended_counts_from_when_it_did_and_what_waits_begins_now_at_the_earliest() -> None:
    done = moment("2026-03-02 09:30")
    found = forecast(opening(ended=done), moment("2026-03-02 10:00"))
    assert (shown(found.ends[LICENCE]), shown(found.ends[SEAL]), shown(found.at)) == (
        "03-02 09:30",
        "03-02 11:30",
        "03-02 12:00",
    )


def test_what_is_under_way_ends_when_it_is_promised_and_what_is_late_now() -> None:
    promised = moment("2026-03-02 10:45")
    parts = [part(LICENCE, under_way=promised), part(SEAL, minutes(90), LICENCE)]
    assert shown(forecast(parts, moment("2026-03-02 10:00")).at) == "03-02 13:45"
    # Late, so in the next minute at the earliest; on a Sunday in the first of Monday.
    assert shown(forecast(parts, moment("2026-03-02 11:00")).at) == "03-02 14:01"
    assert shown(forecast(parts, moment("2026-03-08 11:00")).at) == "03-09 10:31"


def test_a_delivery_follows_the_decision() -> None:
    parts = [Part(SEAL, CALENDAR, (minutes(90), Term(1, "working_days")))]
    assert shown(forecast(parts, moment("2026-03-06 09:00")).at) == "03-09 17:00"


def test_a_refusal_cuts_off_what_waits_for_it_and_nothing_else() -> None:
    parts = [
        part(LICENCE, ended=moment("2026-03-02 09:30")),
        part(SEAL, is_cut=True),
        part(BANK, minutes(30), SEAL),
        part("card", minutes(30), BANK),
        part(TAX, minutes(60), LICENCE),
    ]
    assert [each.code for each in living(parts)] == [LICENCE, TAX]
    found = forecast(parts, moment("2026-03-02 09:30"))
    assert shown(found.at) == "03-02 10:30"
    assert found.critical == {TAX, LICENCE}


def test_nothing_is_foreseen_when_all_is_over_or_nothing_is_promised() -> None:
    at = moment("2026-03-02 09:30")
    assert forecast([part(LICENCE, ended=at)], at).at is None
    assert forecast([part(LICENCE, is_cut=True), part(SEAL, minutes(9), LICENCE)], at).at is None
    unknown = forecast([part(LICENCE, is_timed=False), part(SEAL, minutes(9), LICENCE)], at)
    assert (unknown.at, unknown.ends) == (None, {})
    assert forecast([], at) == Forecast()


def test_a_circle_has_no_end() -> None:
    parts = [part(SEAL, minutes(9), BANK), part(BANK, minutes(9), SEAL)]
    assert forecast(parts, moment("2026-03-02 09:30")).at is None


def test_parts_that_end_together_are_all_critical() -> None:
    parts = [part(LICENCE, minutes(105)), part(SEAL, minutes(90), LICENCE), part(TAX, minutes(90), LICENCE)]
    assert forecast(parts, moment("2026-03-02 09:00")).critical == {LICENCE, SEAL, TAX}


def test_a_year_without_its_notice_makes_the_date_provisional() -> None:
    found = forecast(opening(), moment("2026-12-31 16:30"))
    assert (shown(found.at)[:2], found.provisional) == ("01", True)
