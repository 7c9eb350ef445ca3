"""Log-in by name, e-mail or mobile number: one account, whichever of the three is typed."""

import time
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from servicedesk.accounts import addresses, break_glass
from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Not by the package's form: people register by mobile number, staff are entered by security."""
        return False

    def pre_login(self, request: HttpRequest, user: Any, **rest: Any) -> HttpResponse | None:
        """Before any further step: closed accounts, and staff who are not where staff work."""
        if is_unwelcome(user):
            return self.respond_user_inactive(request, user)
        if user.is_staff and not addresses.is_allowed(request.META.get("REMOTE_ADDR", "")):
            happened(user, "log_in_elsewhere", timezone.now(), body=request.META.get("REMOTE_ADDR", ""))
            return addresses.refused(request)
        response: HttpResponse | None = super().pre_login(request, user, **rest)
        if response is None:
            break_glass.entering(request, user)
        return response

    def get_login_stages(self) -> list[str]:
        """The stages of the package, with our own question for the code."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "servicedesk.accounts.staff_door.CodeStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Whoever logged in within the last minutes is not asked for the password once more."""
        request = context.request
        ages = [time.time() - record["at"] for record in get_authentication_records(request, request.user)]
        fresh = any(age < app_settings.REAUTHENTICATION_TIMEOUT for age in ages)
        return not fresh and bool(super().is_reauthentication_required(app=app))


class ByNameMailOrPhone(AuthenticationBackend):
    """The passwords of demo users are public, so production does not know them, old sessions included."""

    def user_can_authenticate(self, user: Any) -> bool:
        return not is_unwelcome(user) and bool(super().user_can_authenticate(user))

    def _check_password(self, user: Any, password: str) -> Any:
        # Not left to the method above: allauth lets in whom it refuses, if they are active.
        return super()._check_password(None if is_unwelcome(user) else user, password)

    def _authenticate_by_username(self, username: str, password: str) -> User | None:
        by_name: User | None = super()._authenticate_by_username(username, password)
        if by_name is None and (phone := as_phone(username)):
            return self._check_password(User.objects.filter(phone=phone).first(), password)
        return by_name


def is_unwelcome(user: User | None) -> bool:
    return user is not None and settings.PRODUCTION and user.is_demo


def as_phone(typed: str) -> str:
    """A mobile number as it is stored: digits only, without +86; empty where it cannot be one."""
    digits = "".join(sign for sign in typed if sign not in " -()").removeprefix("+86").removeprefix("0086")
    return digits if digits.isdecimal() and len(digits) >= 7 else ""


def account_meant(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The account a log-in is about, so that wrong guesses by name, mail and phone are counted together."""
    typed = str((credentials or {}).get("username") or request.POST.get("login", "")).strip()
    asked = Q(username__iexact=typed)
    if "@" in typed:
        asked |= Q(email__iexact=typed)
    if phone := as_phone(typed):
        asked |= Q(phone=phone)
    found = User.objects.filter(asked).order_by("pk").values_list("username", flat=True).first()
    return (found or typed).lower()[:255]
