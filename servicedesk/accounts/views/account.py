"""My account: name, language, number, mail, password, sessions."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp import views as totp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.cache import cache
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk.accounts import codes, sittings, sms
from servicedesk.accounts.entrance_rows import PhoneCode
from servicedesk.accounts.forms import CodeForm, MailForm, PhoneForm, ProfileForm
from servicedesk.accounts.fresh import fresh
from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import Identity, User
from servicedesk.accounts.views.code import try_to_send, wrong_words

NEW_PHONE = "new_phone"
MAIL_SALT, MAIL_SECONDS = "servicedesk.accounts.mail", 24 * 3600


class Mine(HttpRequest):
    """A request of somebody who is logged in."""

    user: User


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Mine) -> HttpResponse:
    """The page of the account; sent back, it keeps name and language."""
    user, at = request.user, timezone.now()
    form = ProfileForm(
        request.POST if request.method == "POST" else None, instance=User.objects.get(pk=user.pk)
    )
    if form.is_valid():
        return _kept(request, form)
    context = {
        "form": form,
        "phone": user.phone,
        "sittings": sittings.open_of(user, at),
        "here": request.session.get(sittings.SITTING, 0),
        "provider": settings.OIDC and settings.OIDC["name"],
        "identity": Identity.objects.filter(user=user).first(),
    }
    return render(request, "account/account.html", context, status=422 if form.is_bound else 200)


def _kept(request: Mine, form: ProfileForm) -> HttpResponse:
    with transaction.atomic():
        user = form.save()
        if form.changed_data:
            happened(user, "account_changed", timezone.now(), by=user, fields=sorted(form.changed_data))
    messages.success(request, _("Your details are kept."))
    response = redirect("account")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        user.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@never_cache
@login_required
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: Mine) -> HttpResponse:
    """Ask for the new number and send it a code. Whether somebody has it is not said before it is proved."""
    if request.user.is_staff:
        return redirect("account")
    form, status = PhoneForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            number = form.cleaned_data["phone"]
            failed = try_to_send(request, form, number, PhoneCode.Purpose.CHANGE)
            if failed is None:
                request.session[NEW_PHONE] = number
                return redirect("account_phone_enter")
            status = failed.status_code
    return render(request, "account/phone.html", {"form": form}, status=status)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def phone_enter(request: Mine) -> HttpResponse:
    """Take the code sent to the new number, and the number with it; the old number is told."""
    number = request.session.get(NEW_PHONE, "")
    if not number:
        return redirect("account_phone")
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            given = form.cleaned_data["code"]
            if codes.is_right(request, number, PhoneCode.Purpose.CHANGE, given, timezone.now()):
                del request.session[NEW_PHONE]
                return _changed(request, number)
            form.add_error("code", wrong_words(request, number, PhoneCode.Purpose.CHANGE))
    context = {"form": form, "phone": number, "demo_code": codes.shown_in_demo(request, number)}
    return render(request, "account/phone_enter.html", context, status=status)


def _changed(request: Mine, number: str) -> HttpResponse:
    user, old, at = request.user, request.user.phone, timezone.now()
    try:
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(phone=number)
            happened(user, "phone_changed", at, by=user, body=f"{old or '—'} → {number}")
    except IntegrityError:
        messages.error(request, _("Another account has this number. Log in with it, or call 12345."))
        return redirect("account")
    if old and old != number:
        warn(old, _("mobile number changed"))
    messages.success(request, _("Your mobile number is changed."))
    return redirect("account")


def warn(number: str, what: str) -> None:
    """Tell a number what happened to its account. Best effort: it stands in the account's record as well."""
    try:
        sms.send(number, "security", {"what": what}, f"security-{uuid.uuid4()}")
    except sms.SmsRefused:
        return


@never_cache
@login_required
@fresh
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: Mine) -> HttpResponse:
    """Change or remove the e-mail address; a new one holds once the link sent to it was opened."""
    user = request.user
    form = MailForm(request.POST if request.method == "POST" else None, initial={"email": user.email})
    if not form.is_valid():
        return render(request, "account/mail.html", {"form": form}, status=422 if form.is_bound else 200)
    address = form.cleaned_data["email"]
    if address == user.email:
        return redirect("account")
    if not address:
        _take_mail(user, "")
        messages.success(request, _("Your e-mail address is removed."))
    elif not _may_write(request, address):
        form.add_error(None, _("Too many letters were asked for. Please try again in an hour."))
        return render(request, "account/mail.html", {"form": form}, status=429)
    else:
        _send_link(user, address)
        messages.success(
            request, _("A letter is on its way to the new address. The link in it works for a day.")
        )
    return redirect("account")


def _may_write(request: Mine, address: str) -> bool:
    """Five letters an hour from one account: nobody fills a stranger's letter box from here."""
    name = hashlib.sha256(f"{request.user.pk}".encode()).hexdigest()[:32]
    key = f"mail-links:{name}"
    asked = int(cache.get(key, 0)) + 1
    cache.set(key, asked, 3600)
    return asked <= 5


def _send_link(user: User, address: str) -> None:
    token = signing.dumps({"user": user.pk, "old": user.email, "new": address}, salt=MAIL_SALT, compress=True)
    link = f"{settings.SITE_URL}{reverse('account_mail_confirm', args=[token])}"
    words = render_to_string("account/mail.txt", {"link": link, "user": user}).strip()
    subject, _gap, body = words.partition("\n")
    send_mail(subject, body.strip() + "\n", None, [address], fail_silently=True)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_confirm(request: Mine, token: str) -> HttpResponse:
    """The link of the letter: shows what it does, and does it when the button is pressed."""
    user = request.user
    try:
        said: dict[str, Any] = signing.loads(token, salt=MAIL_SALT, max_age=MAIL_SECONDS)
    except signing.BadSignature:
        said = {}
    taken = bool(said) and User.objects.filter(email__iexact=said["new"]).exclude(pk=user.pk).exists()
    holds = bool(said) and said["user"] == user.pk and said["old"] == user.email and not taken
    if holds and request.method == "POST":
        _take_mail(user, said["new"])
        messages.success(request, _("Your e-mail address is confirmed."))
        return redirect("account")
    context = {"holds": holds, "address": said.get("new", "") if holds else ""}
    return render(request, "account/mail_confirm.html", context, status=200 if holds else 410)


@transaction.atomic
def _take_mail(user: User, address: str) -> None:
    old = user.email
    User.objects.filter(pk=user.pk).update(email=address)
    EmailAddress.objects.filter(user=user).delete()
    if address:
        EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    happened(user, "mail_changed", timezone.now(), by=user, body=f"{old or '—'} → {address or '—'}")


# The package asks nothing of who has no password to be asked for.
activate_totp = login_required(fresh(totp.activate_totp))


@never_cache
@login_required
@fresh
@require_POST
def password_remove(request: Mine) -> HttpResponse:
    """From now on by code or provider alone. Staff keep theirs, and nobody locks themselves out."""
    user = request.user
    if user.is_staff or not (user.phone or Identity.objects.filter(user=user).exists()):
        messages.error(request, _("The password is your only way in, so it stays."))
        return redirect("account")
    with transaction.atomic():
        user.set_unusable_password()
        User.objects.filter(pk=user.pk).update(password=user.password)
        happened(user, "password_removed", timezone.now(), by=user)
    update_session_auth_hash(request, user)
    messages.success(request, _("The password is removed. You log in with a code."))
    return redirect("account")
