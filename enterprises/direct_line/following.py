"""What follows a verb on a direct-line matter, in its transaction: one function for each consequence."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from enterprises.claims.looked_after import tell_manager
from enterprises.direct_line import bad_reviews, revisits
from enterprises.direct_line.rulings import keep_ruling
from enterprises.oversight import escalation, orders
from servicedesk.desk.models import Event

if TYPE_CHECKING:
    from servicedesk.desk.actions.frame import Work

Consequence = Callable[["Work", Event], None]

# verb: what follows it, in this order.
AFTER: dict[str, tuple[Consequence, ...]] = {
    "submit": (tell_manager,),
    "rule": (keep_ruling,),
    "sign_off": (revisits.ask,),
    "confirm": (revisits.keep,),
    "revisit": (revisits.keep,),
    "rate": (bad_reviews.follow_up,),
    "redo": (orders.after_redo,),
    "escalate": (escalation.put_up,),
}


def follow(work: Work, event: Event) -> None:
    """Called at the end of every verb."""
    for consequence in AFTER.get(work.verb, ()):
        consequence(work, event)
