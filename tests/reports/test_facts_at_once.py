"""Several look at once, and people work meanwhile: nothing is lost and nothing is counted twice."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from django.db import transaction

from servicedesk.desk import actions, trail
from servicedesk.desk.models import Case, Touched
from servicedesk.reports import facts
from tests import make
from tests.desk.racing import together
from tests.reports.month import NOW, Month
from tests.reports.test_facts import everything

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LONG = 30


def test_of_many_who_look_at_once_each_finds_everything_counted_once(
    march: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "BATCH", 3)
    people = march.people
    actions.draft_answer(march["young"], by=people.alice, at=NOW, text="已清淤。")
    actions.sign_off(march["young"], by=people.bob, at=NOW)
    trail.touch(list(Case.objects.values_list("pk", flat=True)) * 3)

    def looked() -> Any:
        facts.refresh()
        return everything()

    found = together(*[looked] * 6)
    assert not Touched.objects.exists()
    facts.rebuild()
    assert found == [everything()] * 6


def test_what_is_committed_while_one_looks_is_not_lost(march: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    derived, committed, plain = Event(), Event(), facts.derive

    def derive(cases: list[int]) -> None:
        plain(cases)
        derived.set()
        assert committed.wait(LONG)

    def act() -> None:
        assert derived.wait(LONG)
        actions.draft_answer(make.again(march["young"]), by=march.people.alice, at=NOW, text="已清淤。")
        actions.sign_off(make.again(march["young"]), by=march.people.bob, at=NOW)
        committed.set()

    monkeypatch.setattr(facts, "derive", derive)
    trail.touch([march["young"].pk])
    # The second look is at what was committed during the first.
    assert together(facts.refresh, act)[0] == 2
    refreshed = everything()
    facts.rebuild()
    assert refreshed == everything()


def test_what_is_not_yet_committed_is_looked_at_once_it_is(march: Month) -> None:
    """Its row has the lower key: whoever marked the last one seen would pass it over."""
    began, looked = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            actions.draft_answer(march["young"], by=march.people.alice, at=NOW, text="已清淤。")
            began.set()
            assert looked.wait(LONG)

    def look() -> int:
        assert began.wait(LONG)
        trail.touch([march["kept"].pk])
        found = facts.refresh()
        looked.set()
        return found

    assert together(slow, look)[1] == 1
    assert facts.refresh() == 1
