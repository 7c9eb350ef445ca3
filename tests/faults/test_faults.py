"""Nothing lost, nothing doubled, one fault at a time: workers are killed, Redis is wiped, sweepers race, mail
servers refuse. `test_storm` has all of them at once."""

from __future__ import annotations

import os
import random
import time

import pytest
from django.conf import settings
from django.utils import timezone

from servicedesk.desk import tasks
from servicedesk.desk.delivery import deliver
from servicedesk.desk.models import Event, Notice
from servicedesk.desk.ringing import ring
from tests.desk.rows import moment
from tests.faults.world import (
    LEASE,
    Sink,
    damage,
    deliver_the_rest,
    duties,
    mail_server,
    people_awaiting_digests,
    run_together,
    unsent,
    unsettled,
    wait_until,
    worker,
)

pytestmark = [pytest.mark.faults, pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]

REDIS = os.environ.get("REDIS_URL")
needs_redis = pytest.mark.skipif(not REDIS, reason="could not run: REDIS_URL is not set")
SEED = int(os.environ.get("FAULT_SEED", "1"))
MANY = int(os.environ.get("FAULT_DUTIES", "60"))


@pytest.fixture(autouse=True)
def empty_broker():
    """A message of an earlier test must not wake this one's worker."""
    tasks.ring_alarms.app.control.purge()
    yield


def send(task) -> None:
    """What the beat does every half minute."""
    task.apply_async(retry=False)


# The worker


def test_a_worker_killed_at_random_and_started_again_finishes_everything(settings):
    chance = random.Random(SEED)
    clocks = duties(MANY, timezone.now())
    sink = Sink(slow=0.01)
    with mail_server(sink) as url:
        for _ in range(2):
            send(tasks.ring_alarms)
            send(tasks.deliver_notices)
            with worker(EMAIL_URL=url):
                wait_until(lambda: not unsettled(timezone.now()), "the worker rings nothing")
                time.sleep(chance.random() * 0.3)
        deliver_the_rest(url, settings)
    assert damage(clocks) == []
    doubled = [name for name, copies in sink.copies().items() if copies > 1]
    print(f"seed {SEED}: {MANY} duties, {len(sink.copies())} mails, {len(doubled)} repeated after a kill")
    assert len(sink.copies()) == MANY
    assert len(doubled) <= 2
    assert all(len(sink.bytes_of(name)) == 1 for name in doubled)


@needs_redis
@pytest.mark.postgres
def test_redis_wiped_costs_a_wake_up_and_never_a_duty():
    import redis

    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    clocks = duties(5, timezone.now())
    send(tasks.ring_alarms)
    broker.flushdb()
    sink = Sink()
    with mail_server(sink) as url, worker(EMAIL_URL=url):
        wait_until(lambda: broker.client_list(), "the worker does not come up")
        time.sleep(2)
        assert unsettled(timezone.now()) == 5
        broker.flushdb()
        send(tasks.ring_alarms)
        wait_until(lambda: not unsettled(timezone.now()), "after the wipe no wake-up arrives")
        broker.flushdb()
        send(tasks.deliver_notices)
        wait_until(lambda: not unsent(), "after the wipe no mail is delivered")
    assert damage(clocks) == []
    assert set(sink.copies().values()) == {1}


# Two at once


def test_sweepers_at_once_tell_every_rung_exactly_once():
    clocks = duties(MANY * 2, timezone.now())
    said = run_together(("ring",), ("ring",), ("ring",))
    ring(timezone.now())
    Notice.objects.filter(channel="email").update(state="sent")
    assert damage(clocks) == []
    assert sum(int(line.split()[-1]) for line in said) <= len(clocks)


def test_runners_at_once_write_one_digest_a_person():
    people = people_awaiting_digests(20, moment("2026-03-02 15:00"))
    morning = "2026-03-03T09:30:00+08:00"
    run_together(("digests", morning), ("digests", morning))
    chains = Event.objects.filter(verb="digest").values_list("chain", flat=True)
    assert sorted(chains) == sorted(f"user:{user.pk}" for user in people)
    assert Notice.objects.filter(event__verb="digest", channel="app").count() == 20
    assert not Notice.objects.filter(channel="digest", state="queued").exists()


def test_deliverers_at_once_send_every_mail_exactly_once():
    clocks = duties(MANY, timezone.now())
    ring(timezone.now())
    sink = Sink(slow=0.002)
    with mail_server(sink) as url:
        run_together(("deliver",), ("deliver",), ("deliver",), EMAIL_URL=url)
    assert damage(clocks) == []
    assert set(sink.copies().values()) == {1}


# The mail server


def test_a_mail_refused_for_now_goes_out_later(settings):
    clocks = duties(3, timezone.now())
    ring(timezone.now())
    sink = Sink(answers=["451 later"])
    with mail_server(sink) as url:
        deliver_the_rest(url, settings)
        assert unsent() == 1
        late = Notice.objects.get(channel="email", state="queued")
        assert (late.attempts, "451" in late.last_error) == (1, True)
        deliver(late.next_try_at)
    assert damage(clocks) == []
    assert set(sink.copies().values()) == {1}


def test_a_connection_cut_after_the_mail_was_taken_repeats_the_same_bytes(settings):
    clocks = duties(3, timezone.now())
    ring(timezone.now())
    sink = Sink(answers=["cut"])
    with mail_server(sink) as url:
        deliver_the_rest(url, settings)
        assert unsent() == 1
        deliver(timezone.now() + 2 * LEASE)
    assert damage(clocks) == []
    assert sorted(sink.copies().values()) == [1, 1, 2]
    assert all(len(sink.bytes_of(name)) == 1 for name in sink.copies())
