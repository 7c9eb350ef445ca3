"""Which clocks an item needs a limit for, by the law it is handled under."""

from __future__ import annotations

from approvals.catalogue.facts import PROMISED, Facts
from approvals.models import ServiceItem

Procedure = ServiceItem.Procedure
# A filing or public service may have no statutory limit; everything else has one.
NEEDED: dict[str, tuple[str, ...]] = {
    Procedure.LICENCE: ("check", "statutory", PROMISED),
    Procedure.RECEIPT: ("statutory", PROMISED),
    Procedure.REGISTRATION: ("statutory", PROMISED),
    Procedure.SERVICE: (PROMISED,),
}


def needed_clocks(item: Facts) -> tuple[str, ...]:
    """Clocks without whose limits an application could not be handled."""
    return NEEDED[item["procedure"]] + (("deliver",) if item["is_delivered"] else ())
