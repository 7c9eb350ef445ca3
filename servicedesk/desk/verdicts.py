"""What a clock that stopped in time may truly say: kept, kept against a later date than the first one told,
or broken off before anybody could keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, Prefetch, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from servicedesk.desk.models import Case, Clock, Promise

HANDED_ON = frozenset({"return_to_centre", "transfer"})
CLOSED = frozenset({"merge", "close"})
# What is asked for ends the check itself, and breaks off everything else.
CHECK = "check"


@dataclass(frozen=True)
class Verdict:
    """`look` is the badge's class: none, or the warning of a date that was moved."""

    look: str
    words: str


def verdict(clock: Clock) -> Verdict | None:
    """None where nothing needs to be said beside “on time” or “late”."""
    if clock.stopped_at is None:
        return None
    by = clock.stopped_by
    if by in CLOSED and clock.case.outcome == Case.Outcome.MERGED:
        return Verdict("off", _("Merged into another matter: goes on there"))
    is_handed_on = by in HANDED_ON or by.endswith(":returned")
    # An undone dispatch never made it the office's promise, late or not.
    if by == "recall" or (is_handed_on and not clock.late):
        return Verdict("off", _("Broken off: handed on"))
    if clock.late:
        return None
    if by in CLOSED and clock.case.outcome == Case.Outcome.WITHDRAWN:
        return Verdict("off", capfirst(str(Case.Outcome.WITHDRAWN.label)))
    if by == "ask_supplement" and clock.code != CHECK:
        return Verdict("off", _("Broken off: papers were asked for"))
    if by.endswith(":skipped"):
        return Verdict("off", _("Broken off: no longer needed"))
    first: datetime | None = getattr(clock, "first_due", None)
    if first is not None and clock.due_at is not None and first < clock.due_at and clock.stopped_at > first:
        told = date_format(timezone.localtime(first), "SHORT_DATETIME_FORMAT")
        return Verdict(
            "soon", _("On time against the later date; first promised %(when)s, missed") % {"when": told}
        )
    return None


def with_first_dates() -> Prefetch:
    """The clocks of cases, each with the first date told for it (`first_due`), in one query."""
    told = Promise.objects.filter(clock=OuterRef("pk"), due_at__isnull=False).order_by("pk")
    return Prefetch("clocks", Clock.objects.annotate(first_due=Subquery(told.values("due_at")[:1])))
