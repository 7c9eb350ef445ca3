"""The demo's people: known passwords, second factors anybody may read. Production refuses them all."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office, Post, User

PASSWORD = "enterprise-desk"  # public on purpose
# Log-ins from outside that the page shows: two companies, somebody who founds companies, somebody who builds.
FOUNDER, BUILDER = "founder", "builder"
SHOWN_OUTSIDE = {
    "company1": "",
    "company2": "",
    FOUNDER: _("opens companies"),
    BUILDER: _("applies for building permits"),
}
SHOWN_ROLES = ("dispatcher", "officer", "head", "leader", "supervisor", "manager", "system")


@dataclass(frozen=True)
class Person:
    """One line of the log-in page of the demo."""

    username: str
    name: str
    what: str
    code: str
    phone: str = ""


def enrol(user: User) -> None:
    """Give a demo user the second factor that follows from the log-in name."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        auth.TOTP.activate(user, secret_of(user))


def secret_of(user: User) -> str:
    return base64.b32encode(hashlib.sha256(f"demo {user.username}".encode()).digest()[:20]).decode()


def code_of(user: User) -> str:
    """A code that works now. Each works once, so the neighbouring half minutes stand in for a used one."""
    before, now, after = auth.yield_hotp_counters_from_time()
    codes = [auth.format_hotp_value(auth.hotp_value(secret_of(user), at)) for at in (now, after, before)]
    used = {code for code in codes if cache.get(f"allauth.mfa.totp.used?user={user.pk}&code={code}")}
    return next((code for code in codes if code not in used), codes[0])


def people(today: date) -> list[Person]:
    """Somebody for each role and some from outside; nobody who is not of the demo."""
    if not settings.DEMO:
        return []
    outside = User.objects.filter(is_demo=True, is_staff=False, is_active=True, username__in=SHOWN_OUTSIDE)
    shown = [
        Person(user.username, user.name, str(SHOWN_OUTSIDE[user.username]), "", user.phone or "")
        for user in outside
    ]
    shown.sort(key=lambda person: list(SHOWN_OUTSIDE).index(person.username))
    held = Post.objects.current(today).filter(user__is_demo=True, user__is_active=True)
    # The bureau whose officer has the most in hand goes before other bureaus, and those before the rest.
    in_hand = Count("user__cases", filter=~Q(user__cases__state="closed"))
    posts = list(held.select_related("user", "office").annotate(in_hand=in_hand).order_by("-in_hand", "pk"))
    bureaus = [post for post in posts if post.office.sort == Office.Sort.BUREAU]
    busiest = next((post.office for post in bureaus if post.role == Post.Role.OFFICER), None)
    posts.sort(key=lambda post: (post.office != busiest, post.office.sort != Office.Sort.BUREAU))
    for role in SHOWN_ROLES:
        post = next((post for post in posts if post.role == role), None)
        if post:
            what = f"{post.office.title()} · {post.get_role_display()}"
            shown.append(Person(post.user.username, post.user.name, what, code_of(post.user)))
    return shown


def progress() -> dict[str, Any] | None:
    """How far the filling of the demo is; None when nothing is being filled."""
    if not settings.DEMO:
        return None
    try:
        said = json.loads((settings.VAR / "demo-progress.json").read_text())
        done, total = int(said["done"]), int(said["total"])
    except (OSError, ValueError, KeyError):
        return None
    return {"done": done, "total": total} if done < total else None
