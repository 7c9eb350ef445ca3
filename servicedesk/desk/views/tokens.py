"""API tokens: those one holds, drawn and revoked here, and new ones for a company one owns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from servicedesk.accounts.fresh import fresh
from servicedesk.accounts.staff_door import turned_away
from servicedesk.desk import tokens
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import ApiToken, Party
from servicedesk.desk.sieve import key_in
from servicedesk.desk.views.door import PersonalRequest, personal

DAYS = (30, 90, 180, 365)
LISTED = 50


class TokenForm(forms.Form):
    party = forms.ModelChoiceField(Party.objects.none(), label=gettext_lazy("Company"), empty_label=None)
    name = forms.CharField(
        label=gettext_lazy("What is it for?"),
        max_length=80,
        help_text=gettext_lazy("For example the name of your program."),
    )
    may_read = forms.BooleanField(label=gettext_lazy("May read matters"), required=False, initial=True)
    may_submit = forms.BooleanField(label=gettext_lazy("May submit matters"), required=False)
    may_act = forms.BooleanField(
        label=gettext_lazy("May act on matters: answer, confirm, withdraw"), required=False
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Days until it ends"),
        coerce=int,
        choices=[(days, str(days)) for days in DAYS],
        initial=DAYS[1],
    )

    def __init__(self, owned: list[Party], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        party: Any = self.fields["party"]
        party.queryset = Party.objects.filter(pk__in=[each.pk for each in owned]).order_by("name")

    def token(self, request: PersonalRequest, at: datetime) -> ApiToken:
        given = dict(self.cleaned_data)
        days = given.pop("days")
        return ApiToken(user=request.user, expires_at=at + timedelta(days=days), **given)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@fresh
def tokens_page(request: PersonalRequest) -> HttpResponse:
    """Show one's tokens; sent back, it makes, draws or revokes one. A token is shown in the answer to the
    request that draws it, and never again."""
    at = timezone.now()
    turned = turned_away(request, request.user) if request.user.is_staff else None
    if turned is not None:
        return turned
    owned = tokens.owned(request.user, at)
    if request.method != "POST":
        return show(request, at, TokenForm(owned) if owned else None)
    if "draw" in request.POST:
        return drawn(request, owned, at)
    if "revoke" in request.POST:
        return revoked(request, at)
    return made(request, owned, at)


def made(request: PersonalRequest, owned: list[Party], at: datetime) -> HttpResponse:
    """Make a token for a company of one's own, and draw it at once."""
    if not owned:
        raise Http404
    form = TokenForm(owned, request.POST)
    if form.is_valid():
        try:
            token = tokens.grant(form.token(request, at), by=request.user, at=at)
            return show(request, at, TokenForm(owned), tokens.draw(token, by=request.user, at=at))
        except DeskError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    return show(request, at, form, status=422)


def drawn(request: PersonalRequest, owned: list[Party], at: datetime) -> HttpResponse:
    try:
        secret = tokens.draw(_own(request, "draw"), by=request.user, at=at)
    except DeskError as error:
        messages.error(request, str(error))
        return redirect("desk:tokens")
    return show(request, at, TokenForm(owned) if owned else None, secret)


def revoked(request: PersonalRequest, at: datetime) -> HttpResponse:
    tokens.revoke(_own(request, "revoke"), by=request.user, at=at)
    messages.success(request, _("The token is revoked; it opens nothing any more."))
    return redirect("desk:tokens")


def _own(request: PersonalRequest, name: str) -> ApiToken:
    return get_object_or_404(ApiToken, user=request.user, pk=key_in(request.POST.get(name)) or 0)


def show(
    request: PersonalRequest,
    at: datetime,
    form: TokenForm | None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    mine = ApiToken.objects.filter(user=request.user).select_related("office", "party")[:LISTED]
    rows = [
        {
            "token": each,
            "may": tokens.scope_words(each),
            "stands": tokens.stands(each, at),
            "can_draw": each.digest is None and each.revoked_at is None and each.expires_at > at,
            "can_revoke": each.revoked_at is None and each.expires_at > at,
        }
        for each in mine
    ]
    context = {"rows": rows, "form": form, "secret": secret}
    return render(request, "portal/tokens.html", context, status=status)
