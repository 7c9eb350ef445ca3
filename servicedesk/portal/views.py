"""The public front: home, search, help, statements, and the two switches. Pages only, no rules."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from enterprises.models import Breakfast
from servicedesk.accounts.models import User
from servicedesk.portal import search
from servicedesk.portal.figures import month_figures, promised_terms
from servicedesk.portal.lives import life_cycles

LARGE_TEXT_COOKIE = "large_text"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    on = timezone.localdate(at)
    shown = {
        "now": at,
        "figures": month_figures(at),
        "promises": promised_terms(at),
        "lives": life_cycles(on),
        "breakfast": next_breakfast(at),
    }
    return render(request, "portal/home.html", shown)


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("q", "").strip()[:200]
    if search.is_number(asked) and (target := _track_url()):
        return redirect(f"{target}?{urlencode({'number': asked})}")
    places = search.found(asked, timezone.localdate())
    return render(request, "portal/search.html", {"asked": asked, "places": places})


def next_breakfast(at: datetime) -> Breakfast | None:
    """The next breakfast companies may still sign up for, or that comes next."""
    coming = Breakfast.objects.public().filter(starts_at__gte=at)
    return coming.select_related("seat").order_by("starts_at").first()


def _track_url() -> str:
    try:
        return reverse("desk:track")
    except NoReverseMatch:
        return ""


def back_to(request: HttpRequest) -> str:
    """The page the switch was used on, where it is one of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if safe and wanted else reverse("portal:home")


@require_POST
def language(request: HttpRequest) -> HttpResponseRedirect:
    """Choose the language: a cookie for this browser, and kept with the account for its notices."""
    response = HttpResponseRedirect(back_to(request))
    chosen = request.POST.get("language", "")
    if chosen not in dict(settings.LANGUAGES):
        return response
    if isinstance(request.user, User) and request.user.language != chosen:
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    keep(response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@require_POST
def large_text(request: HttpRequest) -> HttpResponseRedirect:
    """Large text 适老化, on or off, for this browser."""
    response = HttpResponseRedirect(back_to(request))
    keep(response, LARGE_TEXT_COOKIE, "1" if request.POST.get("large") == "1" else "0")
    return response


def keep(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(
        name,
        value,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
