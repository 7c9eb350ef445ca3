"""Numbers of construction permits: 6 digits of the region, 8 of the day, 2 of the day's serial, 2 of the
class, and the suffix of the stage."""

from __future__ import annotations

from datetime import date

from django.db.models import F
from django.utils.translation import gettext as _

from approvals.models import PermitSeries
from servicedesk.desk.errors import BadInput

# The city as GB/T 2260 has it.
REGION = "370281"
# Two digits hold no more.
MOST_A_DAY = 99


def next_permit_number(on: date, category: str, suffix: str = "") -> str:
    """The next number of the day, inside the verb's transaction: the day's row stays locked until the commit,
    and a rollback gives the serial back. Raises BadInput after the ninety-ninth of a day."""
    serial = _next_serial(on)
    if serial > MOST_A_DAY:
        full = _(
            "The numbers of this day are used up: at most %(most)d permits a day. Please decide tomorrow."
        )
        raise BadInput("no-number", full % {"most": MOST_A_DAY})
    return f"{REGION}{on:%Y%m%d}{serial:02}{category}{suffix}"


def _next_serial(on: date) -> int:
    mine = PermitSeries.objects.filter(day=on)
    if not mine.update(last=F("last") + 1):
        PermitSeries.objects.get_or_create(day=on)
        mine.update(last=F("last") + 1)
    return mine.values_list("last", flat=True).get()
