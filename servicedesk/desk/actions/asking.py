"""What an applicant asks or reports of a term of their own: more time before it runs out, the end of a step
that waits for them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.clockwork import place_of
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.intake import need
from servicedesk.desk.actions.law import pending_request
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Clock, Event, Step
from servicedesk.desk.registry import ClockDef


def own_term(work: Work) -> tuple[ClockDef, Clock]:
    """The applicant's own running term that may be extended. Raises BadInput where there is none."""
    for declared in work.kind.clocks_of(work.case.opening):
        if declared.holder == "applicant" and declared.extendable_to is not None:
            clock = work.case.clocks.running().filter(code=declared.code).first()
            if clock is not None:
                return declared, clock
    raise BadInput("not-extendable", _("This limit cannot be extended."), "term")


@transaction.atomic
def ask_extension(
    case: Case, *, by: User, at: datetime, term: int, reason: str, version: int | None = None
) -> Event:
    """Ask for `term` more units of one's own term, before it runs out; the office then decides. Raises
    BadInput when it is too late, too often or too long."""
    work = begin(case, "ask_extension", by=by, at=at, version=version)
    declared, clock = own_term(work)
    if pending_request(work.case, clock) is not None:
        raise BadInput("asked-already", _("You have asked already; the office has not answered yet."))
    may_be_longer(declared, clock, term)
    return work.finish(public=True, body=need(reason, "reason"), term=term, **place_of(clock))


def may_be_longer(declared: ClockDef, clock: Clock, term: int) -> None:
    """Raise BadInput, at its field, where the law or the declaration forbids `term` more units."""
    before = [each.term for each in clock.extensions.all()]
    if declared.most_extensions is not None and len(before) >= declared.most_extensions:
        often = _("The limit may be extended %(n)d times at most.") % {"n": declared.most_extensions}
        raise BadInput("too-often", often, "term")
    if declared.longest_extension is not None and term > declared.longest_extension:
        longest = _("At most %(n)d at a time.") % {"n": declared.longest_extension}
        raise BadInput("too-long", longest, "term")
    most = declared.most(clock.unit)
    if term < 1 or clock.term + sum(before) + term > most:
        whole = _("Altogether the limit may reach %(most)d.") % {"most": most}
        raise BadInput("too-long", whole, "term")


@transaction.atomic
def refuse_extension(case: Case, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    """Refuse the time that was asked for, with the reason."""
    work = begin(case, "refuse_extension", by=by, at=at, version=version)
    _declared, clock = own_term(work)
    if pending_request(work.case, clock) is None:
        raise BadInput("nothing-asked", _("Nobody has asked for more time."))
    return work.finish(public=True, body=need(reason, "reason"), **place_of(clock))


@transaction.atomic
def report(
    case: Case, *, by: User, at: datetime, text: str = "", on: date | None = None, version: int | None = None
) -> Event:
    """Report that what the running step waits for is done, on a day that is not in the future."""
    work = begin(case, "report", by=by, at=at, version=version)
    if on is not None and on > timezone.localdate(at):
        raise BadInput("in-the-future", _("This day has not come yet."), "on")
    waiting = (step for step in work.steps if step.holder == "applicant" and step.state == Step.State.RUNNING)
    work.step = next(waiting)
    work.complete(work.step, "reported")
    return work.finish(public=True, body=text.strip(), on=on.isoformat() if on else None)
