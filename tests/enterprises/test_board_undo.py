"""A dispatch that is undone: within ten minutes, before the office has begun, and as if it had not been."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from servicedesk.desk import actions
from servicedesk.desk.errors import Conflict, NotAllowed, WrongState
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Notice
from servicedesk.desk.permissions import may, visible_to
from servicedesk.desk.replay import differences
from servicedesk.desk.ringing import ring
from servicedesk.desk.story import story
from servicedesk.desk.verbs import said_words
from servicedesk.reports import promises
from tests import make
from tests.desk.racing import errors, together
from tests.make import MONDAY, again
from tests.people import Cast, cast, person, posted

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
SOON = MONDAY + timedelta(minutes=8)


@pytest.fixture
def people() -> Cast:
    return cast()


def recalled(people: Cast) -> Case:
    case = make.dispatched(people)
    actions.recall(case, by=people.diana, at=SOON, version=case.version)
    return again(case)


def test_what_was_dispatched_wrongly_is_back_with_the_centre_and_the_office_never_had_it(
    people: Cast,
) -> None:
    case = recalled(people)
    assert (case.state, case.office.code, case.officer, case.accepted_at) == ("submitted", "fwzx", None, None)
    assert not visible_to(people.alice, SOON).filter(pk=case.pk).exists()
    steps = list(case.steps.filter(state="running").values_list("code", "round"))
    assert steps == [("dispatch", 2)]
    for clock in case.clocks.filter(code__in=("contact", "opinion", "resolve")):
        assert (clock.stopped_by, clock.late) == ("recall", False)
    assert broken(SOON) == []
    assert list(differences()) == []


def test_the_centres_clock_runs_on_since_the_submission_and_is_not_begun_anew(people: Cast) -> None:
    untouched = make.submitted(people)
    case = recalled(people)
    clock = case.clocks.get(code="dispatch")
    assert (clock.started_at, clock.stopped_at, clock.used, clock.round) == (MONDAY, None, None, 1)
    assert clock.due_at == untouched.clocks.get(code="dispatch").due_at
    assert clock.step == case.steps.get(code="dispatch", round=2)
    assert case.clocks.get(code="company").stopped_at is None
    late = MONDAY + timedelta(hours=2)
    actions.dispatch(case, by=people.diana, at=late, office=people.office("swuj"))
    clock.refresh_from_db()
    assert (clock.stopped_at, clock.late) == (late, True)
    ring(late)
    assert broken(late) == []
    assert list(differences()) == []


def test_the_next_office_has_a_round_of_its_own_and_may_still_return_it(people: Cast) -> None:
    case = recalled(people)
    for _twice in range(2):
        assert may(people.diana, "dispatch", again(case), SOON)
        actions.dispatch(again(case), by=people.diana, at=SOON, office=people.office())
        actions.return_to_centre(again(case), by=people.bob, at=SOON, reason="非本单位职责。")
    # The dispatch that was undone was nobody's return: two are counted, not three.
    assert not may(people.diana, "dispatch", again(case), SOON)
    assert case.steps.filter(code="dispatch").count() == 4


def test_a_promise_that_was_taken_back_is_neither_kept_nor_broken(people: Cast) -> None:
    case = recalled(people)
    mine = case.clocks.filter(code="contact")
    assert mine.filter(promises.RELEASED).count() == 1
    assert mine.filter(promises.PASSED_ON).count() == 1


@pytest.mark.parametrize(
    "begun",
    [
        lambda case, people: actions.claim(case, by=people.alice, at=SOON),
        lambda case, people: actions.assign(case, by=people.bob, at=SOON, officer=people.alice),
        lambda case, people: actions.contact(case, by=people.bob, at=SOON, result="no_answer"),
        lambda case, people: actions.message(case, by=people.bob, at=SOON, text="我们来处理。"),
        lambda case, people: actions.consult(
            case, by=people.bob, at=SOON, office=people.office("swuj"), text="请提意见。"
        ),
        lambda case, people: actions.transfer(
            case, by=people.diana, at=SOON, office=people.office("swuj"), reason="转办"
        ),
    ],
)
def test_what_the_office_has_begun_is_not_undone(people: Cast, begun: object) -> None:
    case = make.dispatched(people)
    begun(case, people)  # type: ignore[operator]
    case = again(case)
    assert not may(people.diana, "recall", case, SOON)
    with pytest.raises(WrongState):
        actions.recall(case, by=people.diana, at=SOON)


def test_a_word_of_the_applicants_and_a_note_of_the_house_begin_nothing(people: Cast) -> None:
    case = make.dispatched(people)
    actions.message(case, by=people.wang, at=SOON, text="补充一张照片。")
    actions.note(case, by=people.alice, at=SOON, text="像是水务的。")
    assert may(people.diana, "recall", again(case), SOON)


def test_ten_minutes_to_the_second_and_by_dispatchers_only(people: Cast) -> None:
    case = make.dispatched(people)
    last = MONDAY + timedelta(minutes=10)
    assert may(people.diana, "recall", case, last)
    assert not may(people.diana, "recall", case, last + timedelta(seconds=1))
    other = posted(person("dora"), "fwzx", "dispatcher")
    assert may(other, "recall", case, last)
    with pytest.raises(NotAllowed):
        actions.recall(case, by=people.bob, at=SOON)
    with pytest.raises(Conflict):
        actions.recall(case, by=people.diana, at=SOON, version=case.version - 1)


def test_a_ruling_is_not_undone(people: Cast) -> None:
    case = make.submitted(people)
    actions.rule(case, by=people.diana, at=MONDAY, office=people.office(), reason="由住建局主办。")
    assert not may(people.diana, "recall", again(case), SOON)


def told(people: Cast, case: Case, verb: str) -> set[tuple[str, str]]:
    rows = Notice.objects.filter(recipient=people.alice, event__case=case, event__verb=verb)
    return set(rows.values_list("channel", "state"))


def test_a_letter_not_yet_sent_stays_unsent_and_one_that_was_is_followed_by_another(people: Cast) -> None:
    case = make.dispatched(people)
    assert told(people, case, "dispatch") == {("app", "sent"), ("email", "queued")}
    actions.recall(case, by=people.diana, at=SOON)
    assert told(people, case, "dispatch") == told(people, case, "recall") == {("app", "sent")}
    sent = make.dispatched(people)
    Notice.objects.filter(event__case=sent, channel="email").update(state="sent")
    actions.recall(sent, by=people.diana, at=SOON)
    assert told(people, sent, "recall") == {("app", "sent"), ("email", "queued")}


def test_the_applicant_is_told_so_openly_and_by_the_centre(people: Cast) -> None:
    case = recalled(people)
    entry = story(case, people.wang)[0]
    assert (entry.title, entry.office) == (said_words("recall"), people.office("fwzx"))
    letter = Notice.objects.get(event__case=case, event__verb="recall", recipient=people.wang, channel="app")
    assert str(case.number) in letter.subject
    dates = [str(clock) for clock in case.clocks.filter(stopped_at=None, public=True, due_at__isnull=False)]
    assert dates
    assert str(case.clocks.get(code="contact")) not in letter.body


@pytest.mark.django_db(transaction=True)
def test_of_a_claim_and_an_undoing_in_one_moment_one_stands() -> None:
    people = cast()
    for versioned in (True, False, True):
        case = make.dispatched(people)
        version = case.version if versioned else None
        answers = together(
            partial(actions.claim, case, by=people.alice, at=SOON, version=version),
            partial(actions.recall, case, by=people.diana, at=SOON, version=version),
        )
        (refused,) = errors(answers)
        assert isinstance(refused, Conflict if versioned else WrongState | NotAllowed)
        case = again(case)
        assert (case.officer == people.alice) == (case.state == "accepted")
    assert broken(SOON) == []
    assert list(differences()) == []
