"""The table of moves: whatever does not stand in it is refused, and leaves everything as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core.management import call_command

from enterprises.kinds.direct_line import DIRECT_LINE
from servicedesk.desk import moves, registry
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.errors import WrongState
from servicedesk.desk.models import Case, Step
from servicedesk.desk.permissions import RIGHTS, ready
from servicedesk.desk.verbs import WORDS
from tests import make
from tests.desk.doing import DOING
from tests.desk.picture import picture
from tests.people import cast

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# A kind that knows every verb and ties none to a step, so that only the state can be in the way.
ANYTHING = replace(DIRECT_LINE, code="test-anything", verbs=frozenset(moves.CASE_MOVES), at_step={})


@pytest.fixture
def case() -> Iterator[Case]:
    people = cast()
    make.submitted(people)
    case = make.submitted(people)
    registry.register(ANYTHING)
    Case.objects.filter(pk=case.pk).update(kind=ANYTHING.code)
    yield make.again(case)
    registry.unregister(ANYTHING.code)


def put(case: Case, state: str) -> Case:
    """The case as if it stood in that state, whatever had led there."""
    draft, closed = state == Case.State.DRAFT, state == Case.State.CLOSED
    Case.objects.filter(pk=case.pk).update(
        state=state, number=None if draft else "CS-1", closed_at=make.MONDAY if closed else None
    )
    return make.again(case)


def test_the_table_the_rights_the_words_and_the_verbs_name_the_same_verbs() -> None:
    assert set(moves.CASE_MOVES) == set(WORDS) - {"alarm", "redate", "import_history"}
    assert set(moves.CASE_MOVES) - moves.BY_ITSELF == set(RIGHTS) == set(DOING)


@pytest.mark.parametrize("verb", sorted(set(moves.CASE_MOVES) - moves.BY_ITSELF))
def test_a_verb_that_the_table_does_not_know_in_a_state_is_refused_there(case: Case, verb: str) -> None:
    for state in set(Case.State.values) - set(moves.CASE_MOVES[verb]):
        standing = put(case, state)
        before = picture()
        with pytest.raises(WrongState):
            # Nobody in particular: not even the law itself may.
            DOING[verb](standing, None, make.MONDAY)
        assert picture() == before, state


@pytest.mark.parametrize("verb", moves.CASE_MOVES)
def test_the_buttons_ask_the_same_table(case: Case, verb: str) -> None:
    for state in set(Case.State.values) - set(moves.CASE_MOVES[verb]):
        assert not ready(put(case, state), verb, ANYTHING), state


@pytest.mark.parametrize("move", moves.STEP_MOVES)
def test_a_step_moves_as_its_table_says_and_no_other_way(case: Case, move: str) -> None:
    for state in Step.State.values:
        made_or_refused(case, move, state)


def made_or_refused(case: Case, move: str, state: str) -> None:
    step = case.steps.get(code="solve")
    Step.objects.filter(pk=step.pk).update(state=state)
    work = Work(make.again(case), "note", None, make.MONDAY)
    mine = next(each for each in work.steps if each.pk == step.pk)
    before = picture()
    after = moves.STEP_MOVES[move].get(state)
    if after is None:
        with pytest.raises(WrongState):
            work.move(mine, move)
        assert picture() == before
    else:
        assert work.move(mine, move).state == after
        assert Step.objects.get(pk=step.pk).state == after


def test_no_move_leads_out_of_a_finished_step() -> None:
    for state in (Step.State.DONE, Step.State.SKIPPED, Step.State.RETURNED):
        assert not any(state in ways for ways in moves.STEP_MOVES.values())


def test_no_verb_leads_back_to_a_draft_and_only_a_redo_out_of_a_closed_matter() -> None:
    into = [ways for ways in moves.CASE_MOVES.values() if Case.State.DRAFT in ways.values()]
    out = {
        verb for verb, ways in moves.CASE_MOVES.items() if ways.get(Case.State.CLOSED, "closed") != "closed"
    }
    assert all(before == Case.State.DRAFT for ways in into for before, end in ways.items() if end == "draft")
    assert out == {"redo"}


def test_a_verb_never_leads_where_the_table_does_not_say() -> None:
    assert moves.led_to("contact", "accepted", "closed") == "closed"
    with pytest.raises(ValueError, match="never leads"):
        moves.led_to("claim", "accepted", "closed")


def test_the_diagram_is_printed_from_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("moves")
    printed = capsys.readouterr().out
    assert printed == moves.diagram()
    assert printed.startswith("stateDiagram-v2\n    [*] --> draft\n")
    assert "    draft --> submitted: submit\n" in printed
    assert (
        "    decided --> closed: close, complete, confirm, fall_silent, lapse, revisit, withdraw\n" in printed
    )
    assert printed.endswith("    closed --> [*]\n")
    arrows = {line.partition(":")[0].strip() for line in printed.splitlines() if ":" in line}
    changes = {
        f"{before} --> {after}"
        for ways in moves.CASE_MOVES.values()
        for before, after in ways.items()
        if before != after
    }
    assert changes <= arrows
