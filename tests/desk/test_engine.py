"""The engine with a kind of its own: rows, graph, children, pauses that stop one clock only, redo."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import transaction

from servicedesk.accounts.models import Office
from servicedesk.desk import actions, registry
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Limit
from servicedesk.desk.reckon import statement
from servicedesk.desk.replay import differences
from tests import kinds, make
from tests.make import moment
from tests.people import Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
START = moment("2026-03-02 09:00")


@pytest.fixture
def people() -> Iterator[Cast]:
    registry.register(kinds.PERMIT)
    registry.register(kinds.ITEM)
    people = cast()
    kinds.write_limits()
    yield people
    registry.unregister("test-permit")
    registry.unregister("test-item")


def opened(people: Cast, at: datetime = START, rows: list[list[object]] | None = None) -> Case:
    opening = {"steps": rows or kinds.ROWS}
    case = actions.open_case("test-permit", applicant=people.company, by=people.wang, at=at, opening=opening)
    actions.submit(case, by=people.wang, at=at, key=uuid.uuid4(), facts={})
    actions.claim(case, by=people.alice, at=at)
    return make.again(case)


def accepted(people: Cast) -> Case:
    case = opened(people)
    actions.accept(case, by=people.alice, at=START)
    actions.complete(case.steps.get(code="receive"), by=people.alice, at=START)
    return make.again(case)


def due(case: Case, code: str) -> str | None:
    clock = case.clocks.filter(code=code).latest("round")
    return clock.due_at and clock.due_at.astimezone(make.ZONE).strftime("%m-%d %H:%M")


def states(case: Case) -> dict[str, str]:
    return {step.code: step.state for step in case.steps.order_by("round")}


def test_steps_come_from_rows_and_wait_for_each_other(people: Cast) -> None:
    case = opened(people)
    assert states(case)["receive"] == "running"
    assert states(case)["deliver"] == "waiting"
    actions.complete(case.steps.get(code="receive"), by=people.alice, at=START)
    assert {code for code, state in states(case).items() if state == "running"} == {"review", "fire", "site"}


def test_a_step_with_a_child_opens_it_with_its_own_number_and_clock(people: Cast) -> None:
    child = kinds.of_step(accepted(people), "fire")
    assert (child.kind, child.state, child.number) == ("test-item", "submitted", "SX-2026-000001")
    assert due(child, "item") == "03-05 17:00"


def test_a_granted_child_ends_its_step_and_a_refused_one_blocks_only_what_waits_for_it(people: Cast) -> None:
    case = accepted(people)
    for code, outcome in (("site", "granted"), ("fire", "refused")):
        child = kinds.of_step(case, code)
        actions.claim(child, by=people.alice, at=START)
        actions.accept(child, by=people.alice, at=START)
        actions.decide(child, by=people.alice, at=START, outcome=outcome, text="理由")
        actions.close(child, by=None, at=START, outcome=outcome, reason="送达")
    found = states(case)
    assert found["site"] == "done"
    assert (found["fire"], found["archive"], found["deliver"]) == ("returned", "skipped", "skipped")
    assert found["review"] == "running"


def test_a_special_procedure_stops_the_clock_that_names_it_and_no_other(people: Cast) -> None:
    case = accepted(people)
    before = due(case, "promise")
    assert due(case, "decide") == "03-30 17:00"
    actions.pause(
        case,
        by=people.alice,
        at=moment("2026-03-04 10:00"),
        category="expert_review",
        reason="专家评审",
        basis="行政许可法第四十五条",
    )
    assert due(case, "decide") is None
    assert due(case, "promise") == before
    assert Case.objects.overdue(moment("2027-01-01 09:00")).filter(pk=case.pk).exists()
    actions.resume(case, by=people.alice, at=moment("2026-03-09 10:00"), category="expert_review")
    # 4, 5 and 6 March were lost at their close; the 9th, the day of resuming, counts.
    assert due(case, "decide") == "04-02 17:00"


def test_a_planned_pause_has_its_date_at_once_and_ends_by_itself(people: Cast) -> None:
    case = accepted(people)
    step = case.steps.get(code="review")
    actions.pause(
        case,
        by=people.alice,
        at=moment("2026-03-03 10:00"),
        category="expert_review",
        reason="评审",
        basis="第四十五条",
        step=step,
        planned_until=moment("2026-03-05 10:00"),
    )
    assert due(case, "review") is not None
    assert make.again(case).steps.get(code="review").state == "paused"
    actions.decide(case, by=people.alice, at=moment("2026-03-06 10:00"), outcome="granted", text="准予")
    assert case.events.filter(verb="resume", by=None).get().effective_at == moment("2026-03-05 10:00")
    assert list(differences()) == []


def test_a_second_pause_of_one_category_and_one_nobody_knows_are_refused(people: Cast) -> None:
    case = accepted(people)
    actions.pause(case, by=people.alice, at=START, category="parked", reason="挂账", basis="规定")
    with pytest.raises(BadInput, match="already|暂停|停"):
        actions.pause(case, by=people.alice, at=START, category="parked", reason="挂账", basis="规定")
    with pytest.raises(BadInput):
        actions.pause(case, by=people.alice, at=START, category="coffee", reason="歇", basis="无")


def test_only_a_head_may_enter_a_pause_that_began_earlier_and_it_is_logged_twice_timed(people: Cast) -> None:
    case = accepted(people)
    late = moment("2026-03-10 09:00")
    since = moment("2026-03-04 09:00")
    with pytest.raises(NotAllowed):
        actions.pause(
            case,
            by=people.alice,
            at=late,
            category="expert_review",
            reason="评审",
            basis="四十五条",
            since=since,
        )
    event = actions.pause(
        case, by=people.bob, at=late, category="expert_review", reason="评审", basis="四十五条", since=since
    )
    assert (event.at, event.effective_at) == (late, since)


def test_a_pause_after_the_breach_undoes_nothing(people: Cast) -> None:
    case = accepted(people)
    late = moment("2026-04-10 09:00")
    actions.pause(case, by=people.alice, at=late, category="expert_review", reason="评审", basis="四十五条")
    assert due(case, "decide") == "03-30 17:00"
    assert case.clocks.overdue(late).filter(code="decide").exists()


def test_extensions_come_before_the_due_moment_after_telling_and_within_the_cap(people: Cast) -> None:
    case = accepted(people)
    at = moment("2026-03-20 09:00")
    for told, term in ((moment("2026-03-20 09:30"), 10), (at, 11)):
        with pytest.raises(BadInput):
            actions.extend(
                case, by=people.bob, at=at, clocks=("decide",), term=term, reason="复杂", told_at=told
            )
    actions.extend(case, by=people.bob, at=at, clocks=("decide",), term=10, reason="复杂", told_at=at)
    assert due(case, "decide") == "04-14 17:00"
    with pytest.raises(BadInput):
        actions.extend(
            case,
            by=people.bob,
            at=moment("2026-05-20 09:00"),
            clocks=("decide",),
            term=1,
            reason="晚",
            told_at=at,
        )


def test_extension_and_pause_commute(people: Cast) -> None:
    dates = []
    for order in ("pause first", "extension first"):
        case = accepted(people)
        acts = [
            lambda case=case: actions.pause(
                case,
                by=people.alice,
                at=moment("2026-03-04 10:00"),
                category="expert_review",
                reason="评",
                basis="四十五",
                planned_until=moment("2026-03-11 10:00"),
            ),
            lambda case=case: actions.extend(
                case,
                by=people.bob,
                at=moment("2026-03-04 10:00"),
                clocks=("decide",),
                term=10,
                reason="复杂",
                told_at=START,
            ),
        ]
        for act in acts if order == "pause first" else reversed(acts):
            act()
        dates.append(due(case, "decide"))
    assert dates[0] == dates[1]


def test_on_a_redo_each_clock_does_what_its_declaration_says(people: Cast) -> None:
    case = accepted(people)
    actions.decide(case, by=people.alice, at=moment("2026-03-04 09:00"), outcome="refused", text="理由")
    actions.redo(case, by=people.bob, at=moment("2026-03-06 09:00"), reason="复核")
    assert case.clocks.filter(code="promise").count() == 1
    assert case.clocks.get(code="promise").stopped_at is None
    assert due(case, "decide") == "03-20 17:00"
    assert case.clocks.filter(code="review").count() == 2
    assert list(differences()) == []


def test_two_clocks_of_one_case_never_share_a_stop(people: Cast) -> None:
    case = accepted(people)
    actions.complete(case.steps.get(code="review"), by=people.alice, at=moment("2026-03-03 09:00"))
    stopped = case.clocks.exclude(stopped_at=None)
    assert [clock.code for clock in stopped] == ["review"]


def test_an_offices_new_name_and_a_new_limit_move_nothing_that_runs(people: Cast) -> None:
    case = accepted(people)
    before = due(case, "decide")
    Office.objects.filter(code="zjj").update(name="市住建和城管局")
    Limit.objects.filter(subject="test-permit").update(term=99)
    label = case.steps.get(code="review").label["zh-hans"]
    assert (due(case, "decide"), label) == (before, "审查")


def test_every_stored_date_is_what_the_log_says_and_a_changed_one_is_found(people: Cast) -> None:
    case = accepted(people)
    assert list(differences()) == []
    case.clocks.filter(code="decide").update(due_at=moment("2026-12-01 17:00"))
    found = list(differences())
    assert len(found) == 1
    assert "decide/1: due" in found[0]


def test_a_statement_accounts_for_every_second_from_start_to_due(people: Cast) -> None:
    case = accepted(people)
    clock = case.clocks.get(code="review")
    rows = statement(clock, moment("2026-03-03 09:00"))
    assert rows[0].start == clock.started_at
    assert all(a.end == b.start for a, b in zip(rows, rows[1:], strict=False))


def test_the_papers_window_waits_for_the_applicant_and_opens_anew(people: Cast) -> None:
    case = opened(people)
    actions.ask_supplement(case, by=people.alice, at=START, text="缺土地证明")
    assert make.again(case).state == "supplementing"
    with pytest.raises(WrongState):
        actions.accept(case, by=people.alice, at=START)
    actions.supplement(case, by=people.wang, at=moment("2026-03-05 09:00"), text="已补")
    assert make.again(case).state == "submitted"


def test_withdrawing_the_whole_stops_every_clock(people: Cast) -> None:
    case = accepted(people)
    actions.withdraw(case, by=people.wang, at=moment("2026-03-05 09:00"), reason="不办了")
    assert not case.clocks.running().exists()
    assert make.again(case).outcome == "withdrawn"


def test_numbers_have_no_gap_after_a_rollback(people: Cast) -> None:
    first = make.submitted(people)
    with pytest.raises(RuntimeError), transaction.atomic():
        make.submitted(people)
        raise RuntimeError("the power went")
    assert (first.number, make.submitted(people).number) == ("ZT-2026-000001", "ZT-2026-000002")
