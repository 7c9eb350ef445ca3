"""The calendar at its secret address, and the webhooks of one's companies."""

from __future__ import annotations

import hashlib

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from servicedesk.desk import feeds, ics
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import CalendarFeed, Party, WebhookEndpoint
from servicedesk.desk.views.door import PersonalRequest, personal

HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Disposition": 'inline; filename="deadlines.ics"',
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}


@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines of whoever holds the address, as far as that person may know of them now."""
    feed = CalendarFeed.objects.filter(token=token, user__is_active=True).select_related("user").first()
    if feed is None:
        raise Http404
    body = ics.calendar_for(feed.user, timezone.now())
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    for name, value in HEADERS.items():
        response[name] = value
    response["ETag"] = etag
    answer: HttpResponse = get_conditional_response(request, etag=etag, response=response) or response
    return answer


class WebhookForm(forms.Form):
    party = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("Company"), empty_label=None)
    url = forms.URLField(
        label=gettext_lazy("Address of your program"),
        max_length=300,
        assume_scheme="https",
        help_text=gettext_lazy("An encrypted address that can be reached from the internet."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def webhooks(request: PersonalRequest) -> HttpResponse:
    """The webhooks of the companies the person owns. A new one shows its secret once."""
    now = timezone.now()
    owned = feeds.owned_by(request.user, now)
    if not owned:
        raise Http404
    mine = WebhookEndpoint.objects.filter(party__in=owned).select_related("party")
    form = WebhookForm(request.POST or None)
    form.fields["party"].queryset = Party.objects.filter(pk__in=[party.pk for party in owned])  # type: ignore[attr-defined]
    context = {"form": form, "rows": mine}
    if request.method == "POST" and "drop" in request.POST:
        return _dropped(request, mine)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            made = feeds.add_webhook(given["party"], given["url"], by=request.user, at=now)
        except DeskError as error:
            form.add_error("url", str(error))
        else:
            fresh = WebhookForm()
            fresh.fields["party"].queryset = form.fields["party"].queryset  # type: ignore[attr-defined]
            return render(request, "portal/webhooks.html", context | {"form": fresh, "made": made})
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "portal/webhooks.html", context, status=status)


def _dropped(request: PersonalRequest, mine: object) -> HttpResponse:
    key = request.POST["drop"]
    found = WebhookEndpoint.objects.filter(
        pk=int(key) if key.isascii() and key.isdecimal() and len(key) <= 18 else 0,
        party__in=feeds.owned_by(request.user, timezone.now()),
    ).first()
    if found is None:
        raise Http404
    feeds.drop_webhook(found, by=request.user, at=timezone.now())
    messages.success(request, _("The webhook is removed."))
    return redirect("desk:webhooks")
