"""When a channel fails for good, the person's next one speaks, once: the row it makes up for is unique."""

from __future__ import annotations

from datetime import datetime

from servicedesk.desk.channels.choice import GRAVE, ORDER, Choices, address_of
from servicedesk.desk.models import Notice

State = Notice.State
# What is waited for, or said already, need not be made up for.
ALIVE = [State.QUEUED, State.SENT]


def fall_back(failed: Notice, at: datetime) -> Notice | None:
    """Queue the notice for the person's next channel and return it; None where another channel has it, or
    none is left. Call it in the transaction that gives `failed` up."""
    user = failed.recipient
    if user is None or Notice.objects.filter(instead_of=failed).exists():
        return None
    tried = Notice.objects.filter(event=failed.event_id, recipient=user, channel__in=ORDER)
    known: dict[str, str] = dict(tried.values_list("channel", "state"))
    known[failed.channel] = State.DEAD
    if any(state in ALIVE for state in known.values()):
        return None
    choices = Choices([user])
    wanted = (
        ORDER if failed.sort in GRAVE else [channel for channel, _address in choices.of(user, failed.sort)]
    )
    ways = ((channel, address_of(user, channel)) for channel in ORDER if channel not in known)
    way = next(((channel, address) for channel, address in ways if address and channel in wanted), None)
    if way is None:
        return None
    return Notice.objects.create(
        event_id=failed.event_id,
        recipient=user,
        channel=way[0],
        address=way[1],
        sort=failed.sort,
        language=failed.language,
        subject=failed.subject,
        body=failed.body,
        template=failed.template,
        params=failed.params,
        instead_of=failed,
        created_at=at,
        next_try_at=choices.not_before(user, way[0], at),
    )
