"""The clock under a lawyer's eye: stops to the second, pauses left open, breaches that nothing undoes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, Conflict
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Pause
from servicedesk.desk.replay import differences
from tests import kinds, make
from tests.desk.permits import LAW, START, accepted, due, known, paused
from tests.make import moment
from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

INSTANT = timedelta(microseconds=1)


@pytest.fixture
def people() -> Iterator[Cast]:
    people = cast()
    with known():
        yield people


# The stop


@pytest.mark.parametrize(("after", "late"), [(timedelta(0), False), (INSTANT, True)])
def test_an_answer_at_the_very_due_moment_is_in_time_and_an_instant_later_is_not(
    people: Cast, after: timedelta, late: bool
) -> None:
    case = make.drafted(people)
    actions.sign_off(case, by=people.bob, at=moment("2026-03-23 17:00") + after)
    clock = case.clocks.get(code="resolve")
    assert (clock.late, clock.stopped_by) == (late, "sign_off")
    assert list(differences()) == []


def test_the_seconds_used_are_office_time_without_lunch_nights_and_pauses(people: Cast) -> None:
    case = accepted(people, at=moment("2026-03-02 11:00"))
    paused(people, case, "2026-03-02 14:00", "2026-03-02 15:00")
    actions.decide(case, by=people.alice, at=moment("2026-03-03 09:30"), outcome="granted", text="准予")
    used = {clock.code: clock.used for clock in case.clocks.filter(stopped_by__in=["decide", "review:done"])}
    # From 11:00: one hour before noon, 13:30 to 17:00 and half an hour; the review pauses one of them.
    assert used == {"decide": 4 * 3600, "review": 4 * 3600, "promise": 5 * 3600}


def test_a_clock_tied_to_a_step_ends_with_it_however_the_step_ends(people: Cast) -> None:
    case = accepted(people)
    actions.skip(case.steps.get(code="review"), by=people.alice, at=START, reason="免审")
    clock = case.clocks.get(code="review")
    assert (clock.stopped_by, clock.stopped_at) == ("review:skipped", START)
    assert list(differences()) == []


# A pause left open


def test_a_decision_ends_the_pause_it_was_made_in(people: Cast) -> None:
    case = accepted(people)
    paused(people, case, "2026-03-04 10:00")
    assert due(case, "decide") == "-"
    decided = moment("2026-03-06 10:00")
    actions.decide(case, by=people.alice, at=decided, outcome="granted", text="准予")
    assert Pause.objects.get().until == decided
    clock = case.clocks.get(code="decide")
    # The 4th and 5th were lost at their close; the 6th, the day of the decision, counts.
    assert (clock.late, due(case, "decide")) == (False, "04-01 17:00")
    # Two whole office days of six and a half hours, and one hour of the third.
    assert clock.used == 14 * 3600
    assert list(differences()) == []


def test_a_matter_taken_up_again_does_not_stand_still_for_what_was_over(people: Cast) -> None:
    case = accepted(people)
    paused(people, case, "2026-03-04 10:00", category="parked")
    actions.decide(case, by=people.alice, at=moment("2026-03-06 10:00"), outcome="refused", text="理由")
    actions.redo(case, by=people.bob, at=moment("2026-03-09 09:00"), reason="复核")
    # Seven working days from the 2nd, less the 4th and 5th.
    assert due(case, "promise") == "03-13 17:00"
    assert due(case, "decide") != "-"
    assert list(differences()) == []


def test_closing_ends_every_pause_and_leaves_nothing_running(people: Cast) -> None:
    case = accepted(people)
    paused(people, case, "2026-03-04 10:00", step=case.steps.get(code="review"))
    paused(people, case, "2026-03-04 11:00", category="parked")
    actions.withdraw(case, by=people.wang, at=moment("2026-03-05 09:00"), reason="不办了")
    assert not Pause.objects.filter(until=None).exists()
    assert broken(START) == []


def test_an_extension_given_while_the_clock_stands_still_counts_after_it_runs_again(people: Cast) -> None:
    case = accepted(people)
    paused(people, case, "2026-03-04 10:00")
    at = moment("2026-03-05 09:00")
    actions.extend(case, by=people.bob, at=at, clocks=("decide",), term=10, reason="复杂", told_at=at)
    assert due(case, "decide") == "-"
    actions.resume(case, by=people.alice, at=moment("2026-03-09 10:00"), category="expert_review")
    # 30 working days, three of them lost: without the pause it had been 14 April.
    assert due(case, "decide") == "04-17 17:00"
    assert list(differences()) == []


def test_a_clock_ticked_twice_is_extended_once_and_none_at_all_is_refused(people: Cast) -> None:
    case = accepted(people)
    words = {"by": people.bob, "at": START, "term": 5, "reason": "复杂", "told_at": START}
    actions.extend(case, clocks=("decide", "decide"), **words)
    assert case.clocks.get(code="decide").extensions.count() == 1
    with pytest.raises(BadInput):
        actions.extend(case, clocks=(), **words)


# A planned pause


def test_what_time_alone_changes_is_no_conflict_for_the_page_that_was_open(people: Cast) -> None:
    case = accepted(people)
    step = case.steps.get(code="review")
    paused(people, case, "2026-03-03 10:00", step=step, planned_until=moment("2026-03-05 10:00"))
    seen = make.again(case).version
    with pytest.raises(Conflict):
        actions.decide(
            case,
            by=people.alice,
            at=moment("2026-03-06 10:00"),
            outcome="granted",
            text="准予",
            version=seen - 1,
        )
    actions.decide(
        case, by=people.alice, at=moment("2026-03-06 10:00"), outcome="granted", text="准予", version=seen
    )
    assert Pause.objects.get().until == moment("2026-03-05 10:00")
    assert list(differences()) == []


def test_a_planned_pause_nobody_ended_has_ended_at_its_planned_moment(people: Cast) -> None:
    case = accepted(people)
    paused(people, case, "2026-03-03 10:00", planned_until=moment("2026-03-05 10:00"))
    planned = due(case, "decide")
    actions.resume(case, by=people.alice, at=moment("2026-03-20 10:00"), category="expert_review")
    assert Pause.objects.get().until == moment("2026-03-05 10:00")
    assert due(case, "decide") == planned == "04-01 17:00"


def test_a_planned_pause_ended_early_gives_the_days_back(people: Cast) -> None:
    case = accepted(people)
    paused(people, case, "2026-03-03 10:00", planned_until=moment("2026-03-13 10:00"))
    actions.resume(case, by=people.alice, at=moment("2026-03-04 10:00"), category="expert_review")
    assert due(case, "decide") == "03-31 17:00"
    assert list(differences()) == []


# A pause entered later than it began


def test_a_back_dated_pause_costs_nothing_before_the_clock_began(people: Cast) -> None:
    opening = {"steps": kinds.ROWS}
    case = actions.open_case(
        "test-permit", applicant=people.company, by=people.wang, at=START, opening=opening
    )
    actions.submit(case, by=people.wang, at=START, key=uuid.uuid4(), facts={})
    actions.accept(case, by=people.bob, at=moment("2026-03-05 09:00"))
    before = due(case, "decide")
    words = {"category": "expert_review", "reason": "评审", "basis": LAW, "since": moment("2026-03-03 09:00")}
    actions.pause(
        case, by=people.bob, at=moment("2026-03-06 09:00"), planned_until=moment("2026-03-05 08:00"), **words
    )
    assert due(case, "decide") == before
    assert list(differences()) == []


def test_a_pause_cannot_be_dated_before_the_matter_nor_into_the_future(people: Cast) -> None:
    case = accepted(people)
    for since in (START - INSTANT, moment("2026-03-10 09:00")):
        with pytest.raises(BadInput):
            actions.pause(
                case,
                by=people.bob,
                at=moment("2026-03-09 09:00"),
                category="expert_review",
                reason="评审",
                basis=LAW,
                since=since,
            )


def test_a_pause_entered_after_a_clock_stopped_counts_when_the_clock_goes_on(people: Cast) -> None:
    """The promise was closed with its date; what is learnt later of those days holds from the redo on."""
    case = accepted(people)
    actions.decide(case, by=people.alice, at=moment("2026-03-06 10:00"), outcome="refused", text="理由")
    actions.redo(case, by=people.bob, at=moment("2026-03-09 09:00"), reason="复核")
    words = {"category": "parked", "reason": "等待", "basis": LAW, "since": moment("2026-03-03 10:00")}
    actions.pause(
        case, by=people.bob, at=moment("2026-03-09 10:00"), planned_until=moment("2026-03-04 10:00"), **words
    )
    assert due(case, "promise") == "03-12 17:00"
    assert list(differences()) == []
