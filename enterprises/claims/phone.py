"""The legal representative's telephone: a code is sent to it, and whoever claims the company types it."""

from __future__ import annotations

import math
from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from enterprises.models import CompanyClaim
from servicedesk.accounts import codes, sms
from servicedesk.accounts.models import User
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case

# What the code is good for, and nothing else.
PURPOSE = "claim"


def require_open(claim: CompanyClaim, by: User) -> None:
    """Raise NotAllowed for anybody but who filed the claim, WrongState once it is decided or proven."""
    if claim.case.opened_by_id != by.pk:
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    if claim.case.state in {Case.State.DRAFT, Case.State.CLOSED} or claim.phone_proven_at is not None:
        raise WrongState("case-state", _("This is not possible where the matter stands now."))


def send_code(request: HttpRequest, claim: CompanyClaim, *, by: User, at: datetime) -> None:
    """Send a code to the legal representative. Raises BadInput when it was asked for too often, or when the
    message cannot be sent."""
    require_open(claim, by)
    try:
        codes.send(request, claim.representative_phone, PURPOSE, at)
    except codes.TooMany as error:
        minutes = math.ceil(error.wait / 60)
        raise BadInput(
            "too-often", _("No new code yet. Please try again in %(n)d minutes.") % {"n": minutes}, "code"
        ) from error
    except sms.SmsRefused as error:
        raise BadInput(
            "not-sent", _("The message could not be sent. Please try again later."), "code"
        ) from error


def prove(request: HttpRequest, claim: CompanyClaim, code: str, *, by: User, at: datetime) -> None:
    """Take the code that was typed. Raises BadInput where it is not the one sent last, or no longer good."""
    require_open(claim, by)
    if not codes.is_right(request, claim.representative_phone, PURPOSE, code, at):
        raise BadInput("wrong-code", _("This code is wrong or no longer valid."), "code")
    with transaction.atomic():
        CompanyClaim.objects.filter(pk=claim.pk, phone_proven_at=None).update(phone_proven_at=at)
