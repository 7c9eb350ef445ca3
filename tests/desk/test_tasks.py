"""The doorways of Celery and the commands beside them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from servicedesk.celery import app
from servicedesk.desk import tasks
from servicedesk.desk.alarms import plan
from servicedesk.desk.health import last_sweep
from servicedesk.desk.models import Alarm, ChainRoot, Notice
from tests.desk.rows import Town, make_case, make_clock

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


def late_clock():
    began = timezone.now() - timedelta(days=40)
    clock = make_clock(make_case(Town(), submitted=began), start=began, term=1)
    plan(clock, began)
    return clock


def test_every_beat_names_a_task_that_exists():
    app.loader.import_default_modules()
    named = {beat["task"] for beat in settings.CELERY_BEAT_SCHEDULE.values()}
    assert named == {
        f"servicedesk.desk.tasks.{name}" for name in ("ring_alarms", "deliver_notices", "nightly")
    }
    assert named <= set(app.tasks)


def test_ringing_alarms_leaves_word_of_the_sweep():
    clock = late_clock()
    tasks.ring_alarms()
    assert Alarm.objects.filter(clock=clock, fate="told").count() == 1
    assert last_sweep() is not None


def test_the_command_sweeps_once_and_says_what_it_did(capsys):
    late_clock()
    call_command("sweep", once=True)
    assert capsys.readouterr().out.startswith("Dated anew 0, rung 1, digests ")


def test_delivering_is_one_call(mailoutbox):
    late_clock()
    tasks.ring_alarms()
    Notice.objects.filter(channel="email").update(next_try_at=timezone.now())
    tasks.deliver_notices()
    assert len(mailoutbox) == Notice.objects.filter(channel="email", state="sent").count() > 0


def test_the_night_signs_every_day_that_is_over():
    late_clock()
    tasks.nightly()
    assert ChainRoot.objects.count() == 40
    tasks.nightly()
    assert ChainRoot.objects.count() == 40


def test_replaying_says_that_every_date_agrees(capsys):
    call_command("replay_clocks")
    assert "agrees" in capsys.readouterr().out


def test_replaying_exits_with_one_where_a_date_differs(monkeypatch, capsys):
    from servicedesk.desk.management.commands import replay_clocks

    monkeypatch.setattr(replay_clocks, "differences", lambda: iter(["case:1 resolve/1 differs"]))
    with pytest.raises(SystemExit) as ended:
        call_command("replay_clocks")
    assert ended.value.code == 1
    assert "resolve/1" in capsys.readouterr().out
