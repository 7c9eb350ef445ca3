"""Whoever changes something weighty has shown within the last minutes that it is still them."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

View = Callable[..., HttpResponse]


def is_fresh(request: HttpRequest) -> bool:
    ages = [time.time() - record["at"] for record in get_authentication_records(request, request.user)]
    return any(age < app_settings.REAUTHENTICATION_TIMEOUT for age in ages)


def fresh(view: View) -> View:
    """Lead whoever has been in for longer through a proof first, and back to `view`."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        target = request.path if request.method == "GET" else reverse("account")
        return redirect(f"{reverse('account_prove')}?{urlencode({'next': target})}")

    return guarded
