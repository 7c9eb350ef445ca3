"""The clocks when a matter is taken up again, returned, merged, transferred or renamed around them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servicedesk.accounts.models import Office
from servicedesk.desk import actions, trail
from servicedesk.desk.audit import verify
from servicedesk.desk.errors import BadInput, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Alarm, Case, Limit, Notice, Step
from servicedesk.desk.reckon import statement
from servicedesk.desk.replay import differences
from servicedesk.desk.ringing import ring
from tests import make
from tests.desk.permits import LAW, MOVABLE, START, accepted, due, known, paused
from tests.make import moment
from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def people() -> Iterator[Cast]:
    people = cast()
    with known():
        yield people


# Taken up again, returned, merged


def test_a_late_clock_that_goes_on_after_a_redo_is_still_late_and_climbs_its_ladder(people: Cast) -> None:
    case = make.drafted(people)
    for day in ("2026-03-23 09:00", "2026-03-24 09:00"):
        ring(moment(day))
    actions.sign_off(case, by=people.bob, at=moment("2026-03-24 10:00"))
    clock = case.clocks.get(code="company")
    assert clock.late
    again = moment("2026-03-25 09:00")
    actions.redo(case, by=people.wang, at=again, reason="又积水了")
    clock.refresh_from_db()
    assert (clock.late, clock.stopped_at, clock.stopped_by) == (None, None, "")
    assert case.clocks.overdue(again).get() == clock
    assert Alarm.objects.get(clock=clock, settled_at=None).rung == 3
    actions.draft_answer(case, by=people.alice, at=again, text="再清淤。")
    actions.sign_off(case, by=people.bob, at=again)
    clock.refresh_from_db()
    assert clock.late
    assert list(case.clocks.filter(code="resolve").values_list("late", flat=True)) == [
        True,
        False,
    ]
    assert list(differences()) == []


def test_a_returned_matter_is_dispatched_anew_under_a_clock_of_its_own(people: Cast) -> None:
    case = make.claimed(people)
    returned = moment("2026-03-03 16:50")
    actions.return_to_centre(case, by=people.alice, at=returned, reason="不属本局职责")
    first, second = case.clocks.filter(code="dispatch").order_by("round")
    assert (first.late, first.stopped_by) == (False, "dispatch")
    assert (second.started_at, second.step, second.office.code) == (
        returned,
        case.steps.get(code="dispatch", round=2),
        "fwzx",
    )
    # Ten minutes of the afternoon, twenty of the next morning.
    assert second.due_at == moment("2026-03-04 09:20")
    for clock in case.clocks.filter(code__in=["contact", "opinion", "resolve"]):
        assert clock.stopped_by == "return_to_centre"
    actions.dispatch(case, by=people.diana, at=moment("2026-03-04 09:21"), office=people.office("swuj"))
    second.refresh_from_db()
    assert (second.late, second.stopped_by) == (True, "dispatch")
    assert list(differences()) == []


def test_merging_stops_the_clocks_of_what_is_merged_and_leaves_the_survivors_alone(people: Cast) -> None:
    survivor, merged = make.claimed(people), make.claimed(people, at=moment("2026-03-04 09:00"))
    before = list(survivor.clocks.order_by("pk").values_list())
    at = moment("2026-03-05 09:00")
    actions.merge(merged, by=people.diana, at=at, into=survivor, reason="同一积水点")
    assert list(survivor.clocks.order_by("pk").values_list()) == before
    assert not merged.clocks.running().exists()
    assert set(merged.clocks.filter(stopped_at=at).values_list("stopped_by", flat=True)) == {"close"}
    assert merged.links.get().to == survivor
    ring(at)
    assert broken(at) == []


def test_nobody_links_or_merges_into_a_matter_they_may_not_see(people: Cast) -> None:
    mine = make.claimed(people)
    elsewhere = make.dispatched(people, to="swuj")
    with pytest.raises(BadInput):
        actions.link(mine, by=people.bob, at=START, to=elsewhere, sort="related")


# Office, importance and term change around a pause


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_a_change_of_office_importance_or_term_around_a_pause_gives_what_replay_gives(
    people: Cast, when: str
) -> None:
    case = accepted(people, kind=MOVABLE.code)
    moments = {"before": "2026-03-03 10:00", "during": "2026-03-05 10:00", "after": "2026-03-10 10:00"}

    def change() -> None:
        at = moment(moments[when])
        actions.extend(case, by=people.bob, at=at, clocks=("decide",), term=5, reason="复杂", told_at=at)
        Limit.objects.filter(subject="test-permit").update(term=3)
        actions.transfer(case, by=people.bob, at=at, office=people.office("swuj"), reason="职责")
        actions.escalate(case, by=people.diana, at=at, reason="重点企业")

    def pause() -> None:
        actions.pause(
            case, by=None, at=moment("2026-03-04 10:00"), category="expert_review", reason="评审", basis=LAW
        )

    def resume() -> None:
        actions.resume(case, by=None, at=moment("2026-03-09 10:00"), category="expert_review")

    acts = {
        "before": (change, pause, resume),
        "during": (pause, change, resume),
        "after": (pause, resume, change),
    }
    for act in acts[when]:
        act()
        assert list(differences()) == []
    # 25 working days from the 2nd, of which the 4th, 5th and 6th are lost, whenever the rest was changed.
    assert due(case, "decide") == "04-10 17:00"
    review = case.clocks.filter(code="review").order_by("round")
    assert [clock.office.code for clock in review] == ["zjj"]
    assert review[0].stopped_by == "review:returned"


# History


def test_new_names_of_states_steps_and_offices_change_no_history(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make.drafted(people)
    told = list(case.events.order_by("seq").values_list("title", "body", "digest"))
    words = list(Notice.objects.order_by("pk").values_list("subject", "body"))
    rows = [statement(clock, START) for clock in case.clocks.order_by("pk")]
    Office.objects.filter(code="zjj").update(name="市住建和城管局", name_en="New")
    monkeypatch.setattr(Case.State.ACCEPTED, "_label_", "换了名字", raising=False)
    monkeypatch.setattr(Step.State.RUNNING, "_label_", "换了名字", raising=False)
    assert list(case.events.order_by("seq").values_list("title", "body", "digest")) == told
    assert list(Notice.objects.order_by("pk").values_list("subject", "body")) == words
    assert [statement(clock, START) for clock in case.clocks.order_by("pk")] == rows
    assert verify([trail.chain_of_case(case)]) == []
    assert list(differences()) == []


# Steps


def test_only_the_answer_ends_a_consultation_and_ends_nothing_else(people: Cast) -> None:
    case = make.drafted(people)
    with pytest.raises(WrongState):
        actions.reply_consult(case.steps.get(code="solve"), by=people.alice, at=START, text="越过审签")
    assert case.steps.get(code="solve").state == "running"


def test_a_step_another_matter_carries_is_not_ended_by_hand(people: Cast) -> None:
    case = accepted(people)
    for act in (actions.complete, actions.start):
        with pytest.raises(WrongState):
            act(case.steps.get(code="fire"), by=people.alice, at=START)


def test_a_step_of_another_matter_is_no_step_of_this_one(people: Cast) -> None:
    case, other = accepted(people), accepted(people)
    with pytest.raises(WrongState):
        paused(people, case, "2026-03-04 10:00", step=other.steps.get(code="review"))


def test_papers_asked_for_after_acceptance_leave_the_matter_accepted_under_the_same_clock(
    people: Cast,
) -> None:
    case = accepted(people)
    before = due(case, "decide")
    actions.ask_supplement(case, by=people.alice, at=START, text="缺图纸")
    actions.supplement(case, by=people.wang, at=moment("2026-03-04 09:00"), text="已补")
    case = make.again(case)
    assert (case.state, due(case, "decide")) == ("accepted", before)
    assert case.clocks.filter(code="decide").count() == 1
