"""How dates were moved and missed, and what the record says of it."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from servicedesk.desk import actions
from servicedesk.desk.models import Clock, Promise
from servicedesk.reports import moves
from tests.desk.staff import administrator
from tests.reports.hand import (
    at,
    cells,
    listed,
    named,
    report,
    row,
    table,
    wrong_links,
)
from tests.reports.month import MARCH, Month

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("in_english")]
ASKED = urlencode(MARCH)


def test_how_often_dates_moved_and_by_how_much_they_were_missed(moved: Month) -> None:
    """The solution was due on 23 March at five; the late one on the 24th, and was done on the 30th."""
    grace = moved.people.grace
    found = report(grace, "promises")
    limits = table(found, "moved-limits")
    assert cells(row(limits, "The office solves it")) == [
        *("66.7% (2/3)", "2", "0", "0", "0"),
        *("33.3% (1/3)", "66.7% (2/3)"),
    ]
    assert cells(row(limits, "You are contacted"))[0] == "0.0% (0/3)"
    missed = table(found, "missed")
    assert cells(row(missed, moved.people.office().title())) == ["1", "0", "0", "1", "0"]
    assert named(moved.cases, listed(grace, f"?{ASKED}&figure=missed-2")) == {"late"}
    assert named(moved.cases, listed(grace, f"?{ASKED}&figure=moved-extended")) == {"early", "late"}
    assert wrong_links(grace, found) == []


def test_a_date_the_calendar_moved_stands_apart(moved: Month) -> None:
    clock = Clock.objects.get(case=moved["kept"], code="resolve")
    told = Promise.objects.filter(clock=clock).first()
    assert told is not None
    Promise.objects.create(
        clock=clock, due_at=clock.due_at, why="redate", event=told.event, told_at=at(3, "09:00")
    )
    found = report(moved.people.grace, "promises")
    assert cells(row(table(found, "moved-limits"), "The office solves it"))[:4] == [
        "100.0% (3/3)",
        "2",
        "0",
        "1",
    ]


def test_the_bands_of_lateness_know_their_borders() -> None:
    assert moves.BANDS[0][0] == 0 and moves.BANDS[-1][1] is None
    assert all(one[1] == other[0] for one, other in zip(moves.BANDS, moves.BANDS[1:], strict=False))


# --- breaches --------------------------------------------------------------------------------------------


def test_a_broken_promise_says_what_the_record_says_and_no_more(moved: Month) -> None:
    """Late after an extension; contacted late with nothing done; opinion late while others were asked."""
    people = moved.people
    moved.received("idle", at(3, "09:00"))
    actions.claim(moved["idle"], by=people.alice, at=at(3, "14:00"))
    moved.contacted("idle", at(3, "14:30"), at(3, "15:00"))
    moved.claimed("asked", at(3, "09:00"))
    actions.contact(
        moved["asked"], by=people.alice, at=at(3, "09:40"), result="reached", number="13800000001"
    )
    actions.consult(
        moved["asked"], by=people.alice, at=at(3, "10:00"), office=people.office("swuj"), text="?"
    )
    actions.give_opinion(moved["asked"], by=people.alice, at=at(5, "10:00"), text="先抽排，再清淤。")
    found = report(people.grace, "breaches")
    told = {(line.label, str(line.cells[0])): line for line in table(found, "breaches").lines}
    reasons = {key: [str(cell) for cell in line.cells][4:] for key, line in told.items()}
    late, idle, asked_ = (str(moved[name].number) for name in ("late", "idle", "asked"))
    assert reasons[late, "The office solves it"] == [
        "3.2 working days",
        "extended, and late all the same (涉及两级政府。)",
    ]
    assert reasons[idle, "You are contacted"] == ["1 hour 50 minutes", "nothing was done until the date"]
    assert reasons[asked_, "You get an opinion"][1] == "others were asked"
    columns = [str(column.label) for column in table(found, "reasons").columns]
    total = dict(zip(columns, cells(table(found, "reasons").total), strict=True))  # type: ignore[arg-type]
    assert total["Broken"] == "3"
    assert (total["others were asked"], total["nothing was done until the date"]) == ("1", "1")
    assert wrong_links(people.grace, found) == []


def test_where_nothing_is_recorded_that_is_said(hand: Month) -> None:
    hand.claimed("silent", at(3, "09:00"))
    hand.contacted("silent", at(3, "14:30"), at(3, "15:00"))
    found = table(report(hand.people.grace, "breaches"), "breaches")
    assert str(found.lines[0].cells[-1]) == "no reason recorded"


def test_a_statistician_counts_breaches_and_reads_none(hand: Month) -> None:
    hand.claimed("silent", at(3, "09:00"))
    hand.contacted("silent", at(3, "14:30"), at(3, "15:00"))
    found = report(administrator("statistician"), "breaches")
    assert found.head[0][2].value == 1 and table(found, "breaches").lines == []
