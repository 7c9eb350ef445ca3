"""Whose matter it is instead: the bodies outside that a refusal names, and how to reach them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from enterprises.models import OutsideBody
from enterprises.models.outside import bodies_on, body_called
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.registry import Words


def offered(case: Case) -> list[tuple[str, Words]]:
    """Codes and titles of the bodies a refusal may name today."""
    return [(body.code, f"{body.title()} · {body.purpose}") for body in bodies_on(timezone.localdate())]


def body_of(case: Case) -> OutsideBody | str | None:
    """The body the refusal of the case named: the row, the words of an older refusal, or nothing."""
    if case.outcome != Case.Outcome.NOT_ACCEPTED:
        return None
    event = case.events.filter(verb="refuse_acceptance").order_by("-seq").first()
    said = event.params.get("rightful", "") if event is not None else ""
    return body_called(said) or said or None


def part(case: Case, reader: User | None, at: datetime) -> dict[str, Any] | None:
    """Where to go instead, and how; for everybody who may see the case."""
    found = body_of(case)
    if found is None:
        return None
    return {"body": found} if isinstance(found, OutsideBody) else {"words": found}
