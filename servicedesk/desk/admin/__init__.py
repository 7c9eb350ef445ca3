"""The desk in the stock admin: the queue, the registers, the outbox and the trail."""

from servicedesk.desk.admin import (
    calendar,
    canned,
    cases,
    channels,
    deputies,
    entrances,
    history,
    keeping,
    outbox,
    parties,
    people,
    rules,
    tokens,
    trails,
)

__all__ = [
    "calendar",
    "canned",
    "cases",
    "channels",
    "deputies",
    "entrances",
    "history",
    "keeping",
    "outbox",
    "parties",
    "people",
    "rules",
    "tokens",
    "trails",
]
