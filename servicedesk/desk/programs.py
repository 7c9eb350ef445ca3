"""What the programs of companies and offices are told: that something happened, and nothing of a person."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Q

from servicedesk.desk.channels.webhook import address_of
from servicedesk.desk.models import Case, Notice, WebhookEndpoint
from servicedesk.desk.outgoing import Telling, link_to


def to_programs(tellings: Sequence[Telling], at: datetime) -> Iterator[Notice]:
    """Unsaved notices to the webhooks of the parties and offices whose cases are spoken of.

    A party's program hears what the applicant is told, an office's what is told of the office's cases."""
    cases = {telling.event.pk: telling.event.case for telling in tellings}
    known = [case for case in cases.values() if case is not None and case.number]
    if not known:
        return
    parties = {key for case in known for key in (case.applicant_id, case.about_id) if key is not None}
    offices = {case.office_id for case in known}
    listening = WebhookEndpoint.objects.filter(Q(party__in=parties) | Q(office__in=offices), is_on=True)
    endpoints = list(listening)
    for telling in tellings if endpoints else ():
        case = cases[telling.event.pk]
        if case is None or not case.number:
            continue
        for endpoint in endpoints:
            if _hears(endpoint, telling, case):
                yield _call(endpoint, telling, case, at)


def _hears(endpoint: WebhookEndpoint, telling: Telling, case: Case) -> bool:
    if endpoint.office_id is not None:
        return endpoint.office_id == case.office_id
    to_applicant = telling.event.public or any(not user.is_staff for user in telling.recipients)
    return to_applicant and endpoint.party_id in {case.applicant_id, case.about_id}


def _call(endpoint: WebhookEndpoint, telling: Telling, case: Case, at: datetime) -> Notice:
    event = telling.event
    said = {
        "type": f"case.{event.verb}",
        "timestamp": event.at.isoformat(),
        "data": {
            "number": case.number,
            "kind": case.kind,
            "state": case.state,
            "event": event.verb,
            "link": link_to(case, is_staff=endpoint.office_id is not None),
        },
    }
    return Notice(
        event_id=event.pk,
        channel=Notice.Channel.WEBHOOK,
        address=address_of(endpoint),
        sort=telling.sort,
        language=settings.LANGUAGE_CODE,
        body=json.dumps(said, ensure_ascii=False, separators=(",", ":")),
        created_at=at,
        next_try_at=at,
    )
