"""Looking a matter up with its number and secret, without a log-in and without personal data."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from servicedesk.desk import drafting
from servicedesk.desk.actions.law import caught_up
from servicedesk.desk.forms import TrackForm
from servicedesk.desk.letters import are_own
from servicedesk.desk.models import Case
from servicedesk.desk.numbers import SECRET_LENGTH
from servicedesk.desk.registry import kind_of
from servicedesk.desk.story import story
from servicedesk.desk.throttles import ByAddress, ByNumber, too_many
from servicedesk.desk.views.matters import latest_rounds, public_clocks, telling_clock, walked

# Compared with where there is no such number, so that the answer takes as long.
NOBODY = "0" * SECRET_LENGTH


@sensitive_post_parameters("secret")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    response = looked_up(request) if is_sent else ask(request, TrackForm(initial=asked(request)))
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def asked(request: HttpRequest) -> dict[str, str]:
    return {"number": request.GET.get("number", "").replace("\0", "")[:40]}


def ask(request: HttpRequest, form: TrackForm) -> HttpResponse:
    return render(request, "portal/track.html", {"form": form}, status=422 if form.is_bound else 200)


def looked_up(request: HttpRequest) -> HttpResponse:
    by_address = ByAddress()
    if not by_address.allow_request(request, None):  # type: ignore[arg-type]
        return too_many(request, by_address.wait())
    form = TrackForm(drafting.without_nulls(request.POST))
    if not form.is_valid():
        return ask(request, form)
    number, secret = form.cleaned_data["number"], form.cleaned_data["secret"]
    guesses = ByNumber(number)
    if guesses.is_spent(request):
        return too_many(request, guesses.wait())
    case = found(number, secret)
    if case is None:
        guesses.allow_request(request, None)  # type: ignore[arg-type]
        form.add_error(None, _("No matter has this number and this secret. Please check both."))
        return ask(request, form)
    at = timezone.now()
    if caught_up(case, at):
        case.refresh_from_db()
    return shown(request, case, at)


def found(number: str, secret: str) -> Case | None:
    """The case of that number, only with its secret; both wrong answers look and last alike."""
    case = Case.objects.submitted().select_related("office").filter(number=number).first()
    kept = case.secret if case is not None and case.secret else NOBODY
    right = secrets.compare_digest(kept.encode(), secret.encode())
    return case if right and case is not None and case.secret else None


def shown(request: HttpRequest, case: Case, at: datetime) -> HttpResponse:
    clocks = public_clocks(case)
    context = {
        "case": case,
        "kind": kind_of(case.kind),
        "clock": telling_clock(clocks, at),
        "clocks": latest_rounds(clocks),
        "are_own": are_own(case, clocks),
        "story": story(case, None),
        "steps": walked(case),
        "panel": kind_of(case.kind).panel_of(case, None, at),
        "now": at,
    }
    return render(request, "portal/tracked.html", context)
