"""Who may do what at a breakfast. The centre runs it; the host's office records in the room and signs."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from enterprises.models import Breakfast
from servicedesk.accounts.models import User
from servicedesk.desk.errors import NotAllowed
from servicedesk.desk.permissions import Role, may_register, posts_of, sees_all, today


def serves_host(user: User, breakfast: Breakfast, at: datetime, *roles: str) -> bool:
    """Whether the user serves in one of these roles at the office of the breakfast's host, and nowhere above
    or below it: a signature is that office's own."""
    posts = posts_of(user, today(at))
    return any(post.role in roles and post.office.code == breakfast.seat.code for post in posts)


def may_manage(user: User, at: datetime) -> bool:
    """Plan, open, select, cancel: the centre's dispatchers and managers, as for every register."""
    return may_register(user, "change", at)


def may_record(user: User, breakfast: Breakfast, at: datetime) -> bool:
    return may_manage(user, at) or serves_host(user, breakfast, at, Role.OFFICER, Role.HEAD)


def may_sign(user: User, breakfast: Breakfast, at: datetime) -> bool:
    return serves_host(user, breakfast, at, Role.HEAD)


def may_look(user: User, breakfast: Breakfast, at: datetime) -> bool:
    """Whether the user may read the list of companies with their topics."""
    return may_record(user, breakfast, at) or sees_all(user, today(at))


def require(allowed: bool) -> None:
    """Raises NotAllowed with a sentence."""
    if not allowed:
        raise NotAllowed("not-allowed", _("This is not yours to do at this breakfast."))
