"""Appending to many chains of events at once: the set-based sibling of `trail.record`."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence

from django.db.models import OuterRef, Subquery

from servicedesk.desk.models import Event
from servicedesk.desk.storing import store
from servicedesk.desk.trail import GENESIS, digest_of, sealed, touch

# What rings by the thousand and changes nothing that is counted.
TELLS_ONLY = frozenset({"alarm"})


def tails(chains: Iterable[str]) -> dict[str, Event]:
    """Return the last event of each chain that has one, in one query."""
    newest = Event.objects.filter(chain=OuterRef("chain")).order_by("-seq").values("seq")[:1]
    found = Event.objects.filter(chain__in=list(chains), seq=Subquery(newest))
    return {event.chain: event for event in found.only("chain", "seq", "digest", "at")}


def append(events: Sequence[Event]) -> None:
    """Tie the given events to the ends of their chains, in this order, and store them in one insert.

    The caller holds the locks of the chains' objects; the unique place in a chain refuses a second writer."""
    last = tails({event.chain for event in events})
    for event in events:
        tie(event, last.get(event.chain))
        last[event.chain] = event
    store(Event, events)
    touch({event.case_id for event in events if event.case_id is not None and event.verb not in TELLS_ONLY})


def tie(event: Event, before: Event | None) -> None:
    """Give `event` its place after `before`: sequence, time that never falls, seal and digest."""
    event.seq = before.seq + 1 if before else 1
    event.at = max(event.at, before.at) if before else event.at
    event.params = json.loads(json.dumps(event.params))
    event.salt = secrets.token_hex(16)
    event.seal = sealed(event.salt, event.title, event.body)
    event.digest = digest_of(event, before.digest if before else GENESIS)
