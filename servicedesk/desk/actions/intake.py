"""Who has the matter: acceptance, dispatch 派单, claim 签收, assignment, transfer 转办, return 退单."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.frame import Work, centre
from servicedesk.desk.actions.limits import classify
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event, Step
from servicedesk.desk.permissions import above, today


def need(text: str, field: str = "text") -> str:
    """Return the words, stripped. Raises BadInput at `field` when there are none."""
    if not text.strip():
        raise BadInput("required", _("Please write something here."), field)
    return text.strip()


@transaction.atomic
def accept(case: Case, *, by: User | None, at: datetime, version: int | None = None) -> Event:
    work = begin(case, "accept", by=by, at=at, version=version)
    work.case.accepted_at = work.effective_at
    if work.step is not None:
        work.complete(work.step)
    return work.finish(public=True)


@transaction.atomic
def ask_supplement(case: Case, *, by: User, at: datetime, text: str, version: int | None = None) -> Event:
    """Ask for everything that is missing, once (一次性告知, 行政许可法 32)."""
    work = begin(case, "ask_supplement", by=by, at=at, version=version)
    return work.finish(public=True, body=need(text), before=work.case.state)


@transaction.atomic
def refuse_acceptance(
    case: Case, *, by: User, at: datetime, reason: str, rightful: str = "", version: int | None = None
) -> Event:
    """Do not accept, with the reason and the body whose matter it is (行政许可法 32 (2))."""
    work = begin(case, "refuse_acceptance", by=by, at=at, version=version)
    work.case.outcome = Case.Outcome.NOT_ACCEPTED
    return work.finish(public=True, body=need(reason, "reason"), rightful=rightful)


def hand_over(work: Work, office: Office) -> None:
    work.case.office = office
    work.case.officer = None
    work.params["office"] = office.code


def fresh_round(work: Work) -> None:
    """Steps of the handling office begin anew at another office: next round, from the first on."""
    declared = work.kind.steps_of(work.case.opening)
    codes = [each.code for each in declared]
    first = codes.index(work.kind.handled_from)
    waiting = {each.code for each in work.steps if each.state == Step.State.WAITING}
    work.next_round(*[code for code in codes[first:] if code not in waiting])


def open_for(office: Office, case: Case) -> None:
    """Raise BadInput for an office that receives nothing, and for one the matter complains of or that stands
    below it."""
    if not office.is_open:
        raise BadInput("office-closed", _("This office receives no matters."), "office")
    if case.against_id is not None and case.against_id in above({office.pk}):
        raise BadInput("complained-of", _("The complaint is about this office or one above it."), "office")


@transaction.atomic
def dispatch(
    case: Case,
    *,
    by: User,
    at: datetime,
    office: Office,
    title: str = "",
    version: int | None = None,
) -> Event:
    """Give the matter to the office that is to handle it. The handling office has received it as soon as it
    stands in its queue (电子签名法 11), so that its clocks do not wait for somebody to claim it."""
    work = begin(case, "dispatch", by=by, at=at, version=version)
    return _dispatched(work, office, title).finish(public=True, to=office.code)


@transaction.atomic
def rule(
    case: Case, *, by: User, at: datetime, office: Office, reason: str, version: int | None = None
) -> Event:
    """Rule whose duty it is 裁定 and dispatch; the office cannot return it again. The applicant hears of the
    office as of any dispatch, and the reason stays in the house."""
    work = begin(case, "rule", by=by, at=at, version=version)
    returns = work.case.events.filter(verb="return_to_centre").order_by("seq")
    work.params["returned_by"] = sorted({told["from"] for told in returns.values_list("params", flat=True)})
    return _dispatched(work, office, "").finish(to=office.code, body=need(reason, "reason"))


def _dispatched(work: Work, office: Office, title: str) -> Work:
    open_for(office, work.case)
    hand_over(work, office)
    classify(work)
    if title.strip():
        work.case.title = title.strip()[:200]
    work.case.accepted_at = work.case.accepted_at or work.effective_at
    step = work.running()
    if step is not None:
        work.complete(step)
    return work


@transaction.atomic
def claim(case: Case, *, by: User, at: datetime, version: int | None = None) -> Event:
    work = begin(case, "claim", by=by, at=at, version=version)
    return _given_to(work, by).finish(public=True)


@transaction.atomic
def assign(case: Case, *, by: User, at: datetime, officer: User, version: int | None = None) -> Event:
    """Give the matter to an officer of its office. Raises BadInput for somebody who does not serve there."""
    work = begin(case, "assign", by=by, at=at, version=version)
    serving = Post.objects.current(today(at)).filter(
        user=officer, office=work.case.office, role__in=[Post.Role.OFFICER, Post.Role.HEAD]
    )
    if not (officer.is_active and serving.exists()):
        raise BadInput("not-serving", _("This person does not serve at the office."), "officer")
    return _given_to(work, officer).finish(officer=officer.pk)


def _given_to(work: Work, officer: User) -> Work:
    work.case.officer = officer
    for step in work.steps:
        mine = step.office_id == work.case.office_id and step.holder == "office"
        if mine and step.state in {Step.State.RUNNING, Step.State.PAUSED}:
            step.officer = officer
            step.save(update_fields=["officer"])
    return work


@transaction.atomic
def transfer(
    case: Case, *, by: User, at: datetime, office: Office, reason: str, version: int | None = None
) -> Event:
    """Move the matter to another office, whose own clocks start; the applicant's clock goes on."""
    work = begin(case, "transfer", by=by, at=at, version=version)
    open_for(office, work.case)
    if office.pk == work.case.office_id:
        raise BadInput("same-office", _("The matter is with this office already."), "office")
    before = work.case.office.code
    work.return_steps()
    hand_over(work, office)
    classify(work)
    fresh_round(work)
    work.start_ready()
    work.params |= {"from": before, "to": office.code}
    return work.finish(public=True, body=need(reason, "reason"))


@transaction.atomic
def return_to_centre(
    case: Case, *, by: User, at: datetime, reason: str, code: str = "", version: int | None = None
) -> Event:
    """Return 退单 to the centre with a reason; the centre dispatches anew under a clock of its own."""
    work = begin(case, "return_to_centre", by=by, at=at, version=version)
    before = work.case.office.code
    work.return_steps()
    hand_over(work, centre())
    first = work.kind.steps_of(work.case.opening)[0].code
    work.next_round(first)
    fresh_round(work)
    work.start_ready()
    work.params["from"] = before
    return work.finish(body=need(reason, "reason"), code=code)
