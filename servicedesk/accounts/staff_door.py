"""The staff side opens to members of staff who gave a code in this very session, and to nobody else.

`second_factor.required` leads those without an authenticator to enrolment; here is what remains: strangers,
and sessions that began with a password alone (before the enrolment, or through another door)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from servicedesk.accounts.middleware import Answer
from servicedesk.accounts.models import User

METHOD = "mfa"


def gave_code(request: HttpRequest, user: User) -> bool:
    """Whether a code was given in this session, by this user."""
    return any(record.get("method") == METHOD for record in get_authentication_records(request, user))


class CodeStage(AuthenticateStage):
    """Asks for the authenticator's code, unless a second factor was given already: at the provider, or by an
    emergency entrance."""

    def _should_handle(self, request: HttpRequest) -> bool:
        user = self.login.user
        given = isinstance(user, User) and gave_code(request, user)
        return not given and bool(super()._should_handle(request))


def staff_door(answer: Answer) -> Answer:
    """Every address under the staff side passes here, exports and scripts included."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(reverse("admin:index")):
            return answer(request)
        user = request.user
        turned = turned_away(request, user) if isinstance(user, User) else None
        return turned or answer(request)

    return middleware


def turned_away(request: HttpRequest, user: User) -> HttpResponse | None:
    """Where a logged-in person must go first, or None for who may enter.

    Raises PermissionDenied for who is no staff: the log-in page would send them round in a circle."""
    if not user.is_staff:
        raise PermissionDenied
    if settings.STAFF_NEED_SECOND_FACTOR and not gave_code(request, user):
        return _ask_for_code(request)
    if request.path == reverse("admin:login"):
        return HttpResponseRedirect(reverse("admin:index"))
    return None


def _ask_for_code(request: HttpRequest) -> HttpResponse:
    following = request.get_full_path() if request.method == "GET" else reverse("admin:index")
    return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': following})}")


def remember_enrolment(request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any) -> None:
    """Whoever has just enrolled has just given a valid code: do not ask for it again in the same minute.

    Receives allauth's `authenticator_added`, its documented place for this."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, METHOD, id=authenticator.pk, type=authenticator.type)
