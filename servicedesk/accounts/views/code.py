"""Log-in with a mobile number and the code sent to it. Every number gets the same answers, known or not."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from servicedesk.accounts import codes, provider_links
from servicedesk.accounts.entrance_rows import PhoneCode
from servicedesk.accounts.forms import CodeForm, PhoneForm
from servicedesk.accounts.models import User
from servicedesk.accounts.sms import SmsRefused

PENDING, PROVEN = "code_pending", "code_proven"
METHOD = "code"
# So long may whoever proved a number take to say their name.
REGISTER_SECONDS = 30 * 60


def following(request: HttpRequest) -> str:
    """Where to go afterwards, within this site; empty where nothing is said."""
    said = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(said, {request.get_host()}, require_https=request.is_secure())
    return said if safe else ""


def wait_words(seconds: int) -> str:
    minutes = -(-seconds // 60)
    said = ngettext(
        "Too many codes were asked for. Please try again in %(n)d minute.",
        "Too many codes were asked for. Please try again in %(n)d minutes.",
        minutes,
    )
    return said % {"n": minutes}


def try_to_send(request: HttpRequest, form: Any, phone: str, purpose: str) -> HttpResponse | None:
    """Send a code; None when it went, else the error on the form and the status the page answers with."""
    try:
        codes.send(request, phone, purpose, timezone.now())
    except codes.TooMany as many:
        form.add_error(None, wait_words(many.wait))
        return HttpResponse(status=429, headers={"Retry-After": str(many.wait)})
    except SmsRefused:
        form.add_error(None, _("The message could not be sent just now. Please try again later."))
        return HttpResponse(status=503)
    return None


def ask_page(request: HttpRequest, form: PhoneForm, answer: HttpResponse) -> HttpResponse:
    context = {"phone_form": form, "next": following(request)}
    page = render(request, "account/code_ask.html", context, status=answer.status_code)
    if wait := answer.headers.get("Retry-After"):
        page.headers["Retry-After"] = wait
    return page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Take a mobile number and send it a code."""
    if request.user.is_authenticated:
        return redirect(following(request) or "/")
    if request.method != "POST":
        return ask_page(request, PhoneForm(), HttpResponse())
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return ask_page(request, form, HttpResponse(status=422))
    phone = form.cleaned_data["phone"]
    if failed := try_to_send(request, form, phone, PhoneCode.Purpose.LOG_IN):
        return ask_page(request, form, failed)
    request.session[PENDING] = {"phone": phone, "next": following(request)}
    return redirect("code_enter")


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Take the code: log in whoever has the number, or lead on to registering."""
    pending = request.session.get(PENDING)
    if not pending:
        return redirect(settings.LOGIN_URL)
    phone = pending["phone"]
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return enter_page(request, form, phone, 422 if form.is_bound else 200)
    at = timezone.now()
    if not codes.is_right(request, phone, PhoneCode.Purpose.LOG_IN, form.cleaned_data["code"], at):
        form.add_error("code", wrong_words(request, phone, PhoneCode.Purpose.LOG_IN))
        return enter_page(request, form, phone, 422)
    del request.session[PENDING]
    user = User.objects.filter(phone=phone).first()
    if user is None:
        request.session[PROVEN] = {"phone": phone, "until": time.time() + REGISTER_SECONDS}
        return redirect(f"{resolve_url('desk:register')}?{urlencode({'next': pending['next']})}")
    return log_in(request, user, pending["next"])


def wrong_words(request: HttpRequest, phone: str, purpose: str) -> str:
    if codes.is_alive(request, phone, purpose, timezone.now()):
        return _("This code is wrong. Please look again.")
    return _("This code no longer works. Ask for a new one.")


def enter_page(request: HttpRequest, form: CodeForm, phone: str, status: int) -> HttpResponse:
    context = {
        "form": form,
        "phone": phone,
        "minutes": codes.MINUTES,
        "next": (request.session.get(PENDING) or {}).get("next", ""),
        "demo_code": codes.shown_in_demo(request, phone),
    }
    return render(request, "account/code_enter.html", context, status=status)


def log_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Log in whoever proved the number; a member of staff comes by password and second factor instead."""
    if user.is_staff:
        return render(request, "account/staff_by_password.html", status=403)
    provider_links.take_up(request, user, timezone.now())
    record_authentication(request, user, METHOD)
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=target or "/"))
    return response


def other_proof(user: User) -> str:
    """Where somebody without a code shows who they are: password, authenticator, else the provider."""
    if user.has_usable_password():
        return reverse("account_reauthenticate")
    has_totp = get_mfa_adapter().is_mfa_enabled(user, types=[Authenticator.Type.TOTP])
    return reverse("mfa_reauthenticate" if has_totp else "provider_start")


def proven_phone(request: HttpRequest) -> str:
    """The number this browser has proved within half an hour; empty where none."""
    proven = request.session.get(PROVEN) or {}
    return str(proven["phone"]) if proven.get("until", 0) > time.time() else ""


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Ask once more before something weighty: a code to the number of the account, else the password."""
    user, target = request.user, following(request) or reverse("account")
    assert isinstance(user, User)
    if not user.phone or user.is_staff:
        return redirect(f"{other_proof(user)}?{urlencode({'next': target})}")
    form, status = CodeForm(), 200
    if request.method == "POST" and "send" in request.POST:
        form = CodeForm({})
        form.errors.clear()
        failed = try_to_send(request, form, user.phone, PhoneCode.Purpose.PROVE)
        status = failed.status_code if failed else 200
    elif request.method == "POST":
        form, status = CodeForm(request.POST), 422
        if form.is_valid():
            code = form.cleaned_data["code"]
            if codes.is_right(request, user.phone, PhoneCode.Purpose.PROVE, code, timezone.now()):
                record_authentication(request, user, METHOD, reauthenticated=True)
                return redirect(target)
            form.add_error("code", wrong_words(request, user.phone, PhoneCode.Purpose.PROVE))
    context = {
        "form": form,
        "phone": user.phone,
        "next": target,
        "sent": codes.is_alive(request, user.phone, PhoneCode.Purpose.PROVE, timezone.now()),
        "demo_code": codes.shown_in_demo(request, user.phone),
    }
    return render(request, "account/prove.html", context, status=status)
