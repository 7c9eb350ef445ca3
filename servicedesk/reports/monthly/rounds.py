"""What the sweep does for the reports: mails that are due, open months, frozen figures that changed."""

from __future__ import annotations

from datetime import datetime

from servicedesk.desk.rounds import register_round
from servicedesk.reports.monthly import correcting, mailing, public


@register_round
def send_scheduled(at: datetime) -> int:
    return mailing.send_due(at)


@register_round
def keep_open_months(at: datetime) -> int:
    """It is nobody's duty: none is counted."""
    public.keep_months(at)
    return 0


@register_round
def compare_frozen(at: datetime) -> int:
    return correcting.compare_next(at)
