"""One matter in several hands: co-handling 协办, releasing a co-handler, splitting a matter into several."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.accounts.models import Office, User
from servicedesk.desk import moves
from servicedesk.desk.actions.begin import begin
from servicedesk.desk.actions.frame import Work, centre
from servicedesk.desk.actions.intake import need, open_for
from servicedesk.desk.errors import BadInput, WrongState
from servicedesk.desk.models import Case, Event, Link, Step
from servicedesk.desk.wording import in_every_language

LABELS = {
    moves.CONSULTATION: gettext_lazy("Consultation"),
    moves.ASSISTANCE: gettext_lazy("Co-handling"),
}
# Nobody's request falls into more parts than this; a longer list is a mistake.
MOST_PARTS = 10


def beside(work: Work, code: str, office: Office) -> Step:
    """Start a step of that code at another office, beside the path. Raises BadInput for the handling office
    itself and for one that has such a step in hand already."""
    open_for(office, work.case)
    if office.pk == work.case.office_id:
        raise BadInput("same-office", _("The matter is with this office already."), "office")
    mine = [each for each in work.steps if each.code == code]
    if code == moves.ASSISTANCE and any(
        each.office_id == office.pk and each.state == Step.State.RUNNING for each in mine
    ):
        raise BadInput("joined-already", _("This office takes part already."), "office")
    work.step = Step.objects.create(
        case=work.case,
        code=code,
        label=in_every_language(LABELS[code]),
        round=max((each.round for each in mine), default=0) + 1,
        office=office,
        position=99,
    )
    work.steps.append(work.step)
    work.move(work.step, "start")
    return work.step


@transaction.atomic
def consult(
    case: Case, *, by: User, at: datetime, office: Office, text: str, version: int | None = None
) -> Event:
    """Ask another office beside the path, several at once if need be; no clock waits for its answer."""
    work = begin(case, "consult", by=by, at=at, version=version)
    beside(work, moves.CONSULTATION, office)
    return work.finish(body=need(text), to=office.code)


@transaction.atomic
def join(
    case: Case, *, by: User, at: datetime, office: Office, text: str, version: int | None = None
) -> Event:
    """Bring in an office that does a part of the matter 协办, under a clock of its own. The handling office
    主办 stays the one that answers, and answers for all."""
    work = begin(case, "join", by=by, at=at, version=version)
    beside(work, moves.ASSISTANCE, office)
    return work.finish(body=need(text), to=office.code)


@transaction.atomic
def release(step: Step, *, by: User, at: datetime, reason: str, version: int | None = None) -> Event:
    """End a step beside the path without its answer."""
    work = begin(step.case_id, "release", by=by, at=at, version=version, step=step)
    if work.step is None:
        raise WrongState("no-step", _("There is no such step on this matter now."))
    work.move(work.step, "skip", "released")
    return work.finish(body=need(reason, "reason"), to=work.step.office.code)


def helping(case: Case) -> list[Step]:
    """Co-handling steps nobody has answered yet."""
    return [
        step
        for step in case.steps.all()
        if step.code == moves.ASSISTANCE and step.state == Step.State.RUNNING
    ]


@transaction.atomic
def split(
    case: Case, *, by: User, at: datetime, parts: Sequence[str], reason: str, version: int | None = None
) -> Event:
    """Make a matter of its own of each of `parts`, beside this one, which goes on with the rest. Each counts
    from the day the whole was submitted: nothing that was promised becomes later by it."""
    work = begin(case, "split", by=by, at=at, version=version)
    texts = [text.strip() for text in parts if text.strip()]
    if not texts:
        raise BadInput("no-parts", _("Write what each part is about."), "parts")
    if len(texts) > MOST_PARTS:
        raise BadInput("too-many-parts", _("At most %(n)d parts at a time.") % {"n": MOST_PARTS}, "parts")
    made = [_part(work, text) for text in texts]
    return work.finish(
        public=True,
        body="\n".join([need(reason, "reason"), *(f"{part.number} {part.title}" for part in made)]),
        parts=[part.number for part in made],
    )


def _part(work: Work, text: str) -> Case:
    whole = work.case
    part = Case.objects.create(
        kind=whole.kind,
        title=text[:200],
        applicant=whole.applicant,
        about=whole.about,
        office=centre(),
        against=whole.against,
        opened_by=whole.opened_by,
        opening={name: told for name, told in whole.opening.items() if name not in NOT_PASSED_ON},
        opened_at=whole.opened_at,
    )
    if work.kind.copies is not None:
        work.kind.copies(whole, part, text)
    inner = Work(part, "submit", work.by, work.at, whole.submitted_at)
    inner.click = work.click
    inner.enter()
    inner.finish(public=True, split_from=whole.number)
    Link.objects.create(case=part, to=whole, sort=Link.Sort.SPLIT)
    return part


# What belongs to the whole alone.
NOT_PASSED_ON = frozenset({"limits", "usual_limits", "parking"})
