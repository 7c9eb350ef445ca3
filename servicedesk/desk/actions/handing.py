"""Handing over 交接: everything open of one officer at an office goes to another, each matter by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.happenings import happened
from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk import moves
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.intake import need
from servicedesk.desk.actions.locking import lock
from servicedesk.desk.errors import BadInput, NotAllowed
from servicedesk.desk.models import Case, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import Role, holds, is_dispatcher, reach, today, visible_to

ALIVE = (Step.State.RUNNING, Step.State.PAUSED)
HANDLES = (Post.Role.OFFICER, Post.Role.HEAD)


@dataclass(frozen=True)
class HandOver:
    office: Office
    leaving: User
    taking: User
    reason: str


@dataclass(frozen=True)
class Handed:
    """A line of the sheet: whose it was before and is now; `done` where it moved."""

    case: Case
    before: User
    after: User
    done: bool


def may_hand_over(user: User, office: Office, at: datetime) -> bool:
    """The head of the office, and the centre."""
    on = today(at)
    if office.pk in reach(user, frozenset({Role.HEAD}), on):
        return True
    return is_dispatcher(user, on) or holds(user, Role.MANAGER, on)


def open_of(leaving: User, office: Office, by: User, at: datetime) -> CaseQuerySet:
    """Open matters the officer holds at the office, as far as `by` may know of them."""
    cases = visible_to(by, at).open().filter(office=office, officer=leaving)
    return cases.select_related("applicant", "officer").order_by("pk")


def refuse_wrong(plan: HandOver, by: User, at: datetime) -> None:
    """Raise NotAllowed or BadInput, with its field, where this cannot be handed over so."""
    if not may_hand_over(by, plan.office, at):
        raise NotAllowed("not-yours", _("Only the head of the office or the centre hands matters over."))
    if plan.taking.pk == plan.leaving.pk:
        raise BadInput("same", _("Choose somebody else to take the matters."), "taking")
    serving = Post.objects.current(today(at)).filter(user=plan.taking, office=plan.office, role__in=HANDLES)
    if not (plan.taking.is_active and plan.taking.is_staff and serving.exists()):
        raise BadInput("not-serving", _("This person does not serve at the office."), "taking")
    need(plan.reason, "reason")


def hand_over(plan: HandOver, *, by: User, at: datetime, leaves: bool = False) -> list[Handed]:
    """Move each matter in a transaction of its own and return the sheet; with `leaves` the posts of who
    leaves end at this office."""
    refuse_wrong(plan, by, at)
    rows = [
        Handed(case, plan.leaving, plan.taking, _moved(case, plan, by, at))
        for case in open_of(plan.leaving, plan.office, by, at)
    ]
    with transaction.atomic():
        numbers = [row.case.number for row in rows if row.done]
        facts = {"office": plan.office.code, "to": plan.taking.pk, "numbers": numbers}
        happened(plan.leaving, "handed_over", at, by=by, body=plan.reason, **facts)
        if leaves:
            _end_posts(plan, by, at)
    return rows


@transaction.atomic
def _moved(case: Case, plan: HandOver, by: User, at: datetime) -> bool:
    locked = lock(case)
    gone = locked.officer_id != plan.leaving.pk or locked.office_id != plan.office.pk
    if gone or moves.next_state("assign", locked.state) is None:
        return False
    work = Work(locked, "assign", by, at)
    work.case.officer = plan.taking
    mine = [step for step in work.steps if step.officer_id == plan.leaving.pk and step.state in ALIVE]
    for step in mine:
        if step.office_id == plan.office.pk:
            step.officer = plan.taking
            step.save(update_fields=["officer"])
    work.finish(officer=plan.taking.pk, handed_over_by=plan.leaving.pk, body=plan.reason.strip())
    return True


def _end_posts(plan: HandOver, by: User, at: datetime) -> None:
    posts = Post.objects.current(today(at)).filter(user=plan.leaving, office=plan.office, role__in=HANDLES)
    for post in posts:
        Post.objects.filter(pk=post.pk).update(until=today(at))
        happened(plan.leaving, "post_ended", at, by=by, office=plan.office.code, role=post.role)
