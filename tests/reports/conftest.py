from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import pytest
from django.utils import timezone
from django.utils.translation import override
from pytest_django import DjangoDbBlocker

from servicedesk.desk import actions
from servicedesk.reports import facts
from tests.people import Cast, cast
from tests.reports.hand import answered, asked, at, extended
from tests.reports.kept_rows import Rows, put_down, written
from tests.reports.month import NOW, Month, month


@pytest.fixture
def people(db: None, request: pytest.FixtureRequest) -> Cast:
    """The cast; where the month is asked for as well, those who lived in it."""
    if "march" in request.fixturenames:
        march: Month = request.getfixturevalue("march")
        return march.people
    return cast()


@pytest.fixture(scope="session")
def walked(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[Month, Rows]:
    """The month, walked once by the real verbs, and its rows."""
    with django_db_blocker.unblock():
        return written(_march)


def _march() -> Month:
    found = month(cast())
    facts.refresh()
    return found


@pytest.fixture
def march(walked: tuple[Month, Rows], db: None) -> Month:
    found, rows = walked
    put_down(rows)
    return deepcopy(found)


@pytest.fixture
def on_10_april(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's clock stands at the moment the month is asked about."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def hand(people: Cast) -> Month:
    """Without a word in it yet."""
    return Month(people)


@pytest.fixture
def moved(hand: Month) -> Month:
    """Kept; extended early, and kept by the new date; extended on the last day and six days late."""
    answered(hand, "kept", 2)
    for name in ("early", "late"):
        hand.claimed(name, at(2, "09:00"))
        hand.contacted(name, at(2, "09:40"), at(2, "09:50"))
    extended(hand, "early", at(10, "10:00"))
    extended(hand, "late", at(23, "10:00"), term=1)
    hand.answered("early", at(25, "10:00"))
    hand.answered("late", at(30, "10:00"))
    return hand


@pytest.fixture
def gamed(hand: Month) -> Month:
    """Signed ten minutes before its date; extended six hours before it; sent away, and given a later date by
    it; closed, and open again."""
    people = hand.people
    hand.claimed("minutes", at(2, "09:00"))
    hand.contacted("minutes", at(2, "09:40"), at(2, "09:50"))
    hand.answered("minutes", at(23, "16:50"))
    hand.claimed("saved", at(2, "09:00"))
    hand.contacted("saved", at(2, "09:40"), at(2, "09:50"))
    extended(hand, "saved", at(23, "11:00"))
    hand.answered("saved", at(24, "10:00"))
    hand.claimed("away", at(3, "09:00"))
    actions.return_to_centre(hand["away"], by=people.alice, at=at(4, "10:00"), reason="不属我局职责。")
    actions.dispatch(
        hand["away"], by=people.diana, at=at(5, "09:00"), office=people.office("swuj"), title="away"
    )
    answered(hand, "reopened", 9)
    for day, time in ((16, "09:30"), (16, "14:30"), (17, "09:30")):
        asked(hand, "reopened", day, "unreached", time=time)
    actions.redo(hand["reopened"], by=people.wang, at=at(24, "09:00"), reason="又积水了。")
    return hand
