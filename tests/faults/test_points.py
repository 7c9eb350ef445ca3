"""Killed at a named point: of what one transaction holds there is all or nothing, and the next one who comes
finds the rest to do, once."""

from __future__ import annotations

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as desk_settings
from django.utils import timezone

from servicedesk.celery import app
from servicedesk.desk import actions, tasks
from servicedesk.desk.files import delete_orphans
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Attachment, Case, Event, Notice, SubmissionKey
from servicedesk.desk.ringing import ring
from tests import make
from tests.faults.points import POINTS, arm
from tests.faults.world import (
    Sink,
    crash,
    damage,
    deliver_the_rest,
    duties,
    mail_server,
    unsent,
    unsettled,
    worker,
)
from tests.people import cast

pytestmark = [pytest.mark.faults, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

AN_HOUR = timedelta(hours=1)


def points_of(verb: str) -> list[str]:
    return [point for point in POINTS if point.startswith(f"{verb}:")]


def press(case: Case) -> Case:
    """Press the button that `tests.faults.crashing` pressed, with the same key, again."""
    facts = {"draft": str(case.pk)}
    key = uuid.uuid5(uuid.NAMESPACE_OID, str(case.pk))
    return actions.submit(case, by=case.opened_by, at=timezone.now(), key=key, facts=facts)


def shelf() -> list[Path]:
    return [path for path in Path(desk_settings.STORAGE_ROOT).glob("attachments/**/*") if path.is_file()]


def test_nobody_dies_outside_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    with pytest.raises(RuntimeError):
        arm("deliver:after-send")


# Ringing


@pytest.mark.parametrize("point", points_of("ring"))
def test_killed_while_ringing_it_has_told_all_of_a_batch_or_nothing(point: str) -> None:
    clocks = duties(5, timezone.now())
    assert crash(point, "ring") == -9
    assert unsettled(timezone.now()) == 5
    assert not Event.objects.filter(verb="alarm").exists()
    assert ring(timezone.now()) == 5
    Notice.objects.filter(channel="email").update(state="sent")
    assert damage(clocks) == []


def test_a_worker_killed_before_its_commit_leaves_everything_to_the_next() -> None:
    app.control.purge()
    clocks = duties(5, timezone.now())
    tasks.ring_alarms.apply_async(retry=False)
    with worker("tests.faults.crashing", CRASH_AT="ring:before-commit") as child:
        assert child.wait(timeout=30) == -9
    assert unsettled(timezone.now()) == 5
    assert ring(timezone.now()) == 5
    Notice.objects.filter(channel="email").update(state="sent")
    assert damage(clocks) == []


# Delivering


@pytest.mark.parametrize(("point", "copies"), [("deliver:after-claim", 1), ("deliver:after-send", 2)])
def test_killed_while_delivering_it_loses_no_mail_and_repeats_the_same_bytes(
    point: str, copies: int, settings: Any
) -> None:
    clocks = duties(5, timezone.now())
    ring(timezone.now())
    sink = Sink()
    with mail_server(sink) as url:
        assert crash(point, "deliver", EMAIL_URL=url) == -9
        assert unsent() == 5
        deliver_the_rest(url, settings)
    assert damage(clocks) == []
    assert len(sink.copies()) == 5
    assert max(sink.copies().values()) == copies
    assert all(len(sink.bytes_of(name)) == 1 for name in sink.copies())


# Submitting


@pytest.mark.parametrize("point", [point for point in points_of("submit") if point != "submit:after-commit"])
def test_killed_while_submitting_it_leaves_the_draft_and_no_gap(point: str) -> None:
    case = make.draft(cast(), at=timezone.now())
    assert crash(point, "submit", str(case.pk)) == -9
    left = make.again(case)
    assert (left.state, left.number) == ("draft", None)
    assert not SubmissionKey.objects.exists() and not left.steps.exists() and not left.events.exists()
    assert press(case).number.endswith("-000001")
    assert broken(timezone.now()) == []


def test_killed_between_its_commit_and_the_wake_up_it_has_submitted_and_the_next_beat_tells() -> None:
    case = make.draft(cast(), at=timezone.now())
    assert crash("submit:after-commit", "submit", str(case.pk)) == -9
    submitted = make.again(case)
    assert submitted.state == "submitted"
    assert Notice.objects.filter(event__case=case, channel="email", state="queued").exists()
    assert press(case).number == submitted.number
    assert Event.objects.filter(case=case, verb="submit").count() == 1
    assert broken(timezone.now()) == []


# Files


def test_killed_between_a_file_and_its_row_it_leaves_a_file_that_goes_within_the_hour() -> None:
    case, before = make.draft(cast(), at=timezone.now()), set(shelf())
    assert crash("attach:after-file", "attach", str(case.pk)) == -9
    (left,) = set(shelf()) - before
    assert not Attachment.objects.exists()
    assert broken(timezone.now()) == []
    earlier = (timezone.now() - 2 * AN_HOUR).timestamp()
    os.utime(left, (earlier, earlier))
    assert broken(timezone.now()) == [f"The file {left.name} has lain there for an hour and has no row."]
    assert delete_orphans(timezone.now()) == 1
    assert broken(timezone.now()) == []
