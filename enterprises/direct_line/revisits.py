"""The follow-up of an answer 回访: the one-time link it is asked with, and the rows of what was said."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from enterprises.models import DirectLineMatter, Revisit, RevisitLink
from servicedesk.accounts import sms
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Event, Notice, Step
from servicedesk.desk.notices import tell_address

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

# Without signs that are taken for one another; twelve of them are 58 bits.
SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 12


def ask(work: Work, event: Event) -> None:
    """As an answer goes out, send the one-time link to the number the company gave."""
    matter = DirectLineMatter.objects.filter(case=work.case).first()
    step = next(
        (each for each in work.steps if each.code == "confirm" and each.state == Step.State.RUNNING), None
    )
    if matter is None or step is None or not matter.contact_phone or not sms.is_on():
        return
    token = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    word = work.case.clocks.filter(code="word", stopped_at=None).first()
    RevisitLink.objects.create(
        case=work.case,
        round=step.round,
        digest=digest_of(token),
        made_at=work.at,
        expires_at=word.due_at if word else None,
    )
    said = {"number": str(work.case.number), "link": f"{settings.SITE_URL}/r/{token}"}
    tell_address(event, Notice.Channel.SMS, matter.contact_phone, "revisit", said, work.at)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(token: str, at: datetime) -> RevisitLink | None:
    """The link of that token while it may be used: unused, in time, its answer still waiting for a word."""
    found = (
        RevisitLink.objects.open(at).filter(digest=digest_of(token)).select_related("case__office").first()
    )
    if found is None or found.case.state != Case.State.DECIDED:
        return None
    waits = found.case.steps.filter(code="confirm", round=found.round, state=Step.State.RUNNING)
    return found if waits.exists() else None


@transaction.atomic
def answer(link: RevisitLink, said: dict[str, Any], at: datetime) -> bool:
    """Take the company's word by its link, once; False where the link was used a moment ago."""
    if not RevisitLink.objects.open(at).filter(pk=link.pk).update(used_at=at):
        return False
    actions.revisit(link.case, by=None, at=at, how=Revisit.How.LINK, **said)
    return True


def keep(work: Work, event: Event) -> None:
    """Keep what was said as a row, and how content the company is where it said so."""
    told = event.params
    confirmed = work.verb == "confirm"
    Revisit.objects.create(
        case=work.case,
        round=work.step.round if work.step is not None else 1,
        result=Revisit.Result.SOLVED if confirmed else told["result"],
        level=told.get("level"),
        how=Revisit.How.PORTAL if confirmed else told["how"],
        by=None if confirmed else work.by,
        at=work.at,
    )
    if told.get("level") is not None:
        rows = DirectLineMatter.objects.filter(case=work.case)
        rows.update(rating=told["level"], rating_text=event.body[:1000], rated_at=work.at)
