"""What officers have in hand, who may read of it, and how old what is open has become."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.test import Client

from servicedesk.reports.ages import city_calendar, office_seconds
from servicedesk.reports.percentiles import percentile, used_words
from tests.desk.staff import enter
from tests.reports.hand import (
    answered,
    at,
    cells,
    listed,
    report,
    row,
    table,
    wrong_links,
)
from tests.reports.month import MARCH, NOW, Month

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("in_english")]
ASKED = urlencode(MARCH)


def test_an_officer_has_in_hand_what_is_theirs_and_open(hand: Month) -> None:
    """On 3 March at noon: two open and due today, one of them late with its contact already; one closed."""
    people = hand.people
    answered(hand, "done", 2, "09:30")
    hand.confirmed("done", at(3, "10:00"))
    hand.claimed("late", at(2, "10:00"))
    hand.claimed("today", at(3, "11:00"))
    hand.received("unclaimed", at(3, "11:00"))
    found = report(people.bob, "officers", when=at(3, "12:00"), period="month")
    lines = {line.label: cells(line) for line in table(found, "officers").lines}
    assert lines["Alice"][:5] == ["2", "2", "1", "1", "1"]
    assert lines["nobody yet"][:4] == ["1", "1", "0", "0"]
    assert table(found, "officers").lines[0].name == f"Alice · {people.office().title()}"
    assert [
        url
        for cell in table(found, "officers").lines[0].cells
        for url in [getattr(cell, "url", "")]
        if url and len(listed(people.bob, url, at(3, "12:00"))) != cell.value  # type: ignore[union-attr]
    ] == []


@pytest.mark.parametrize("name", ["erin", "frank"])
def test_only_heads_and_managers_read_about_officers(client: Client, hand: Month, name: str) -> None:
    case = hand.claimed("one", at(2, "09:00"))
    enter(client, getattr(hand.people, name))
    for path in (
        "officers/",
        "officers.csv",
        f"cases/?{ASKED}&figure=open&group=officer&row={case.officer_id}",
    ):
        assert client.get(f"/desk/reports/{path}").status_code == 403, path
    assert "/desk/reports/officers/" not in client.get("/desk/reports/").content.decode()
    assert client.get("/api/v1/reports/officers/").status_code == 403


def test_a_head_reads_about_officers_of_their_own_office_only(client: Client, hand: Month) -> None:
    hand.claimed("ours", at(2, "09:00"))
    hand.claimed("theirs", at(2, "09:00"), to="swuj")
    labels = [line.label for line in table(report(hand.people.bob, "officers"), "officers").lines]
    assert labels == ["Alice"]
    assert {line.label for line in table(report(hand.people.grace, "officers"), "officers").lines} == {
        "Alice",
        "Charlie",
    }


# --- ageing ----------------------------------------------------------------------------------------------


def test_how_old_open_matters_are_in_office_time(hand: Month) -> None:
    """On 10 April at noon; half of the ages lie between the second and the third, exactly as a list says."""
    for place, day in enumerate((2, 9, 16, 30)):
        hand.received(f"open {place}", at(day, "09:00"))
    found = report(hand.people.grace, "ageing", period="month")
    calendar = city_calendar()
    ages = sorted(office_seconds(calendar, at(day, "09:00"), NOW) for day in (2, 9, 16, 30))
    expected = [used_words(percentile(ages, fraction)) for fraction in (0.5, 0.8, 0.95)]
    line = row(table(found, "open"), hand.people.office().title())
    assert cells(line) == ["4", *expected, "0", "0"]
    oldest = table(found, "oldest").lines
    assert [each.label for each in oldest] == [hand[f"open {place}"].number for place in range(4)]
    assert wrong_links(hand.people.grace, found) == []
