"""The host's office signs the minutes, and each promise in them becomes a case, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from enterprises.breakfasts.rights import may_sign, require
from enterprises.breakfasts.telling import note
from enterprises.models import Breakfast, BreakfastPromise, PromiseMatter, SignUp, Standing
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.errors import BadInput, WrongState
from servicedesk.desk.models import Case

Stage = Breakfast.Stage
KIND, CLOCK = "promise", "promise"


@transaction.atomic
def sign(breakfast: Breakfast, *, by: User, at: datetime) -> list[Case]:
    """Sign and return the cases that were opened; a second press opens none.

    Raises NotAllowed for whoever does not head the host's office, WrongState before the breakfast was held,
    BadInput without minutes or where a deadline has passed meanwhile."""
    locked = Breakfast.objects.lock(breakfast.pk)
    require(may_sign(by, locked, at))
    if locked.stage == Stage.MINUTED:
        return []
    if locked.stage != Stage.HELD:
        raise WrongState("not-held", _("Write down who was there first."))
    if not locked.minutes.strip():
        raise BadInput("required", _("Write the minutes first."), "minutes")
    promises = promises_of(locked)
    _check_deadlines(promises, at)
    locked.stage, locked.signed_by, locked.signed_at = Stage.MINUTED, by, at
    locked.save(update_fields=["stage", "signed_by", "signed_at"])
    cases = [opened(promise, by=by, at=at) for promise in promises]
    note(locked, "sign", by=by, at=at, body=locked.minutes, cases=[case.number for case in cases])
    return cases


def promises_of(breakfast: Breakfast) -> list[BreakfastPromise]:
    rows = BreakfastPromise.objects.filter(breakfast=breakfast)
    related = rows.select_related("company__party", "office", "topic", "breakfast", "case__office")
    return list(related.prefetch_related("cooperating"))


def _check_deadlines(promises: list[BreakfastPromise], at: datetime) -> None:
    today = timezone.localtime(at).date()
    for promise in promises:
        if promise.deadline <= today:
            day = date_format(promise.deadline, "DATE_FORMAT")
            late = _("The deadline of “%(promise)s” was %(day)s. Agree a new one before signing.")
            raise BadInput("past", late % {"promise": str(promise), "day": day}, "deadline")


def opened(promise: BreakfastPromise, *, by: User, at: datetime) -> Case:
    """The case of a promise, let in with the main office under the deadline of the minutes; the cooperating
    offices are asked to help in the same breath."""
    others = list(promise.cooperating.all())

    def detail(case: Case) -> PromiseMatter:
        return PromiseMatter.objects.create(
            case=case,
            breakfast=promise.breakfast,
            text=promise.text,
            raised=promise.topic.words if promise.topic else "",
            leader=promise.leader,
            cooperating="、".join(office.name for office in others)[:300],
            deadline=promise.deadline,
        )

    case = actions.institute(
        KIND,
        applicant=promise.company.party,
        office=promise.office,
        at=at,
        by=by,
        title=" ".join(promise.text.split())[:60],
        opening={"office": promise.office.code, "limits": {CLOCK: limit_of(promise, at)}},
        detail=detail,
    )
    promise.case = case
    promise.save(update_fields=["case"])
    for office in others:
        # Asked by the minutes and not by their signer, who has no part in the main office's case.
        actions.consult(case, by=None, at=at, office=office, text=promise.text)  # type: ignore[arg-type]
    return case


def limit_of(promise: BreakfastPromise, at: datetime) -> dict[str, Any]:
    """The day the minutes name, as a term counted from the signature; it rolls to no other day."""
    days = (promise.deadline - timezone.localtime(at).date()).days
    basis = f"企业家“早餐会”第{promise.breakfast.number}期会议纪要"
    return {"term": days, "unit": "calendar_days", "rolls": False, "ends": "close", "basis": basis}


def attended(breakfast: Breakfast) -> list[SignUp]:
    rows = SignUp.objects.shown().filter(breakfast=breakfast, standing=Standing.ATTENDED)
    return list(rows.order_by("position", "pk"))
