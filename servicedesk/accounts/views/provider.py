"""Through the province's identity provider and back: log in, link, or register."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from servicedesk.accounts import oidc, provider_links
from servicedesk.accounts.fresh import fresh
from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import Identity, User
from servicedesk.accounts.staff_door import METHOD as SECOND_FACTOR
from servicedesk.accounts.views.code import following

log = logging.getLogger(__name__)

METHOD = "provider"
LINK = "link"


def callback_url(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("provider_callback"))


def refused(request: HttpRequest, error: oidc.Refused) -> HttpResponse:
    """One page for whatever went wrong; the reason stands in the log alone."""
    log.warning("The identity provider's answer was refused: %s", error)
    return render(request, "account/provider_refused.html", status=400)


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Go to the provider. A link, not a form: the content policy lets no form lead elsewhere."""
    target = following(request)
    process = "staff" if target.startswith(reverse("admin:index")) else ""
    try:
        return HttpResponseRedirect(oidc.begin(request, callback_url(request), process, target))
    except oidc.Refused as error:
        return refused(request, error)


@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Come back from the provider."""
    try:
        remembered = oidc.state_of(request)
        proof = oidc.proof_of(request, remembered)
    except oidc.Refused as error:
        return refused(request, error)
    if remembered["process"] == LINK:
        return _linked(request, remembered, proof)
    user = provider_links.user_of(proof.issuer, proof.subject) or _by_trusted_phone(proof)
    if user is None:
        provider_links.wait(
            request, proof.issuer, proof.subject, proof.name, _trusted_phone(proof), proof.companies
        )
        return redirect(f"{resolve_url('desk:register')}?{urlencode({'next': remembered['next']})}")
    return log_in(request, user, proof, remembered["next"])


def log_in(request: HttpRequest, user: User, proof: oidc.Proof, target: str) -> HttpResponse:
    """Log in; the provider's second factor counts for staff only where the token says one was given."""
    record_authentication(request, user, METHOD)
    if user.is_staff and proof.gave_second_factor:
        record_authentication(request, user, SECOND_FACTOR, type=METHOD)
    provider_links.came(user, proof.companies, timezone.now())
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=target or "/"))
    return response


def _trusted_phone(proof: oidc.Proof) -> str:
    return proof.phone if oidc.provider()["trusts_phone"] else ""


def _by_trusted_phone(proof: oidc.Proof) -> User | None:
    """Whoever has the number the provider swears to, where the settings trust it; never a member of staff."""
    phone = _trusted_phone(proof)
    user = User.objects.filter(phone=phone, is_staff=False).first() if phone else None
    linked = user is not None and provider_links.link(user, proof.issuer, proof.subject, timezone.now())
    return user if linked else None


@never_cache
@login_required
@fresh
@require_POST
def link(request: HttpRequest) -> HttpResponse:
    """Tie a provider account to the account that is logged in: first the page with the way there."""
    try:
        target = oidc.begin(request, callback_url(request), LINK, reverse("account"))
    except oidc.Refused as error:
        return refused(request, error)
    return render(request, "account/provider_link.html", {"target": target})


def _linked(request: HttpRequest, remembered: dict[str, object], proof: oidc.Proof) -> HttpResponse:
    user = request.user
    # The link was asked for by this very person in this very session.
    if not isinstance(user, User) or remembered["user"] != user.pk:
        return refused(request, oidc.Refused("link"))
    if provider_links.link(user, proof.issuer, proof.subject, timezone.now()):
        messages.success(
            request, _("You can now log in through %(name)s.") % {"name": oidc.provider()["name"]}
        )
    else:
        messages.error(request, _("That account at the provider belongs to somebody else here."))
    return redirect("account")


@never_cache
@login_required
@fresh
@require_POST
def unlink(request: HttpRequest) -> HttpResponse:
    """Untie it, unless it is the only way in."""
    user = request.user
    assert isinstance(user, User)
    if not (user.phone or user.has_usable_password()):
        messages.error(request, _("Add a mobile number or a password first: this is your only way in."))
    elif Identity.objects.filter(user=user).delete()[0]:
        happened(user, "provider_unlinked", timezone.now(), by=user)
        messages.success(request, _("Log-in through the provider is off."))
    return redirect("account")
