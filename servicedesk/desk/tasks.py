"""Doorways for Celery: the database is the schedule, a message is only a wake-up."""

from __future__ import annotations

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from servicedesk.desk import audit, nightwatch
from servicedesk.desk.actions.erasing import prepare
from servicedesk.desk.actions.forgetting import forget_later
from servicedesk.desk.actions.law import take_effect_everywhere
from servicedesk.desk.actions.redating import redate_behind
from servicedesk.desk.actions.silence import close_silent
from servicedesk.desk.delivery import deliver
from servicedesk.desk.digests import digests
from servicedesk.desk.health import note_sweep
from servicedesk.desk.ringing import ring
from servicedesk.desk.rounds import go_at_night, go_rounds


def look(at: datetime) -> dict[str, int]:
    """What the passing of time asks for, but the mail: date anew, record what the law has done, ring, write
    the digests, go the rounds of other rooms. Returns how many of each."""
    done = {
        "moved": redate_behind(at).moved,
        "befallen": take_effect_everywhere(at),
        "silent": close_silent(at),
        "rung": ring(at),
        "digests": digests(at),
        "rounds": go_rounds(at),
    }
    note_sweep(at)
    nightwatch.watch_files(at)
    return done


def sweep(at: datetime) -> dict[str, int]:
    """Look once, and deliver what waits; return how many of each."""
    return look(at) | {"sent": deliver(at)}


@shared_task
def ring_alarms() -> None:
    look(timezone.now())


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
    prepare(at)
    forget_later(at)
    go_at_night(at)
