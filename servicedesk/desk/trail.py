"""Writing into the chains of events. One chain per case, per register object, per user; never one for all."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from datetime import UTC, datetime
from typing import Any

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Event, Step

GENESIS = "0" * 64


def chain_of_case(case: Case | int) -> str:
    return f"case:{case if isinstance(case, int) else case.pk}"


def chain_of_user(user: User | int) -> str:
    return f"user:{user if isinstance(user, int) else user.pk}"


def sealed(salt: str, title: str, body: str) -> str:
    """Return H(salt, title, body): what stays of the words when they are erased."""
    return hashlib.sha256(f"{salt}\0{title}\0{body}".encode()).hexdigest()


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(event: Event, previous: str) -> str:
    """Return the digest that ties `event` to the one before it (`previous`, hex; GENESIS for the first)."""
    facts = [
        previous,
        event.chain,
        event.seq,
        event.case_id,
        event.step_id,
        event.verb,
        event.by_id,
        _instant(event.at),
        _instant(event.effective_at),
        str(event.click),
        event.public,
        event.params,
        event.seal,
    ]
    packed = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(packed.encode()).hexdigest()


def last_of(chain: str) -> Event | None:
    return Event.objects.filter(chain=chain).only("chain", "seq", "at", "digest").order_by("-seq").first()


def record(
    chain: str,
    verb: str,
    *,
    at: datetime,
    by: User | None = None,
    effective_at: datetime | None = None,
    case: Case | None = None,
    step: Step | None = None,
    public: bool = False,
    params: dict[str, Any] | None = None,
    title: str = "",
    body: str = "",
    click: uuid.UUID | None = None,
) -> Event:
    """Append one event and return it. The caller holds the lock of the chain's object; the unique
    constraint on (chain, seq) refuses a second writer that does not. `at` never falls along a chain."""
    before = last_of(chain)
    salt = secrets.token_hex(16)
    event = Event(
        chain=chain,
        seq=before.seq + 1 if before else 1,
        case=case,
        step=step,
        verb=verb,
        by=by,
        at=max(at, before.at) if before else at,
        effective_at=effective_at or at,
        click=click or uuid.uuid4(),
        public=public,
        params=json.loads(json.dumps(params or {})),
        title=title[:200],
        body=body,
        salt=salt,
    )
    event.seal = sealed(salt, event.title, event.body)
    event.digest = digest_of(event, before.digest if before else GENESIS)
    event.save(force_insert=True)
    return event
