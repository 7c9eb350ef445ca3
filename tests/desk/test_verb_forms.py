"""Every verb has one small form; it takes what the verb takes, and what is refused is said at the field."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.models import Topic, Urgency
from servicedesk.accounts.models import User
from servicedesk.desk import actions, moves, registry
from servicedesk.desk.errors import BadInput, Conflict
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import actions_for
from servicedesk.desk.verb_fields import VerbForm
from servicedesk.desk.verb_forms import FORMS, form_for, perform
from tests import kinds, make
from tests.desk.test_engine import opened
from tests.make import MONDAY, moment
from tests.people import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Iterator[Cast]:
    registry.register(kinds.PERMIT)
    registry.register(kinds.ITEM)
    people = cast()
    kinds.write_limits()
    yield people
    registry.unregister("test-permit")
    registry.unregister("test-item")


def filled(verb: str, case: Case, user: User, at: datetime = MONDAY, **data: Any) -> VerbForm:
    return form_for(verb, make.again(case), user, at, data)


def do(verb: str, case: Case, user: User, at: datetime = MONDAY, **data: Any) -> Case:
    form = filled(verb, case, user, at, **data)
    assert form.is_valid(), (form.errors, form.detail and form.detail.errors)
    perform(form, verb, version=make.again(case).version)
    return make.again(case)


def test_every_verb_but_the_submission_has_a_form() -> None:
    assert set(FORMS) == set(moves.CASE_MOVES) - moves.BY_ITSELF - {"submit"}


@pytest.mark.parametrize("verb", sorted(FORMS))
def test_a_form_gives_only_what_its_verb_takes(verb: str) -> None:
    taken = set(inspect.signature(getattr(actions, verb)).parameters)
    given = set(FORMS[verb].base_fields)
    brief = dict.fromkeys(("title", "background", "done", "disputed", "asked"), "brief")
    other = {"attach": {"files": "file"}, "resume": {"pause": "category"}, "escalate": brief}
    renamed = other.get(verb, {})
    assert {renamed.get(name, name) for name in given} <= taken
    assert ("version" in taken) >= (verb not in moves.QUIET)


def test_a_dispatch_also_sorts_the_matter_and_both_or_neither_happen(people: Cast) -> None:
    case, topic = make.submitted(people), Topic.objects.valid().first()
    office, urgent = people.office(), Urgency.objects.get(code="safety")
    form = filled(
        "dispatch", case, people.diana, office=office.pk, title="积水", topic=topic.pk, urgency=urgent.pk
    )
    assert form.is_valid()
    with pytest.raises(Conflict):
        perform(form, "dispatch", version=case.version - 1)
    assert make.again(case).direct_line.topic is None
    case = do(
        "dispatch", case, people.diana, office=office.pk, title="积水", topic=topic.pk, urgency=urgent.pk
    )
    assert (case.office, case.title) == (office, "积水")
    assert (case.direct_line.topic, case.direct_line.urgency) == (topic, urgent)


def test_offices_are_grouped_and_a_closed_one_is_not_offered(people: Cast) -> None:
    closed = people.office("swuj")
    closed.is_open = False
    closed.save()
    field = filled("transfer", make.claimed(people), people.bob).fields["office"]
    groups = dict(list(field.choices)[1:])
    keys = {key.value for rows in groups.values() for key, _words in rows}
    assert len(groups) > 2 and people.office().pk in keys and closed.pk not in keys


def test_the_straight_path_can_be_walked_by_forms(people: Cast) -> None:
    case = make.dispatched(people)
    case = do("assign", case, people.bob, officer=people.alice.pk)
    case = do("contact", case, people.alice, result="reached", number="13800000001", text="约好明天")
    case = do("give_opinion", case, people.alice, text="先抽排，再清淤。")
    case = do("draft_answer", case, people.alice, text="已清淤。")
    form = filled("sign_off", case, people.bob)
    assert form.fields["text"].initial == "已清淤。"
    case = do("sign_off", case, people.bob, text="已清淤，积水已退。")
    case = do("confirm", case, people.wang)
    case = do("rate", case, people.wang, level="5")
    assert (case.state, case.outcome, case.direct_line.rating) == ("closed", "solved", 5)


def test_only_who_serves_at_the_office_is_offered_for_assignment(people: Cast) -> None:
    field = filled("assign", make.dispatched(people), people.bob).fields["officer"]
    assert set(field.queryset) == {people.alice, people.bob}


def test_another_matter_is_named_by_its_number_and_a_hidden_one_does_not_exist(people: Cast) -> None:
    case, other = make.dispatched(people), make.dispatched(people, to="swuj")
    assert not filled("link", case, people.bob, to=other.number, sort="related").is_valid()
    do("link", case, people.diana, to=f" {other.number.lower()} ", sort="related")
    assert case.links.get().to == other
    into = make.dispatched(people)
    assert do("merge", case, people.diana, into=into.number, reason="同一件事").outcome == "merged"


def test_what_the_verb_refuses_is_said_at_the_field_it_names(people: Cast) -> None:
    case = make.claimed(people)
    form = filled("transfer", case, people.bob, office=people.office().pk, reason="不对口")
    assert form.is_valid()
    with pytest.raises(BadInput) as refused:
        perform(form, "transfer", version=case.version)
    form.refuse(refused.value)
    assert list(form.errors) == ["office"]


def test_an_extension_asks_for_its_proof_and_names_the_limits_that_may_grow(people: Cast) -> None:
    case = make.answered(people)
    actions.redo(case, by=people.wang, at=MONDAY, reason="又积水了")
    form = filled("extend", case, people.bob, told_at="2026-03-02T08:00", term="5", reason="专家论证")
    assert dict(form.fields["clocks"].choices).keys() == {"resolve", "company"}
    assert not form.is_valid() and {"proof", "clocks"} <= set(form.errors)


def test_a_consultation_is_offered_to_whom_it_was_asked_of_and_to_nobody_else(people: Cast) -> None:
    case = make.claimed(people)
    assert "reply_consult" not in actions_for(people.alice, make.again(case), MONDAY)
    case = do("consult", case, people.alice, office=people.office("swuj").pk, text="管网归谁？")
    assert "reply_consult" not in actions_for(people.alice, make.again(case), MONDAY)
    assert actions_for(people.charlie, make.again(case), MONDAY) == ["reply_consult"]
    step = case.steps.get(code="consult")
    case = do("reply_consult", case, people.charlie, step=step.pk, text="归我们。")
    assert case.steps.get(code="consult").state == "done"


def test_steps_pauses_and_parking_by_forms(people: Cast) -> None:
    case = opened(people)
    case = do("accept", case, people.alice)
    step = case.steps.get(code="receive")
    case = do("complete", case, people.alice, step=step.pk)
    assert not filled("complete", case, people.alice, step=step.pk).is_valid()
    facts = {"category": "expert_review", "reason": "论证", "basis": "行政许可法45"}
    review = case.steps.get(code="review")
    case = do("pause", case, people.alice, step=review.pk, **facts)
    pause = case.pauses.get()
    case = do("resume", case, people.alice, moment("2026-03-03 09:00"), pause=pause.pk)
    assert case.pauses.get().until == moment("2026-03-03 09:00")
    case = do("park", case, people.diana, until="2026-04-02T09:00", reason="等规划", basis="会议纪要")
    assert do("unpark", case, people.bob).pauses.filter(until=None).count() == 0


def test_a_file_is_checked_before_it_is_kept(people: Cast) -> None:
    case = make.claimed(people)
    bad = {"files": SimpleUploadedFile("a.exe", b"MZ")}
    form = form_for("attach", case, people.alice, MONDAY, {"public": "on"}, bad)
    assert not form.is_valid() and list(form.errors) == ["files"]
