"""Oversight orders 督办: how one comes about, and the circular 通报 for one not fulfilled in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from enterprises.models import Circular, OversightOrder
from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Clock, Event, Link, Notice, Party
from servicedesk.desk.notices import tell
from servicedesk.desk.permissions import SUPERVISOR, capacities, today, who_may_know

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

KIND = "oversight"
OFFICE = "dcs"
# Stands for the supervision office where the engine asks for an applicant. Nobody is its member, so that no
# letter goes out and no company ever sees an order.
NUMBER = "INTERNAL-OVERSIGHT"
Level, Cause = OversightOrder.Level, OversightOrder.Cause
# Taken up again this often, a matter needs an order (二次重办转督办).
SECOND = 2


def party() -> Party:
    """The neutral party orders are opened for."""
    found, _made = Party.objects.get_or_create(number=NUMBER, defaults={"name": "督查室（内部）"})
    return found


def open_order(matter: Case) -> Case | None:
    """The order about the matter that is still open."""
    return Case.objects.open().filter(kind=KIND, oversight__matter=matter).order_by("pk").first()


@transaction.atomic
def issue(
    matter: Case, *, by: User | None, at: datetime, demand: str, level: str = Level.ORDER, cause: str
) -> Case:
    """Issue an order to the office the matter is with, and return it. `by=None` is a rule at work.

    Raises NotAllowed for whoever is no supervisor of the matter, WrongState where nothing can be ordered."""
    if by is not None and SUPERVISOR not in capacities(by, matter, at):
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    if (reason := why_not(matter)) is not None:
        raise WrongState("refused", reason)

    def detail(case: Case) -> OversightOrder:
        return OversightOrder.objects.create(
            case=case, matter=matter, level=level, cause=cause, demand=demand[:2000]
        )

    with override(settings.LANGUAGE_CODE):
        title = _("Oversight of %(number)s: %(title)s") % {"number": matter.number, "title": matter.title}
    case = actions.institute(
        KIND,
        applicant=party(),
        office=matter.office,
        at=at,
        by=by,
        title=title,
        detail=detail,
    )
    # Whoever opens one of the two on the desk finds the other beside it.
    actions.link(case, by=None, at=at, to=matter, sort=Link.Sort.RELATED)  # type: ignore[arg-type]
    return case


def why_not(matter: Case) -> str | None:
    """Why no order can be issued about the matter now; None where one can."""
    if matter.kind == KIND or matter.state == Case.State.DRAFT:
        return _("There is nothing to order about this.")
    if matter.office.code == OFFICE:
        return _("The supervision office gives no orders to itself.")
    found = open_order(matter)
    return _("There is an order about it already: %(number)s.") % {"number": found.number} if found else None


def keep_from_the_complained_of(case: Case) -> None:
    """An order about a complaint is as hidden as the complaint itself."""
    case.against = case.oversight.matter.against


def after_redo(work: Work, event: Event) -> None:
    """Taken up again a second time: an order, by itself."""
    times = event.params.get("times", 0)
    if times < SECOND or why_not(work.case) is not None:
        return
    with override(settings.LANGUAGE_CODE):
        words = _("The matter has been taken up again %(n)d times. Find out why, solve it, and report.")
        demand = words % {"n": times}
    issue(work.case, by=None, at=work.at, demand=demand, cause=Cause.SECOND_REDO)


def follow(work: Work, event: Event) -> None:
    """Called at the end of every verb on an order: what the office reports is kept, its head is told."""
    case, at = work.case, work.at
    if work.verb == "submit":
        spread(event, case, serving(case, (Post.Role.HEAD,), at), "oversight", at)
    elif work.verb == "sign_off":
        OversightOrder.objects.filter(case=case).update(result=event.body)
        posts = Post.objects.current(today(at)).filter(office__code=OFFICE, role=Post.Role.SUPERVISOR)
        spread(event, case, User.objects.filter(is_active=True, pk__in=posts.values("user")), "staff", at)


def spread(
    event: Event, case: Case, people: Iterable[User], template: str, at: datetime, **more: str
) -> None:
    """Tell those of the people who may know of it and have not heard of the event yet."""
    heard = set(Notice.objects.filter(event=event).values_list("recipient", flat=True)) | {event.by_id}
    told = [user for user in who_may_know(people, case.against_id, today(at)) if user.pk not in heard]
    tell(event, told, template, {"office": case.office, **more}, at)


def serving(case: Case, roles: Iterable[str], at: datetime) -> list[User]:
    """Who holds one of the roles at the office of the case."""
    posts = Post.objects.current(today(at)).filter(office=case.office_id, role__in=list(roles))
    return list(User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("pk"))


def was_late(case: Case, at: datetime) -> bool:
    """Whether the office has not answered the order in time."""
    late = Q(late=True) | Q(stopped_at=None, due_at__lt=at)
    return Clock.objects.filter(late, case=case, code="answer").exists()


@transaction.atomic
def circulate(case: Case, *, by: User, at: datetime, text: str) -> Circular:
    """Issue a circular 通报 about an order that was not answered in time: an event on the order, and a notice
    to the heads and leaders of its office. Raises WrongState where the office was in time."""
    if SUPERVISOR not in capacities(by, case, at) or case.kind != KIND:
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    if not was_late(case, at):
        raise WrongState("in-time", _("The office is in time: a circular is for orders that are overdue."))
    if not text.strip():
        raise BadInput("required", _("Please write something here."), "text")
    with override(settings.LANGUAGE_CODE):
        said = _("Circular: %(text)s") % {"text": text.strip()}
    event = actions.note(case, by=by, at=at, text=said)
    OversightOrder.objects.filter(case=case).update(level=Level.CIRCULAR)
    made = Circular.objects.create(
        order=case.oversight, office=case.office, text=text.strip()[:2000], by=by, at=at
    )
    people = serving(case, (Post.Role.HEAD, Post.Role.LEADER), at)
    spread(event, case, people, "circular", at, text=made.text)
    return made
