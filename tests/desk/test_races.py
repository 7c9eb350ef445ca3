"""Many hands in one moment: one case a key, no gap in the numbers, one winner, nobody waits in a circle."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from servicedesk.accounts.models import Post
from servicedesk.desk import actions, registry
from servicedesk.desk.actions.locking import lock
from servicedesk.desk.errors import Conflict, KeyReused, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event, Notice, NumberSeries, SubmissionKey
from servicedesk.desk.numbers import next_number
from servicedesk.desk.ringing import ring
from tests import kinds, make
from tests.desk.racing import errors, together
from tests.make import moment
from tests.people import HOUSING, Cast, person, posted

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

NOW = make.MONDAY


@pytest.fixture
def permits() -> Iterator[None]:
    for kind in (kinds.PERMIT, kinds.ITEM):
        registry.register(kind)
    kinds.write_limits()
    yield
    for kind in (kinds.PERMIT, kinds.ITEM):
        registry.unregister(kind.code)


# Submitting


def test_forty_submissions_of_one_key_are_one_case_and_get_one_answer(people: Cast) -> None:
    draft, key = make.draft(people), uuid.uuid4()
    press = partial(actions.submit, draft, by=people.wang, at=NOW, key=key, facts={"text": "积水"})
    answers = together(*[press] * 40)
    assert {answer.number for answer in answers} == {"ZT-2026-000001"}
    assert SubmissionKey.objects.count() == Event.objects.filter(verb="submit").count() == 1
    assert broken(NOW) == []


def test_one_key_with_two_bodies_is_one_case_and_the_other_body_is_told_so(people: Cast) -> None:
    draft, key = make.draft(people), uuid.uuid4()
    bodies = [{"text": "积水"}, {"text": "停电"}] * 6
    answers = together(
        *[partial(actions.submit, draft, by=people.wang, at=NOW, key=key, facts=body) for body in bodies]
    )
    refused = errors(answers)
    assert len(refused) == 6
    assert all(isinstance(error, KeyReused) for error in refused)
    assert Event.objects.filter(verb="submit").count() == 1


def test_one_draft_sent_with_two_keys_is_one_case(people: Cast) -> None:
    draft = make.draft(people)
    press = partial(actions.submit, draft, by=people.wang, at=NOW, facts={})
    answers = together(*[partial(press, key=uuid.uuid4()) for _ in range(6)])
    assert len(errors(answers)) == 5
    assert all(isinstance(error, WrongState) for error in errors(answers))
    assert SubmissionKey.objects.count() == 1
    assert broken(NOW) == []


class PowerCut(Exception):
    pass


def test_numbers_taken_at_once_and_given_back_at_random_have_neither_gap_nor_double() -> None:
    dice = random.Random(2026)
    falls = [dice.random() < 0.4 for _ in range(64)]

    def take(cut: bool) -> str | None:
        try:
            with transaction.atomic():
                number = next_number("CS", NOW)
                if cut:
                    raise PowerCut
                return number
        except PowerCut:
            return None

    kept = sorted(filter(None, together(*[partial(take, cut) for cut in falls])))
    assert kept == [f"CS-2026-{place:06d}" for place in range(1, falls.count(False) + 1)]
    assert NumberSeries.objects.get(series="CS").last == len(kept)


def test_sixty_four_submissions_at_once_have_numbers_in_a_row(people: Cast) -> None:
    drafts = [make.draft(people) for _ in range(64)]
    answers = together(
        *[
            partial(actions.submit, draft, by=people.wang, at=NOW, key=uuid.uuid4(), facts={})
            for draft in drafts
        ]
    )
    assert sorted(case.number for case in answers) == [f"ZT-2026-{place:06d}" for place in range(1, 65)]
    assert broken(NOW) == []


# One winner


def test_of_two_officers_claiming_in_one_moment_one_has_it_and_the_other_is_told_so(people: Cast) -> None:
    amy = posted(person("amy"), HOUSING, Post.Role.OFFICER)
    case = make.dispatched(people)
    answers = together(*[partial(actions.claim, case, by=user, at=NOW) for user in (people.alice, amy)])
    (refused,) = errors(answers)
    assert isinstance(refused, WrongState)
    assert str(refused).strip().endswith((".", "。"))
    winner = Event.objects.get(verb="claim").by
    assert make.again(case).officer == winner
    assert broken(NOW) == []


def test_of_a_withdrawal_and_a_signature_made_on_one_page_one_stands(people: Cast) -> None:
    for _ in range(5):
        case = make.drafted(people)
        answers = together(
            partial(actions.withdraw, case, by=people.wang, at=NOW, reason="不用了", version=case.version),
            partial(actions.sign_off, case, by=people.bob, at=NOW, version=case.version),
        )
        (refused,) = errors(answers)
        assert isinstance(refused, Conflict)
        case = make.again(case)
        assert (case.state, case.outcome) in {("closed", "withdrawn"), ("decided", "answered")}
    assert broken(NOW) == []


def test_two_matters_merged_into_each_other_leave_one_open(people: Cast) -> None:
    for _ in range(5):
        one, other = make.dispatched(people), make.dispatched(people)
        answers = together(
            partial(actions.merge, one, by=people.diana, at=NOW, into=other, reason="重复"),
            partial(actions.merge, other, by=people.diana, at=NOW, into=one, reason="重复"),
        )
        assert len(errors(answers)) == 1
        assert {make.again(one).state, make.again(other).state} == {"accepted", "closed"}
    assert broken(NOW) == []


def test_sweepers_and_officers_at_once_tell_each_rung_once(people: Cast) -> None:
    cases = [make.claimed(people) for _ in range(6)]
    late = moment("2026-03-02 11:05")
    talks = [partial(actions.contact, case, by=people.alice, at=late, result="reached") for case in cases[:3]]
    together(*[partial(ring, late)] * 4, *talks)
    ring(late)
    assert Event.objects.filter(verb="contact").count() == 3
    told = Notice.objects.filter(event__verb="alarm", channel="app").values_list("event", "recipient")
    assert len(told) == len(set(told))
    assert broken(late) == []


# Parents and children


def permit(people: Cast) -> Case:
    opening = {"steps": kinds.ROWS}
    case = actions.open_case("test-permit", applicant=people.company, by=people.wang, at=NOW, opening=opening)
    actions.submit(case, by=people.wang, at=NOW, key=uuid.uuid4(), facts={})
    actions.claim(case, by=people.alice, at=NOW)
    actions.accept(case, by=people.alice, at=NOW)
    actions.complete(case.steps.get(code="receive"), by=people.alice, at=NOW)
    return make.again(case)


def test_parents_and_children_at_once_never_wait_for_each_other_in_a_circle(
    people: Cast, permits: None
) -> None:
    for _ in range(4):
        case = permit(people)
        children = [kinds.of_step(case, code) for code in ("fire", "site")]
        for child in children:
            actions.claim(child, by=people.alice, at=NOW)
            actions.accept(child, by=people.alice, at=NOW)
            actions.decide(child, by=people.alice, at=NOW, outcome="granted", text="准予")
        ends = [
            partial(actions.close, child, by=None, at=NOW, outcome="granted", reason="送达")
            for child in children
        ]
        words = [partial(actions.note, case, by=people.alice, at=NOW, text="内部") for _ in range(3)]
        review = partial(actions.complete, case.steps.get(code="review"), by=people.alice, at=NOW)
        answers = together(*ends, *words, review)
        assert errors(answers) == []
        states = dict(case.steps.values_list("code", "state"))
        assert states == dict.fromkeys(("receive", "review", "fire", "site"), "done") | {
            "archive": "running",
            "deliver": "running",
        }
    assert broken(NOW) == []


@pytest.mark.postgres
def test_a_grandchild_locks_all_it_is_part_of_in_one_order(people: Cast, permits: None) -> None:
    top = permit(people)
    child = kinds.of_step(top, "fire")
    other = make.draft(people)
    grandchild = make.draft(people)
    Case.objects.filter(pk=grandchild.pk).update(parent=child)
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        lock(grandchild, other)
    first, last = [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]]
    keys = first.partition(" IN (")[2].partition(")")[0].split(", ")
    assert {int(key) for key in keys} >= {top.pk, child.pk, other.pk, grandchild.pk}
    assert "ORDER BY 1 ASC" in first
    assert str(grandchild.pk) in last
