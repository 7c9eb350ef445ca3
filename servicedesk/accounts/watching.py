"""What the packages we stand on say about an account, handed on to the record."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils import timezone

from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import User


def factor_added(request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any) -> None:
    happened(user, "factor_added", timezone.now(), by=user, type=str(authenticator.type))


def factor_removed(request: HttpRequest, user: User, authenticator: Authenticator, **rest: Any) -> None:
    happened(user, "factor_removed", timezone.now(), by=user, type=str(authenticator.type))


def password_changed(request: HttpRequest, user: User, **rest: Any) -> None:
    happened(user, "password_changed", timezone.now(), by=user)


def locked_out(request: HttpRequest, username: str, ip_address: str = "", **rest: Any) -> None:
    """After too many wrong passwords for an account from one address; unknown names leave no line."""
    user = User.objects.filter(username__iexact=username).first()
    if user is not None:
        happened(user, "log_in_locked", timezone.now(), body=str(ip_address or ""))
