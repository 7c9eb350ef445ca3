"""The door of personal pages: log-in without losing what was typed, and nothing left in caches."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.views.decorators.cache import never_cache

from servicedesk.accounts.middleware import whose
from servicedesk.accounts.models import User

View = Callable[..., HttpResponse]

TYPED = "typed"
# What an expired session typed waits this long for its log-in, and is at most this long.
KEEP_SECONDS = 30 * 60
MOST_KEPT = 20_000


class PersonalRequest(HttpRequest):
    """A request behind `personal`: somebody is logged in."""

    user: User


def personal(view: View) -> View:
    """Let in who is logged in; lead everybody else to the log-in and back to `view`, with what they typed."""

    @never_cache
    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            stash(request)
        target = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{resolve_url('account_login')}?{target}")

    return guarded


def stash(request: HttpRequest) -> None:
    """Keep the texts of a form whose sender must log in first, for that person. Files cannot be kept."""
    owner = whose(request)
    if not owner:
        return
    texts = [(name, value) for name, values in request.POST.lists() for value in values]
    texts = [(name, value) for name, value in texts if name != "csrfmiddlewaretoken"]
    if sum(len(name) + len(value) for name, value in texts) <= MOST_KEPT:
        until = time.time() + KEEP_SECONDS
        request.session[TYPED] = {"path": request.path, "until": until, "owner": owner, "texts": texts}


def typed(request: HttpRequest) -> QueryDict | None:
    """What was typed on this page before the log-in, once; None when there is nothing."""
    kept = request.session.get(TYPED)
    if not kept or kept["path"] != request.path:
        return None
    del request.session[TYPED]
    if kept["until"] < time.time() or kept["owner"] != str(request.user.pk):
        return None
    found = QueryDict(mutable=True)
    for name, value in kept["texts"]:
        found.appendlist(name, value)
    return found
