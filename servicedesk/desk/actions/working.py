"""Doing the work: steps, contact 联系, opinion, consultation 会商, draft, sign-off 审签, decision."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.intake import need
from servicedesk.desk.dossier import last_of
from servicedesk.desk.errors import BadInput, WrongState
from servicedesk.desk.models import Case, Event, Step

DRAFTED = "drafted"
REACHED, NO_ANSWER = "reached", "no_answer"
CONTACT_RESULTS = (REACHED, NO_ANSWER, "wrong_number", "refused")
# 未联系上: this many tries, on this many different half-days, end a matter as unreached.
ATTEMPTS, HALF_DAYS = 3, 2


def _step(work: Work, step: Step | None) -> Step:
    found = work.step if step is None else next((each for each in work.steps if each.pk == step.pk), None)
    if found is None:
        raise WrongState("no-step", _("There is no such step on this matter now."))
    return found


@transaction.atomic
def start(step: Step, *, by: User, at: datetime, version: int | None = None) -> Event:
    work = begin(step.case_id, "start", by=by, at=at, version=version, step=step)
    work.start(_step(work, step))
    return work.finish(public=True)


@transaction.atomic
def complete(
    step: Step,
    *,
    by: User | None,
    at: datetime,
    text: str = "",
    outcome: str = "",
    version: int | None = None,
) -> Event:
    """End a running step and start what waited for it."""
    work = begin(step.case_id, "complete", by=by, at=at, version=version, step=step)
    work.complete(_step(work, step), outcome)
    return work.finish(public=True, body=text.strip(), outcome=outcome)


@transaction.atomic
def skip(step: Step, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    work = begin(step.case_id, "skip", by=by, at=at, version=version, step=step)
    work.move(_step(work, step), "skip")
    work.start_ready()
    return work.finish(public=True, body=need(reason, "reason"))


@transaction.atomic
def contact(
    case: Case,
    *,
    by: User,
    at: datetime,
    result: str,
    number: str = "",
    text: str = "",
    version: int | None = None,
) -> Event:
    """Log one try to reach the applicant. Only a conversation is a contact: an unanswered call stops no
    clock. Three tries on two half-days end the matter as unreached 未联系上, counted apart."""
    if result not in CONTACT_RESULTS:
        raise BadInput("unknown-result", _("Choose how the call ended."), "result")
    work = begin(case, "contact", by=by, at=at, version=version)
    assert work.step is not None
    work.params |= {"result": result, "round": work.step.round, "half_day": half_day(at)}
    body = "\n".join(part for part in (number.strip(), text.strip()) if part)
    if result == REACHED:
        work.complete(work.step, REACHED)
        return work.finish(public=True, body=body)
    tries = [*attempts(work.case, work.step.round), half_day(at)]
    if len(tries) >= ATTEMPTS and len(set(tries)) >= HALF_DAYS:
        work.case.outcome = Case.Outcome.UNREACHED
        return work.finish(public=True, body=body, state=Case.State.CLOSED)
    return work.finish(public=True, body=body)


def half_day(at: datetime) -> str:
    """Return the local half-day of a moment: "2026-03-03 am"."""
    local = timezone.localtime(at)
    return f"{local.date()} {'am' if local.hour < 12 else 'pm'}"


def attempts(case: Case, round_: int) -> list[str]:
    """Half-days of the tries so far in this round of the contact step."""
    events = case.events.filter(verb="contact", params__round=round_).values_list("params", flat=True)
    return [params["half_day"] for params in events]


@transaction.atomic
def give_opinion(case: Case, *, by: User, at: datetime, text: str, version: int | None = None) -> Event:
    """Tell the applicant how the office means to handle the matter."""
    work = begin(case, "give_opinion", by=by, at=at, version=version)
    assert work.step is not None
    work.complete(work.step)
    return work.finish(public=True, body=need(text))


@transaction.atomic
def reply_consult(step: Step, *, by: User, at: datetime, text: str, version: int | None = None) -> Event:
    work = begin(step.case_id, "reply_consult", by=by, at=at, version=version, step=step)
    work.move(_step(work, step), "complete")
    return work.finish(body=need(text))


@transaction.atomic
def draft_answer(case: Case, *, by: User, at: datetime, text: str, version: int | None = None) -> Event:
    """Put an answer up for sign-off."""
    work = begin(case, "draft_answer", by=by, at=at, version=version)
    assert work.step is not None
    work.step.outcome = DRAFTED
    work.step.save(update_fields=["outcome"])
    return work.finish(body=need(text))


@transaction.atomic
def send_back(case: Case, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    work = begin(case, "send_back", by=by, at=at, version=version)
    assert work.step is not None
    work.step.outcome = ""
    work.step.save(update_fields=["outcome"])
    return work.finish(body=need(reason, "reason"))


def drafted(case: Case) -> str:
    """Words of the answer that waits for sign-off; empty when none was drafted."""
    event = last_of(case, "draft_answer")
    return event.body if event else ""


@transaction.atomic
def sign_off(case: Case, *, by: User, at: datetime, text: str = "", version: int | None = None) -> Event:
    """Sign the drafted answer 审签 and send it, in the signer's wording where they changed it."""
    work = begin(case, "sign_off", by=by, at=at, version=version)
    assert work.step is not None
    answer = text.strip() or drafted(work.case)
    work.case.outcome = Case.Outcome.ANSWERED
    work.complete(work.step, "answered")
    return work.finish(public=True, body=need(answer))


@transaction.atomic
def decide(
    case: Case, *, by: User, at: datetime, outcome: str, text: str, version: int | None = None
) -> Event:
    """Decide: grant, or refuse with reasons (行政许可法 38)."""
    if outcome not in {Case.Outcome.GRANTED, Case.Outcome.REFUSED}:
        raise BadInput("unknown-outcome", _("Choose whether it is granted or refused."), "outcome")
    work = begin(case, "decide", by=by, at=at, version=version)
    work.case.outcome = outcome
    if work.step is not None:
        work.complete(work.step, outcome)
    return work.finish(public=True, body=need(text), outcome=outcome)
