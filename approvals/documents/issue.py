"""Issuing: a number without gaps in its office and year, and facts that no longer change."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from approvals.models import Document, DocumentSeries
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Case, Event

Facts = dict[str, Any]


def issue(case: Case, sort: str, *, event: Event, at: datetime, facts: Facts) -> Document:
    """Issue a paper of a locked case inside the verb's transaction, and return it; the same event gives the
    same sort of paper once, however often it is asked for."""
    there = Document.objects.filter(event=event, sort=sort).first()
    if there is not None:
        return there
    kept = json.loads(json.dumps(facts))
    year = timezone.localtime(at).year
    return Document.objects.create(
        case=case,
        event=event,
        sort=sort,
        office=case.office,
        year=year,
        number=next_number(case.office, year),
        facts=kept,
        digest=digest_of(kept),
        issued_at=at,
    )


def next_number(office: Office, year: int) -> int:
    """The next number of the office in that year. Its row stays locked until the commit, and a rollback gives
    the number back; no transaction issues for two offices, so none waits for another in a circle."""
    mine = DocumentSeries.objects.filter(office=office, year=year)
    if not mine.update(last=F("last") + 1):
        DocumentSeries.objects.get_or_create(office=office, year=year)
        mine.update(last=F("last") + 1)
    return mine.values_list("last", flat=True).get()


def digest_of(facts: Facts) -> str:
    """SHA-256 of the facts in one canonical writing."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
