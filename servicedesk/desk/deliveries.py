"""What of a case's news did not reach somebody, and what was done instead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.masks import masked
from servicedesk.desk.models import Case, Notice

State, Way = Notice.State, Notice.Channel
SHOWN = 20
STANDING: dict[str, str | Promise] = {
    State.QUEUED: _("waits to be sent"),
    State.SENT: _("sent instead"),
    State.DEAD: _("failed as well"),
}


@dataclass(frozen=True)
class Failure:
    channel: str
    whom: str
    at: datetime
    instead: str = ""
    standing: str | Promise = ""


def failures_of(case: Case) -> list[Failure]:
    """The latest notices of the case that were given up, each with the one that made up for it."""
    dead = Notice.objects.filter(event__case=case, state=State.DEAD).exclude(channel=Way.WEBHOOK)
    rows = dead.select_related("recipient", "made_up_by").order_by("-created_at", "-pk")[:SHOWN]
    return list(_failures(case, rows))


def _failures(case: Case, rows: Iterable[Notice]) -> Iterator[Failure]:
    for notice in rows:
        follows = getattr(notice, "made_up_by", None)
        yield Failure(
            notice.get_channel_display(),
            _whom(case, notice),
            notice.created_at,
            follows.get_channel_display() if follows else "",
            STANDING[follows.state] if follows else "",
        )


def _whom(case: Case, notice: Notice) -> str:
    """A member of staff by name; of the applicant's people only for whom they act."""
    if notice.recipient is None:
        return masked(notice.address, "email" if "@" in notice.address else "phone")
    return str(notice.recipient) if notice.recipient.is_staff else case.applicant.name
