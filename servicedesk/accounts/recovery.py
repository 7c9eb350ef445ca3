"""A second factor that is lost is taken away by two security administrators, and by no one alone.

Whether somebody is one is asked by the pages above; here is what must hold whoever asks."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction

from servicedesk.accounts import sittings
from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import Recovery, Sitting, User


class Refused(Exception):
    """Why not, as a code: own, alone, open, decided."""


@transaction.atomic
def ask(user: User, *, by: User, reason: str, at: datetime) -> Recovery:
    """Ask that the user may enrol anew. Raises Refused for oneself, or while another request is open."""
    if user.pk == by.pk:
        raise Refused("own")
    User.objects.select_for_update().get(pk=user.pk)
    for row in Recovery.objects.filter(user=user, decided_at=None):
        if row.is_open(at):
            raise Refused("open")
        # Nobody approved in time: the old request is over, by nobody's decision.
        Recovery.objects.filter(pk=row.pk).update(decided_at=at)
    row = Recovery.objects.create(user=user, reason=reason[:300], asked_by=by, asked_at=at)
    happened(user, "recovery_asked", at, by=by, body=reason, recovery=row.pk)
    return row


@transaction.atomic
def decide(recovery: Recovery, *, by: User, at: datetime, approve: bool) -> Recovery:
    """Approve or refuse a request within 24 hours; approving takes away every authenticator and session.

    Raises Refused: whoever asked may not approve, nor may the person concerned; what is over stays over."""
    row = Recovery.objects.select_for_update().select_related("user").get(pk=recovery.pk)
    if by.pk == row.user_id:
        raise Refused("own")
    if by.pk == row.asked_by_id:
        raise Refused("alone")
    if not row.is_open(at):
        raise Refused("decided")
    decided = Recovery.objects.filter(pk=row.pk, decided_at=None)
    if not decided.update(decided_by=by, decided_at=at, is_approved=approve):
        raise Refused("decided")
    if approve:
        Authenticator.objects.filter(user=row.user).delete()
        sittings.end(Sitting.objects.filter(user=row.user), at, by)
    happened(row.user, "recovery_approved" if approve else "recovery_refused", at, by=by, recovery=row.pk)
    row.refresh_from_db()
    return row
