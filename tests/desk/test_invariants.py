"""Each invariant finds the one thing that was broken on purpose, and nothing on a healthy desk."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from servicedesk.desk import actions, invariants, trail
from servicedesk.desk.files import Checked, check
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Alarm, Attachment, Case, Clock, Event, Notice, NumberSeries, SubmissionKey
from servicedesk.desk.ringing import ring
from tests import make
from tests.desk.papers import picture, upload
from tests.people import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

NOW = make.MONDAY
LATER = make.moment("2026-03-02 11:05")  # the contact clock ran out five minutes ago


def checked() -> Checked:
    return check(upload("photo.jpg", picture()))


@pytest.fixture
def desk(people: Cast) -> Cast:
    """A draft, a claimed matter with a file whose alarm has rung, and one closed for good."""
    make.draft(people)
    case = make.claimed(people)
    actions.attach(case, by=people.wang, at=NOW, file=checked())
    done = make.answered(people)
    actions.confirm(done, by=people.wang, at=NOW)
    ring(LATER)
    return people


def claimed() -> Case:
    return Case.objects.exclude(state="closed").exclude(number=None).get()


def found() -> set[str]:
    """Names of the invariants that do not hold."""
    return {question.__name__ for question in invariants.QUESTIONS if list(question(LATER))}


def test_a_healthy_desk_breaks_nothing(desk: Cast) -> None:
    assert broken(LATER) == []


def lose_a_submission() -> None:
    case = Case.objects.get(state="draft")
    SubmissionKey.objects.create(
        key=uuid.uuid4(), who_id=case.opened_by_id, fingerprint="f" * 64, case=case, at=NOW
    )


def double_a_key() -> None:
    told = Event.objects.filter(verb="submit").order_by("pk").first()
    assert told is not None
    for event in Event.objects.filter(verb="submit"):
        event.params["key"] = told.params["key"]
        event.save(update_fields=["params"])


def forget_an_alarm() -> None:
    Alarm.objects.filter(settled_at=None).update(rings_at=NOW)


def lose_an_alarm() -> None:
    Alarm.objects.filter(settled_at=None, clock__code="resolve").delete()


def leave_an_alarm_on_a_stopped_clock() -> None:
    clock = Clock.objects.exclude(stopped_at=None).order_by("pk")[0]
    rule = Alarm.objects.all()[0].rule
    Alarm.objects.create(clock=clock, rule=rule, rung=5, rings_at=LATER)


def tell_without_an_event() -> None:
    Alarm.objects.filter(fate="told").update(event=None)


def ring_twice() -> None:
    alarm = Alarm.objects.filter(fate="told")[0]
    told = {"settled_at": NOW, "fate": "told", "event": alarm.event}
    Alarm.objects.create(clock=alarm.clock, rule=alarm.rule, rung=9, rings_at=NOW, **told)


def lose_a_notice() -> None:
    Notice.objects.filter(event__verb="alarm").delete()


def mail_only() -> None:
    Notice.objects.filter(event__verb="dispatch", channel="app").delete()


def tell_twice() -> None:
    notice = Notice.objects.filter(channel="app", event__verb="dispatch")[0]
    notice.pk, notice.channel = None, "digest"
    notice.save(force_insert=True)


def change_a_state() -> None:
    Case.objects.filter(pk=claimed().pk).update(state="decided")


def leave_a_step_running() -> None:
    Case.objects.get(state="closed").steps.filter(code="confirm").update(state="running")


def leave_a_gap() -> None:
    NumberSeries.objects.update(last=9)


def lose_a_case() -> None:
    Case.objects.filter(pk=claimed().pk).update(number="ZT-2025-000001")


def edit_an_event() -> None:
    Event.objects.filter(verb="claim").update(verb="note")


def lose_a_file() -> None:
    (Path(settings.STORAGE_ROOT) / Attachment.objects.get().path).unlink()


def change_a_file() -> None:
    path = Path(settings.STORAGE_ROOT) / Attachment.objects.get().path
    path.write_bytes(path.read_bytes()[:-1] + b"x")


def move_a_date() -> None:
    Clock.objects.filter(pk=claimed().clocks.get(code="opinion").pk).update(due_at=LATER + timedelta(days=9))


BREAKINGS: dict[Callable[[], None], str] = {
    lose_a_submission: "submissions_without_a_case",
    double_a_key: "keys_with_two_cases",
    forget_an_alarm: "alarms_that_did_not_ring",
    lose_an_alarm: "clocks_without_their_alarm",
    leave_an_alarm_on_a_stopped_clock: "clocks_without_their_alarm",
    tell_without_an_event: "alarms_and_events_that_do_not_match",
    ring_twice: "alarms_and_events_that_do_not_match",
    lose_a_notice: "notices_missing_or_doubled",
    mail_only: "notices_missing_or_doubled",
    tell_twice: "notices_missing_or_doubled",
    change_a_state: "states_that_events_do_not_tell",
    leave_a_step_running: "states_that_events_do_not_tell",
    leave_a_gap: "numbers_doubled_or_missing",
    lose_a_case: "numbers_doubled_or_missing",
    edit_an_event: "chains_that_are_broken",
    lose_a_file: "attachments_without_their_file",
    change_a_file: "attachments_without_their_file",
    move_a_date: "clocks_that_differ_from_replay",
}


@pytest.mark.parametrize("breaking", BREAKINGS, ids=lambda each: each.__name__)
def test_what_is_broken_on_purpose_is_found(desk: Cast, breaking: Callable[[], None]) -> None:
    breaking()
    assert BREAKINGS[breaking] in found()
    assert broken(LATER)


def test_every_invariant_was_broken_once() -> None:
    assert set(BREAKINGS.values()) == {question.__name__ for question in invariants.QUESTIONS}


def test_an_alarm_pushed_back_after_a_failure_is_not_yet_lost(desk: Cast) -> None:
    Alarm.objects.filter(settled_at=None).update(rings_at=NOW, next_try_at=LATER)
    assert "alarms_that_did_not_ring" not in found()


def test_a_draft_with_a_forged_history_is_found(desk: Cast) -> None:
    case = Case.objects.get(state="draft")
    trail.record(trail.chain_of_case(case), "submit", at=NOW, case=case, params={"state": "submitted"})
    assert "states_that_events_do_not_tell" in found()
