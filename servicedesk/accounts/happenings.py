"""What happens to an account is told to whoever keeps the record: the desk, which stands above this room.

A listener is registered once, at the start. It writes in the caller's transaction, so that nothing happens to
an account without its line in the chain."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # The desk registers its listener before the models are there.
    from servicedesk.accounts.models import User


@dataclass(frozen=True)
class Happening:
    """`facts` stay for ever; `body` holds what may have to be erased one day (addresses, numbers)."""

    user: User
    verb: str
    at: datetime
    by: User | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    body: str = ""


Listener = Callable[[Happening], None]
_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    if listener not in _listeners:
        _listeners.append(listener)


def happened(
    user: User,
    verb: str,
    at: datetime,
    *,
    by: User | None = None,
    body: str = "",
    **facts: Any,
) -> None:
    for listener in _listeners:
        listener(Happening(user, verb, at, by, facts, body))
