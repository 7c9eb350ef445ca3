"""How every verb begins: lock the case, then check that this may be done now and by this person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk import moves
from servicedesk.desk.actions.frame import Work, lock
from servicedesk.desk.actions.law import befall
from servicedesk.desk.errors import Conflict, NotAllowed, WrongState
from servicedesk.desk.models import Case, Step
from servicedesk.desk.permissions import fits, may, ready, refusal, step_for
from servicedesk.desk.registry import kind_of
from servicedesk.desk.standing_in import in_whose_stead


def begin(
    case: Case | int,
    verb: str,
    *,
    by: User | None,
    at: datetime,
    version: int | None = None,
    effective_at: datetime | None = None,
    step: Step | None = None,
    others: Sequence[Case] = (),
    held: bool = False,
) -> Work:
    """Lock the case (and `others`) and check that this person may do this now. `by=None` is the law or the
    sweep at work. `held` says that the case is as `lock` gave it in this transaction, unchanged since.

    Raises Conflict when `version` is not the case's (somebody was quicker), WrongState when the verb is not
    possible where the case stands, NotAllowed when it is not this person's to use."""
    locked = case if held and isinstance(case, Case) else lock(case, *others)
    kind = kind_of(locked.kind)
    # Before anything is woken: what the passing of time changes is no other person's doing.
    if version is not None and version != locked.version:
        raise Conflict("version", _("Somebody else has changed this matter in the meantime."))
    if kind.verbs & {"pause"}:
        wake_planned(locked, at)
    if kind.by_law and befall(locked, at) is not None:
        locked = lock(locked, *others)
    step = _on(locked, verb, step)
    if not ready(locked, verb, kind):
        raise WrongState("case-state", _("This is not possible where the matter stands now."))
    if (sentence := refusal(locked, verb, kind, at)) is not None:
        raise WrongState("refused", sentence)
    if by is not None and not may(by, verb, locked, at, step):
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    work = Work(locked, verb, by, at, effective_at)
    work.step = step or step_for(locked, verb, kind)
    if by is not None and (stead := in_whose_stead(by, verb, locked, at, step)) is not None:
        work.params["for"] = stead
    return work


def _on(case: Case, verb: str, step: Step | None) -> Step | None:
    """The step as the locked case has it."""
    if step is None:
        return None
    found = next((each for each in case.steps.all() if each.pk == step.pk), None)
    if found is None or (verb in moves.STEP_VERBS and not fits(found, verb)):
        raise WrongState("no-step", _("There is no such step on this matter now."))
    return found


def wake_planned(case: Case, at: datetime) -> None:
    """A planned pause is over at its planned moment by computation; a verb that comes later finds its step
    running again, with an event that counts from that moment."""
    for step in case.steps.filter(state=Step.State.PAUSED):
        pauses = list(step.pauses.filter(until=None))
        if not all(pause.planned_until is not None and pause.planned_until <= at for pause in pauses):
            continue
        until = max((pause.planned_until for pause in pauses if pause.planned_until), default=at)
        work = Work(case, "resume", None, at, until)
        step.pauses.filter(until=None).update(until=F("planned_until"))
        work.step = next(each for each in work.steps if each.pk == step.pk)
        work.move(work.step, "resume")
        work.finish(planned=True, category=[pause.category for pause in pauses])
