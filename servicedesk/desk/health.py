"""Three answers for those who watch: the process, its database, and the work behind it."""

import os
from datetime import datetime
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min, Q
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from servicedesk.accounts.demo import progress
from servicedesk.desk.brake import held
from servicedesk.desk.models import Alarm, Notice

SWEPT = "desk.swept-at"
# Four sweeps: what is still due after that has nobody working on it.
PATIENCE_SECONDS = 120
# A mail server may be away for a while without anybody having to be told.
LETTERS_PATIENCE_SECONDS = 600

migrated = False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, and its tables are those of this code."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        missing = unapplied()
    except DatabaseError:
        return HttpResponse("The database does not answer.\n", status=503, content_type="text/plain")
    if missing:
        text = f"Migrations to be applied: {', '.join(missing)}.\n"
        return HttpResponse(text, status=503, content_type="text/plain")
    return HttpResponse("ready\n", content_type="text/plain")


@never_cache
@require_safe
def status(request: HttpRequest) -> JsonResponse:
    """The work behind the pages. Bad news here is for the watchers: it never takes the web out of service."""
    return JsonResponse(work(timezone.now()))


def unapplied() -> list[str]:
    """Names of missing migrations; once there is none, that holds as long as the process."""
    global migrated
    if migrated:
        return []
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    migrated = not plan
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def work(at: datetime) -> dict[str, Any]:
    """Whether wake-ups travel and duties are done, for `/status`."""
    alarm, notice = oldest_due_alarm(at), oldest_undelivered_notice(at)
    reachable = broker_answers()
    waiting = [(at - since).total_seconds() for since in (alarm, notice) if since]
    return {
        "ok": reachable and all(seconds < PATIENCE_SECONDS for seconds in waiting),
        "broker": reachable,
        "last_sweep": last_sweep(),
        "oldest_due_alarm": alarm,
        "oldest_undelivered_notice": notice,
        "brake_held": pulled.at if (pulled := held()) else None,
    }


def late_work(at: datetime) -> list[str]:
    """What staff should know about the work behind their pages, in words: nothing while all goes well or the
    demonstration is being filled. Two queries."""
    if progress() is not None:
        return []
    watched = (
        (last_sweep(), PATIENCE_SECONDS, _("the last look at the limits was at %(time)s")),
        (oldest_due_alarm(at), PATIENCE_SECONDS, _("a reminder has been due since %(time)s")),
        (oldest_undelivered_notice(at), LETTERS_PATIENCE_SECONDS, _("a letter has waited since %(time)s")),
    )
    return [
        words % {"time": date_format(timezone.localtime(since), "SHORT_DATETIME_FORMAT")}
        for since, patience, words in watched
        if since is not None and (at - since).total_seconds() > patience
    ]


def oldest_due_alarm(at: datetime) -> datetime | None:
    due = Alarm.objects.filter(
        Q(next_try_at=None) | Q(next_try_at__lte=at), settled_at=None, rings_at__lte=at
    )
    return due.aggregate(oldest=Min("rings_at"))["oldest"]


def oldest_undelivered_notice(at: datetime) -> datetime | None:
    """The digest channel waits for its hour, and a notice in back-off for its next try: neither is late."""
    waiting = Notice.objects.filter(state=Notice.State.QUEUED).exclude(channel=Notice.Channel.DIGEST)
    due = waiting.filter(Q(next_try_at=None) | Q(next_try_at__lte=at))
    return due.aggregate(oldest=Min(Coalesce("next_try_at", "created_at")))["oldest"]


def note_sweep(at: datetime) -> None:
    cache.set(SWEPT, at.isoformat(), timeout=None)


def last_sweep() -> datetime | None:
    said = cache.get(SWEPT)
    return parse_datetime(said) if said else None


def broker_answers() -> bool:
    """Ask briefly: half a second is longer than a living broker needs."""
    url = settings.CELERY_BROKER_URL
    if not url.startswith("redis"):
        return os.access(Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_in"]), os.W_OK)
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=0.5) as broker:
            return bool(broker.ping())
    except redis.RedisError:
        return False
