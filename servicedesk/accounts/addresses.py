"""From where the staff side may be used: DESK_ADDRESSES, networks of IPv4 and IPv6; none means anywhere."""

from __future__ import annotations

import ipaddress
import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from servicedesk.accounts.middleware import Answer

log = logging.getLogger(__name__)

# Still open to a member of staff who is elsewhere: the way out.
WAY_OUT = ("/account/logout/", "/i18n/", "/static/", "/healthz", "/readyz", "/status")


def is_allowed(address: str) -> bool:
    """Whether the staff side may be used from this address. What is no address is nowhere."""
    if not settings.DESK_ADDRESSES:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    # ::ffff:10.0.0.1 is 10.0.0.1, seen by a socket that speaks both.
    mapped = getattr(found, "ipv4_mapped", None) or found
    return any(mapped in network for network in settings.DESK_ADDRESSES)


def refused(request: HttpRequest) -> HttpResponse:
    """The 403 page that says so; the visitor learns nothing about any account."""
    log.warning("Staff side refused to %s at %s", request.META.get("REMOTE_ADDR", ""), request.path)
    return render(request, "account/elsewhere.html", status=403)


def kept_to_addresses(answer: Answer) -> Answer:
    """Middleware: neither the staff side nor a session of staff is served elsewhere."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if is_allowed(request.META.get("REMOTE_ADDR", "")) or request.path.startswith(WAY_OUT):
            return answer(request)
        if request.path.startswith(reverse("admin:index")):
            return refused(request)
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and request.user.is_authenticated and request.user.is_staff:
            return refused(request)
        return answer(request)

    return middleware
