"""What a notice would move, and its entry: all of it or nothing, and nothing the second time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.actions import redating
from servicedesk.desk.actions.redating import foresee
from servicedesk.desk.calendars import as_if, calendar_of, current_version
from servicedesk.desk.errors import Conflict
from servicedesk.desk.models import CalendarDay, CalendarNotice, Event
from servicedesk.desk.notice_files.announcing import Announced
from servicedesk.desk.notice_files.checking import Turned, calendar_faults, faults, remarks, turned
from servicedesk.desk.notice_files.refusals import NoticeRefused
from servicedesk.desk.shifts import Redated
from servicedesk.desk.trail import chain_of_row, record

VERB = "register_add"
LOOKED_AT = timedelta(days=2)
# What tells one notice from another besides its days, where it was said.
SAYS = {"title": "title", "number": "number", "source": "source", "published": "published_on"}


@dataclass(frozen=True)
class Preview:
    """What entering a notice after calendar version `after` would do. `known` is the notice where it stands
    in the register already: then there is nothing to do."""

    new: Announced
    after: int
    known: CalendarNotice | None = None
    turned: list[Turned] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    redated: Redated = field(default_factory=Redated)


def known_as(new: Announced) -> CalendarNotice | None:
    """The notice of the register with the same days for the same year, and with everything that was said of
    it; None where there is none. One that a later notice has corrected since is known all the same."""
    wanted, days = {SAYS[name]: getattr(new, SAYS[name]) for name in new.given & SAYS.keys()}, new.days()
    rows = CalendarNotice.objects.filter(year=new.year, **wanted).prefetch_related("days")
    for row in rows.order_by("-version"):
        if {(each.day, each.works, each.name) for each in row.days.all()} == days:
            return row
    return None


def preview(new: Announced, at: datetime) -> Preview:
    """What entering the notice would do; nothing is written. Raises NoticeRefused for one that cannot be."""
    if wrong := faults(new):
        raise NoticeRefused(wrong)
    after = current_version()
    if known := known_as(new):
        return Preview(new, after, known)
    counted = new.counted(after + 1)
    now, then = calendar_of(None, after), as_if(counted)(None)
    if wrong := calendar_faults(new, then):
        raise NoticeRefused(wrong)
    return Preview(
        new, after, None, turned(new, now, then), remarks(new, now, then), foresee(new.row(), counted, at)
    )


@transaction.atomic
def enter(seen: Preview, *, at: datetime, by: User | None = None, sha256: str = "") -> CalendarNotice:
    """Enter the notice of a preview as the newest calendar version, and note in its chain what was foreseen.

    A notice that is known is returned as it stands. Raises Conflict where another was entered meanwhile."""
    new = seen.new
    CalendarNotice.objects.select_for_update().order_by("-version").values_list("pk").first()
    if known := known_as(new):
        return known
    if current_version() != seen.after:
        raise Conflict("calendar-changed", _("Another notice was entered meanwhile; please look again."))
    notice = new.row()
    notice.enter()
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, day=row.day, works=row.works, name=row.name) for row in new.rows
    )
    params = {"days": len(new.rows), "sha256": sha256, "foreseen": seen.redated.sums()}
    record(chain_of_row(notice), VERB, at=at, by=by, params=params, title=notice.title)
    return notice


def foreseen(entry: Event | None) -> Redated | None:
    """The sums that were foreseen at the entry of a notice from a file; None for one that was typed."""
    sums = entry.params.get("foreseen") if entry else None
    return Redated(**sums) if sums else None


def moved_since(entry: Event, version: int) -> int:
    """How many cases the notice has moved. They are dated within minutes; two days bound the question."""
    told = Event.objects.filter(at__gte=entry.at, at__lte=entry.at + LOOKED_AT, verb=redating.VERB)
    return told.filter(params__redated__0__calendar=version).count()
