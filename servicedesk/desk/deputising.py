"""Appointing deputies for leave 代理: by the head or leader of the office, or by the centre's manager."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import Deputy, Post, User
from servicedesk.desk.actions.intake import need
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.permissions import Role, holds, reach, today

# Whoever is away for longer hands their matters over.
LONGEST = timedelta(days=92)
LEADS = frozenset({Role.HEAD, Role.LEADER})


def may_appoint(user: User, at: datetime) -> bool:
    """Whether the user appoints deputies for anybody at all."""
    on = today(at)
    return holds(user, Role.MANAGER, on) or bool(reach(user, LEADS, on))


def may_appoint_for(user: User, absent: User, at: datetime) -> bool:
    """Whether every office where the absent person serves is the user's to lead."""
    on = today(at)
    if holds(user, Role.MANAGER, on):
        return True
    offices = {post.office_id for post in _posts(absent, at)}
    return bool(offices) and offices <= reach(user, LEADS, on)


def _posts(user: User, at: datetime) -> list[Post]:
    """Own posts that can be lent."""
    return list(Post.objects.current(today(at)).filter(user=user).exclude(role__in=Post.WITHOUT_CASES))


def refuse_wrong(row: Deputy, by: User, at: datetime) -> None:
    """Raise NotAllowed or BadInput, with its field, where this deputy may not be."""
    if not may_appoint_for(by, row.user, at):
        raise NotAllowed("not-yours", _("You do not lead the office of this person."), "user")
    if row.deputy_id == row.user_id:
        raise BadInput("self", _("Nobody stands in for themselves."), "deputy")
    if row.deputy_id == by.pk:
        raise BadInput("own", _("Nobody appoints themselves. Ask whoever leads you."), "deputy")
    if not _posts(row.user, at):
        raise BadInput("no-posts", _("This person holds no post that could be lent."), "user")
    deputy = row.deputy
    apart = Post.objects.current(today(at)).filter(user=deputy, role__in=Post.WITHOUT_CASES)
    if not (deputy.is_active and deputy.is_staff) or deputy.is_superuser or apart.exists():
        raise BadInput("apart", _("This person cannot hold a post with case rights."), "deputy")
    if row.since < today(at) or row.until < row.since:
        raise BadInput("days", _("Choose days from today on, the last not before the first."), "until")
    if row.until - row.since > LONGEST:
        raise BadInput("long", _("Whoever is away this long hands their matters over."), "until")
    same_days = Deputy.objects.filter(since__lte=row.until, until__gte=row.since, ended_at=None)
    if same_days.filter(user=deputy).exists():
        raise BadInput("away", _("The deputy is away in these days."), "deputy")
    if same_days.filter(deputy=row.user).exists():
        raise BadInput("stands-in", _("This person stands in for somebody else in these days."), "user")


@transaction.atomic
def appoint(row: Deputy, *, by: User, at: datetime) -> Deputy:
    """Store the row; both are told, and it stands in both their chains."""
    list(User.objects.select_for_update().filter(pk__in=[row.user_id, row.deputy_id]).order_by("pk"))
    refuse_wrong(row, by, at)
    row.reason, row.granted_by, row.granted_at = need(row.reason, "reason"), by, at
    row.save()
    facts: dict[str, Any] = {
        "deputy": row.deputy_id,
        "for": row.user_id,
        "since": str(row.since),
        "until": str(row.until),
    }
    for user in (row.user, row.deputy):
        happened(user, "deputy_grant", at, by=by, **facts)
    return row


@transaction.atomic
def end(row: Deputy, *, by: User, at: datetime) -> None:
    """End it before its last day. Raises NotAllowed for who could not have appointed."""
    if by.pk != row.user_id and not may_appoint_for(by, row.user, at):
        raise NotAllowed("not-yours", _("You do not lead the office of this person."))
    if Deputy.objects.filter(pk=row.pk, ended_at=None).update(ended_at=at):
        facts: dict[str, Any] = {"deputy": row.deputy_id, "for": row.user_id}
        for user in (row.user, row.deputy):
            happened(user, "deputy_end", at, by=by, **facts)
