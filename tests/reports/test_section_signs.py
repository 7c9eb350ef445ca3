"""Signs of gaming, and problems that come again."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from enterprises.models import DirectLineMatter, Topic
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Clock
from servicedesk.reports import gaming
from tests import make
from tests.make import again, moment
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


def test_each_sign_counts_the_matters_that_were_made_for_it(gamed: Month) -> None:
    grace = gamed.people.grace
    expected = {
        "last-minutes": {"minutes"},
        "extended": {"saved"},
        "extended-last-day": {"saved"},
        "returned": {"away"},
        "later": {"away"},
        "later-longer": set(),
        "redone": {"reopened"},
        "redone-closed": {"reopened"},
    }
    for figure, names in expected.items():
        assert named(gamed.cases, listed(grace, f"?{ASKED}&figure={figure}")) == names, figure
    found = report(grace, "signs")
    assert wrong_links(grace, found) == []
    # Nobody is accused: each sign says what it cannot show, on the page itself.
    assert "accuse nobody" in str(found.remarks[0])


def test_a_return_counts_for_the_office_that_returned(gamed: Month) -> None:
    found = table(report(gamed.people.grace, "signs"), "signs")
    place = [str(column.label) for column in found.columns].index("Returned to the centre")
    housing, water = (gamed.people.office(code).title() for code in ("zjj", "swuj"))
    assert [str(row(found, office).cells[place]) for office in (housing, water)] == ["1", "0"]


def test_a_longer_limit_by_a_new_sorting_shows(gamed: Month) -> None:
    clock = Clock.objects.filter(case=gamed["away"], code="resolve", round=2)
    clock.update(term=30)
    assert named(gamed.cases, listed(gamed.people.grace, f"?{ASKED}&figure=later-longer")) == {"away"}


@pytest.mark.parametrize(
    "stopped, place",
    [("2026-03-02 11:00", 19), ("2026-03-02 11:01", 20), ("2026-03-02 10:53", 18), ("2026-03-02 09:06", 0)],
)
def test_the_part_of_the_time_used_is_exact_at_the_due_moment(hand: Month, stopped: str, place: int) -> None:
    """The contact is due at eleven, two hours after the receipt at nine."""
    case = make.dispatched(hand.people, at=at(2, "09:00"))
    actions.claim(case, by=hand.people.alice, at=at(2, "09:00"))
    actions.contact(again(case), by=hand.people.alice, at=moment(stopped), result="reached", number="1")
    url = f"?{ASKED}&figure=used-{place}&limit=direct-line.contact"
    assert listed(hand.people.grace, url) == {case.pk}


def test_a_limit_in_days_is_used_up_at_its_date(gamed: Month) -> None:
    url = f"?{ASKED}&figure=used-{gaming.LAST_BIN}&limit=direct-line.resolve"
    assert named(gamed.cases, listed(gamed.people.grace, url)) >= {"minutes"}
    histogram = report(gamed.people.grace, "signs").drawings["used"]
    assert [each.look for each in histogram.bins].count("last") == 1 and histogram.excess is None


# --- repeats ---------------------------------------------------------------------------------------------


def test_the_same_applicant_and_topic_within_ninety_days_came_again(hand: Month) -> None:
    """Fifty days before: again; a hundred: not; of another topic: not; of another company: not."""
    topics = list(Topic.objects.valid()[:2])
    days = {"far": "2025-11-25 10:00", "first": "2026-01-26 10:00", "again": "2026-03-17 10:00"}
    days |= {"other topic": "2026-03-18 10:00", "rare": "2026-03-19 10:00"}
    for name, when in days.items():
        hand.received(name, moment(when))
        topic = topics[1] if name in {"other topic"} else topics[0]
        DirectLineMatter.objects.filter(case=hand[name]).update(topic=topic)
    Case.objects.filter(pk=hand["rare"].pk).update(applicant=hand.people.other)
    found = report(hand.people.grace, "again")
    assert [f"{rate.part}/{rate.whole}" for _label, rate in found.rates] == ["1/3"]
    assert named(hand.cases, listed(hand.people.grace, f"?{ASKED}&figure=again")) == {"again"}
    rising = table(found, "rising-direct-line")
    assert {line.label: cells(line) for line in rising.lines} == {
        str(topics[0]): ["2", "0", "0", "2"],
        str(topics[1]): ["1", "0", "0", "1"],
    }
    assert wrong_links(hand.people.grace, found) == []
