"""Writing into the chains of events. One chain per case, per register object, per user; never one for all."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Container, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import models, transaction

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Event, Step, Touched
from servicedesk.desk.storing import store

GENESIS = "0" * 64


def chain_of_case(case: Case | int) -> str:
    return f"case:{case if isinstance(case, int) else case.pk}"


def chain_of_user(user: User | int) -> str:
    return f"user:{user if isinstance(user, int) else user.pk}"


def chain_of_row(row: models.Model) -> str:
    """The chain of a row of a register."""
    return f"register:{row._meta.model_name}:{row.pk}"


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


def plain(value: Any) -> Any:
    """A value as it may stand in an event: rows by key, everything else as JSON knows it or as text."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, models.QuerySet | list | tuple):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def changes(given: Mapping[str, tuple[Any, Any]], personal: Container[str], of: str = "") -> dict[str, Any]:
    """{field: [before, after]} as it may stand in an event; of personal fields only that they changed."""
    return {
        name: None if of + name in personal else [plain(before), plain(after)]
        for name, (before, after) in given.items()
    }


def row_facts(model: str, pk: int, did: str, fields: dict[str, Any]) -> dict[str, Any]:
    """What was done to one row, as it stands in the chain of what the row hangs on."""
    return {"model": model, "pk": pk, "did": did, "fields": fields}


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
    if event.case_id is not None:
        touch([event.case_id])
    return event


def touch(cases: Iterable[int]) -> None:
    """Have the reading side look at these cases again, in one insert."""
    store(Touched, [Touched(case=case) for case in cases])


@transaction.atomic
def log_export(user: User, at: datetime, facts: dict[str, Any], reason: str = "") -> None:
    """Write on the user's chain what they took along, and why."""
    User.objects.select_for_update().get(pk=user.pk)
    record(chain_of_user(user), "export", at=at, by=user, params=facts, body=reason[:500])
