"""Demonstration only: the log-ins the log-in page lists, and the codes their authenticators show now.

Everything here answers with nothing unless `DEMO` is set, which production refuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db.models import Prefetch
from django.utils import timezone

from servicedesk.accounts.models import Post, User

# The password of every demo user. It is public: the server refuses demo users in production.
PASSWORD = "demo-desk-2026"  # noqa: S105


@dataclass(frozen=True)
class Person:
    username: str
    name: str
    what: str
    code: str


@dataclass(frozen=True)
class People:
    """`first`: who to begin with, one of each part in the play; `rest`: everybody else."""

    password: str = PASSWORD
    first: list[Person] = field(default_factory=list)
    rest: list[Person] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.first)


def code_now(authenticator: Authenticator) -> str:
    """What the authenticator's app would show at this moment."""
    counter = int(timezone.now().timestamp()) // app_settings.TOTP_PERIOD
    code: str = format_hotp_value(hotp_value(decrypt(authenticator.data["secret"]), counter))
    return code


def code_of(user: User | None) -> str:
    """The code a demo user would be asked for now; empty for anybody else."""
    if not settings.DEMO or not isinstance(user, User) or not user.is_demo:
        return ""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    return code_now(found) if found else ""


def people(on: date | None = None) -> People:
    """Demo users in the order one would try them: a company, then one of each role."""
    if not settings.DEMO:
        return People()
    posts = Post.objects.current(on or timezone.localdate()).select_related("office").order_by("pk")
    users = User.objects.filter(is_demo=True, is_active=True).order_by("is_staff", "pk")
    cast = list(users.prefetch_related(Prefetch("posts", posts, to_attr="held"))[:200])
    found = Authenticator.objects.filter(user__in=cast, type=Authenticator.Type.TOTP)
    codes = {each.user_id: code_now(each) for each in found}
    first, rest = leading(cast)
    return People(
        first=[person(user, codes.get(user.pk, "")) for user in first],
        rest=[person(user, codes.get(user.pk, "")) for user in rest],
    )


def leading(cast: Iterable[User]) -> tuple[list[User], list[User]]:
    """The first of each role (and of those without a post), and the others."""
    seen: set[str] = set()
    first, rest = [], []
    for user in cast:
        part = user.held[0].role if user.held else f"staff={user.is_staff}"  # type: ignore[attr-defined]
        (rest if part in seen else first).append(user)
        seen.add(part)
    return first, rest


def person(user: User, code: str) -> Person:
    posts: list[Post] = user.held  # type: ignore[attr-defined]
    what = "; ".join(f"{post.office.title()}, {post.get_role_display()}" for post in posts[:2])
    return Person(user.username, user.name or user.username, what, code)
