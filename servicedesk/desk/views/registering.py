"""Registering: who proved a mobile number, or came through the provider, gives a name and has an account."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicedesk.accounts import provider_links
from servicedesk.accounts.models import User
from servicedesk.accounts.views.code import PROVEN, following, log_in, proven_phone
from servicedesk.desk.models import Membership, Party
from servicedesk.desk.permissions import today
from servicedesk.desk.trail import chain_of_user, record


class RegisterForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=80,
        help_text=gettext_lazy("As in your identity document."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy(
            "I have read the privacy notice and agree that my name and number are kept for this."
        ),
        error_messages={"required": gettext_lazy("Without your agreement no account can be made.")},
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if any(sign.isdecimal() or sign in "<>@/\\" for sign in name):
            raise forms.ValidationError(_("Please write the name with letters only."))
        return name


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Ask for the name and the agreement; make the account, its person, and log in."""
    target = following(request)
    if request.user.is_authenticated:
        return redirect(target or "/")
    phone, came = proven_phone(request), provider_links.waiting(request)
    if not phone and not came:
        return redirect("account_login")
    form = RegisterForm(
        request.POST if request.method == "POST" else None, initial={"name": came.get("name")}
    )
    if not form.is_valid():
        context = {"form": form, "phone": phone, "next": target, "through_provider": bool(came)}
        return render(request, "account/register.html", context, status=422 if form.is_bound else 200)
    user = made_or_found(form.cleaned_data["name"], phone, came.get("phone", ""), timezone.now())
    request.session.pop(PROVEN, None)
    return log_in(request, user, target)


def made_or_found(name: str, proven: str, sworn: str, at: datetime) -> User:
    """The new account, or the one another window made for the proven number a moment before.

    A number only sworn to by the provider opens no account that exists: it is left out."""
    number = proven or ("" if User.objects.filter(phone=sworn).exists() else sworn)
    try:
        return make(name, number, at)
    except IntegrityError:
        found = User.objects.filter(phone=proven).first() if proven else None
        return found or make(name, "", at)


@transaction.atomic
def make(name: str, phone: str, at: datetime) -> User:
    """A natural person: the account, the party it acts for, and the agreement in its chain."""
    language = get_language() or "zh-hans"
    given: dict[str, Any] = {"name": name, "phone": phone or None, "language": language, "joined_at": at}
    user = User.objects.create_user(f"p{secrets.token_hex(6)}", None, **given)
    party = Party.objects.create(name=name, sort=Party.Sort.PERSON, phone=phone, language=language)
    Membership.objects.create(user=user, party=party, since=today(at))
    facts = {"agreed": "privacy", "language": language, "party": party.pk}
    record(chain_of_user(user), "register", at=at, by=user, params=facts)
    return user
