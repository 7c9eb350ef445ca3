"""Break glass: an emergency log-in for a named member of staff, opened on the machine itself.

It opens with a password of its own, printed once, and without a second factor; it is announced when opened
and when used, obeys DESK_ADDRESSES, gives no right the account does not hold, marks every action in the
account's chain, and is over at its hour whether or not anybody closes it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from servicedesk.accounts.happenings import happened
from servicedesk.accounts.middleware import Answer
from servicedesk.accounts.models import BrokenGlass, User

SESSION = "broken_glass"
LONGEST = timedelta(hours=24)


@transaction.atomic
def open_for(user: User, *, reason: str, hours: int, by: str, at: datetime) -> tuple[BrokenGlass, str]:
    """Open the entrance and return it with its password, which is kept nowhere else.

    Raises ValueError for who is no active member of staff, for no reason, or for more than a day."""
    term = timedelta(hours=hours)
    if not (user.is_active and user.is_staff) or not reason.strip() or not timedelta() < term <= LONGEST:
        raise ValueError
    password = secrets.token_urlsafe(15)
    row = BrokenGlass.objects.create(
        user=user,
        reason=reason.strip()[:300],
        password=make_password(password),
        opened_by=by[:80],
        opened_at=at,
        until=at + term,
    )
    facts: dict[str, Any] = {"glass": row.pk, "hours": hours, "machine": row.opened_by}
    happened(user, "glass_broken", at, body=row.reason, **facts)
    return row, password


class EmergencyBackend(ModelBackend):
    """Knows the password of an open emergency entrance, and no other."""

    def authenticate(
        self, request: HttpRequest | None, username: Any = None, password: Any = None, **more: Any
    ) -> User | None:
        if request is None or not username or not password:
            return None
        rows = BrokenGlass.objects.filter(user__username=username, until__gt=timezone.now())
        for row in rows.select_related("user"):
            if check_password(password, row.password) and self.user_can_authenticate(row.user):
                request.session[SESSION] = row.pk
                return row.user
        return None


def entering(request: HttpRequest, user: User) -> None:
    """At the log-in: who came by an open entrance of their own needs no code; the use is announced."""
    row = open_now(request, user)
    if row is None:
        request.session.pop(SESSION, None)
    else:
        record_authentication(request, user, "mfa", type="break_glass", id=row.pk)
        happened(user, "glass_used", timezone.now(), by=user, body=row.reason, glass=row.pk)


def open_now(request: HttpRequest, user: User) -> BrokenGlass | None:
    pk = request.session.get(SESSION)
    return BrokenGlass.objects.filter(pk=pk, user=user, until__gt=timezone.now()).first() if pk else None


def marked(answer: Answer) -> Answer:
    """Middleware: such a session ends with its hour, and whatever it sends stands in the account's chain."""

    def middleware(request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not has_session or SESSION not in request.session or not request.user.is_authenticated:
            return answer(request)
        row = open_now(request, request.user)
        if row is None:
            logout(request)
        elif request.method not in {"GET", "HEAD", "OPTIONS"}:
            facts: dict[str, Any] = {"glass": row.pk, "path": request.path[:200], "method": request.method}
            happened(request.user, "glass_act", timezone.now(), by=request.user, **facts)
        return answer(request)

    return middleware
