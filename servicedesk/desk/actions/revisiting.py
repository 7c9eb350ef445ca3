"""The follow-up call 回访: the centre asks whether the matter is solved, never the office that handled it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.ending import redo
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.actions.working import ATTEMPTS, HALF_DAYS, half_day
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event

SOLVED, PARTLY, UNSOLVED, UNREACHED = "solved", "partly", "unsolved", "unreached"
RESULTS = (SOLVED, PARTLY, UNSOLVED, UNREACHED)
# 基本满意; below it the company is not content (GB/T 39735-2020: the last two of five levels).
CONTENT = 3
BY_PHONE, BY_LINK = "phone", "link"


@transaction.atomic
def revisit(
    case: Case,
    *,
    by: User | None,
    at: datetime,
    result: str,
    level: int | None = None,
    text: str = "",
    how: str = BY_PHONE,
    version: int | None = None,
) -> Event:
    """Record one follow-up: what the company said (`by` the centre; None where it answered by its one-time
    link) and how content it is, 5 best; nobody's contentment is ever guessed.

    Solved closes as solved; partly solved and content closes as answered; not solved, or not content, takes
    the matter up again. A call nobody answers is one try: three, on two half-days, close it as unreached,
    which is counted apart."""
    if result not in RESULTS:
        raise BadInput("unknown-result", _("Choose what the company said."), "result")
    if level is not None and level not in range(1, 6):
        raise BadInput("unknown-level", _("Choose one of the five levels."), "level")
    work = begin(case, "revisit", by=by, at=at, version=version)
    assert work.step is not None
    work.params |= {"result": result, "level": level, "how": how, "round": work.step.round}
    if result == UNREACHED:
        return _tried(work, text)
    unhappy = level is not None and level < CONTENT
    if result == UNSOLVED or unhappy:
        event = work.finish(body=text.strip())
        redo(work.case, by=None, at=at, reason=text.strip() or str(_("The follow-up found it not solved.")))
        return event
    work.case.outcome = Case.Outcome.SOLVED if result == SOLVED else Case.Outcome.ANSWERED
    work.complete(work.step, result)
    return work.finish(public=True, body=text.strip(), state=Case.State.CLOSED)


def _tried(work: Work, text: str) -> Event:
    assert work.step is not None
    work.params["half_day"] = half_day(work.at)
    earlier = work.case.events.filter(verb="revisit", params__round=work.step.round)
    before = [told.get("half_day") for told in earlier.values_list("params", flat=True)]
    tries = [each for each in before if each] + [half_day(work.at)]
    if len(tries) >= ATTEMPTS and len(set(tries)) >= HALF_DAYS:
        work.case.outcome = Case.Outcome.UNREACHED
        return work.finish(public=True, body=text.strip(), state=Case.State.CLOSED)
    return work.finish(body=text.strip())
