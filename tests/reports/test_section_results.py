"""What applicants said, and when they were answered: two families of rates."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from enterprises.models import BadReview
from servicedesk.desk.checks import problems
from servicedesk.desk.followups import FollowUps, Rows
from servicedesk.desk.registry import kind_of
from tests.reports.hand import (
    answered,
    asked,
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


@pytest.fixture
def revisited(hand: Month) -> Month:
    """Solved and content; solved, saying nothing more; partly and content; not solved, then solved; never
    reached; confirmed on the portal and rated there, badly."""
    for place, name in enumerate(("content", "silent", "partly", "twice", "nobody", "portal")):
        answered(hand, name, 2 + place % 4)
    asked(hand, "content", 9, "solved", 5)
    asked(hand, "silent", 9, "solved")
    asked(hand, "partly", 9, "partly", 3)
    asked(hand, "twice", 9, "unsolved", 1)
    hand.answered("twice", at(11, "10:00"))
    asked(hand, "twice", 12, "solved")
    asked(hand, "nobody", 9, "unreached")
    asked(hand, "nobody", 9, "unreached", time="14:30")
    hand.confirmed("portal", at(9, "10:00"), rating=2)
    return hand


def test_what_was_said_when_asked_and_good_reviews_share_no_denominator(revisited: Month) -> None:
    """Five valid answers, four of them solved; three said how content they are, the last word counts."""
    grace = revisited.people.grace
    found = report(grace, "results")
    rates = {str(label): f"{rate.part}/{rate.whole}" for label, rate in found.rates}
    assert rates == {"Solved, when asked": "4/5", "Content, when asked": "2/3", "Good reviews": "0/1"}
    assert {name: number.value for name, _label, number in found.head} == {
        "asked-valid": 5,
        "asked-partly": 1,
        "asked-in-vain": 1,
    }
    expected = {
        "asked-solved": {"content", "silent", "twice", "portal"},
        "asked-partly": {"partly"},
        "asked-unsolved": set(),
        "asked-in-vain": {"nobody"},
        "asked-rated": {"content", "partly", "twice"},
        "asked-satisfied": {"content", "partly"},
        "rated": {"portal"},
    }
    for figure, names in expected.items():
        keys = listed(grace, f"?{ASKED}&figure={figure}")
        assert named(revisited.cases, keys) == names, figure
    assert wrong_links(grace, found) == []


def test_a_rating_an_appeal_found_mistaken_is_in_no_rate(revisited: Month) -> None:
    review = BadReview.objects.get(of=revisited["portal"])
    BadReview.objects.filter(pk=review.pk).update(counts=False)
    found = report(revisited.people.grace, "results")
    assert str(found.rates[2][1]) == "—"


def test_time_rates_name_their_limit(revisited: Month) -> None:
    found = table(report(revisited.people.grace, "results"), "time-rates")
    assert cells(row(found, "You are contacted"))[0] == "100.0% (6/6)"
    assert {line.label: line.sub for line in found.lines}.items() >= {
        ("You are contacted", "2 hours"),
        ("You get an opinion", "1 working day"),
        ("The office solves it", "15 working days"),
    }


def test_a_follow_up_that_is_nowhere_is_an_error() -> None:
    kind = kind_of("direct-line")
    declared = {
        "desk.E010": FollowUps("enterprises.Nothing"),
        "desk.E011": FollowUps("enterprises.Revisit", result="outcome"),
    }
    for wrong, follow_ups in declared.items():
        assert [each.id for each in problems(replace(kind, follow_ups=follow_ups))] == [wrong]
    void = Rows("enterprises.BadReview", "of", "case__nothing")
    assert [each.id for each in problems(replace(kind, void_ratings=void))] == ["desk.E011"]
