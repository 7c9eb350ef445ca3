"""Sessions as people know them: where, on what, since when; ended one by one, all at once, or by idleness."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.accounts.happenings import happened
from servicedesk.accounts.middleware import Answer
from servicedesk.accounts.models import Sitting, User

SITTING, SEEN = "sitting", "seen"
# How often a session says that it is still used: a row a minute would only cost.
WRITE_SECONDS = 60
# The chain of the user keeps the log-in itself; the row with its address goes after half a year.
KEPT = timedelta(days=183)
# In this order: a browser names its ancestors as well.
BROWSERS = (
    *(
        ("MicroMessenger", "WeChat"),
        ("wxwork", "WeCom"),
        ("Edg", "Edge"),
        ("HuaweiBrowser", "Huawei Browser"),
    ),
    *(("MiuiBrowser", "Mi Browser"), ("QQBrowser", "QQ Browser"), ("UCBrowser", "UC Browser")),
    *(("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")),
)
SYSTEMS = (
    *(("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")),
)


def device_of(agent: str) -> str:
    """“Chrome · Windows”: enough to recognise one's own device, and nothing that follows a person."""
    names = [next((name for sign, name in known if sign in agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in names if name)


def began(request: HttpRequest | None, user: User, **more: Any) -> None:
    """Remember the log-in. Receives Django's `user_logged_in`; one from no address (a shell) is not ours."""
    if request is None:
        return
    request.session[SEEN] = int(time.time())
    address = str(request.META.get("REMOTE_ADDR", ""))[:45]
    if not address:
        return
    if not request.session.session_key:
        request.session.create()
    at, how = timezone.now(), how_of(request)
    device = device_of(request.META.get("HTTP_USER_AGENT", ""))
    if cache.add("sittings:swept", 1, 3600):
        Sitting.objects.filter(seen_at__lt=at - KEPT).delete()
    with transaction.atomic():
        sitting = Sitting.objects.create(
            user=user,
            key=request.session.session_key or "",
            how=how,
            address=address,
            device=device,
            began_at=at,
            seen_at=at,
        )
        happened(user, "log_in", at, by=user, body=f"{address}\n{device}", how=how)
    request.session[SITTING] = sitting.pk


def how_of(request: HttpRequest) -> str:
    """By what the session was opened: the first thing that was given."""
    records = request.session.get("account_authentication_methods") or [{}]
    return str(records[0].get("method") or "password")[:20]


def finished(request: HttpRequest | None, user: User | None, **more: Any) -> None:
    """Receives Django's `user_logged_out`."""
    pk = request.session.get(SITTING) if request is not None else None
    if pk and user is not None:
        Sitting.objects.filter(pk=pk, ended_at=None).update(ended_at=timezone.now(), key="")


def open_of(user: User, at: datetime) -> QuerySet[Sitting]:
    """The user's sessions that can still be used."""
    last = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return Sitting.objects.filter(user=user, ended_at=None, seen_at__gt=last).exclude(key="")


def end(sittings: QuerySet[Sitting], at: datetime, by: User | None) -> int:
    """End these sessions at once, and log it; return how many there were."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    with transaction.atomic():
        rows = list(sittings.filter(ended_at=None).select_for_update().select_related("user"))
        for row in rows:
            if row.key:
                store(row.key).delete()
        Sitting.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=at, key="")
        for user in {row.user_id: row.user for row in rows}.values():
            happened(user, "sessions_ended", at, by=by, count=sum(row.user_id == user.pk for row in rows))
    return len(rows)


def watched(answer: Answer) -> Answer:
    """Middleware: a session of staff ends when it is not used; others say now and then that they are."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
            return answer(request)
        now, seen = int(time.time()), int(request.session.get(SEEN, 0))
        idle = settings.STAFF_IDLE_MINUTES * 60
        if idle and request.user.is_staff and seen and now - seen > idle:
            logout(request)
            messages.info(request, _("You were logged out because nothing was done for a while."))
            # What was posted goes on as a stranger's: the desk keeps the words until they are back.
            return answer(request)
        if now - seen >= WRITE_SECONDS:
            request.session[SEEN] = now
            if pk := request.session.get(SITTING):
                Sitting.objects.filter(pk=pk).update(seen_at=timezone.now())
        return answer(request)

    return middleware
