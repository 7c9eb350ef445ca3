"""Doorways for Celery: the database is the schedule, a message is only a wake-up."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from servicedesk.desk import audit, nightwatch
from servicedesk.desk.actions.redating import redate_behind
from servicedesk.desk.delivery import deliver
from servicedesk.desk.digests import digests
from servicedesk.desk.health import note_sweep
from servicedesk.desk.ringing import ring


def sweep(at: datetime) -> dict[str, int]:
    """Date anew, ring, write the digests and deliver, once; return how many of each."""
    moved = redate_behind(at).moved
    done = {"moved": moved, "rung": ring(at), "digests": digests(at), "sent": deliver(at)}
    note_sweep(at)
    nightwatch.watch_files(at)
    return done


@shared_task
def ring_alarms() -> None:
    at = timezone.now()
    redate_behind(at)
    ring(at)
    digests(at)
    note_sweep(at)
    nightwatch.watch_files(at)


@shared_task
def deliver_notices() -> None:
    deliver(timezone.now())


@shared_task
def nightly() -> None:
    at = timezone.now()
    nightwatch.report_differences()
    audit.sign_days(timezone.localdate(at))
    nightwatch.clear_orphans(at)
    nightwatch.clear_uploads(at)
