"""Urging in bulk 催办: matters at the offices whose next limit nears or has passed, each done by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.direct_line.board.waiting import KIND, with_nearest
from servicedesk.accounts.models import Office, User
from servicedesk.desk import actions
from servicedesk.desk.actions.locking import lock
from servicedesk.desk.errors import DeskError, WrongState
from servicedesk.desk.models import Case, Event
from servicedesk.desk.queue import cases_of_desk, with_rows, with_standstills

# The limits of so long ahead are urged about; and nobody is urged about the same matter twice in a day.
NEAR = timedelta(hours=24)
AGAIN_AFTER = timedelta(hours=24)
SHOWN = 200
# With these the matter came to another office, which nobody has urged yet.
MOVES = ("dispatch", "rule", "transfer")


@dataclass(frozen=True)
class Urgent:
    """A matter to urge about; `urged_at` where that was done lately."""

    case: Any
    urged_at: datetime | None


@dataclass(frozen=True)
class OfficeRows:
    office: Office
    rows: list[Urgent]


@dataclass(frozen=True)
class Said:
    """What became of one matter."""

    case: Case
    done: bool
    sentence: str


def urgent(user: User, at: datetime) -> list[OfficeRows]:
    """By office, the first due first; in a fixed number of queries."""
    found = cases_of_desk(user, at).filter(kind=KIND, state=Case.State.ACCEPTED)
    near = with_nearest(found).filter(nearest__lt=at + NEAR).order_by(F("nearest").asc(), "pk")
    rows = with_rows(near)[:SHOWN]
    cases = with_standstills(list(rows))
    urged = urged_lately([case.pk for case in cases], at)
    by_office = sorted(cases, key=lambda case: (case.office.sort, case.office.code))
    return [
        OfficeRows(group[0].office, [Urgent(case, urged.get(case.pk)) for case in group])
        for group in (list(rows) for _key, rows in groupby(by_office, key=lambda case: case.office_id))
    ]


def urged_lately(cases: Iterable[int], at: datetime) -> dict[int, datetime]:
    """When the house last urged the office that has each of these matters, within the declared time."""
    lately = Event.objects.filter(case__in=list(cases), at__gt=at - AGAIN_AFTER, verb__in=["nudge", *MOVES])
    found: dict[int, datetime] = {}
    told = lately.order_by("case", "seq").values_list("case", "verb", "at", "by__is_staff")
    for case, verb, moment, by_staff in told:
        if verb == "nudge" and by_staff:
            found[case] = moment
        elif verb in MOVES:
            found.pop(case, None)
    return found


def urge(numbers: Iterable[str], note: str, *, by: User, at: datetime) -> list[Said]:
    """Urge about each of these matters in a transaction of its own; one sentence for each."""
    cases = cases_of_desk(by, at).filter(kind=KIND, number__in=list(numbers)).select_related("office")
    return [_urged(case, note, by, at) for case in cases.order_by("pk")[:SHOWN]]


def _urged(case: Case, note: str, by: User, at: datetime) -> Said:
    try:
        with transaction.atomic():
            locked = lock(case)
            # Asked under the lock: of two dispatchers at once the second finds the first one's word.
            if (before := urged_lately([locked.pk], at).get(locked.pk)) is not None:
                raise WrongState("urged-already", _already(before))
            if locked.state != Case.State.ACCEPTED:
                raise WrongState("case-state", _("This is not possible where the matter stands now."))
            actions.nudge(locked, by=by, at=at, text=note)
            return Said(locked, True, _("%(office)s has been urged.") % {"office": locked.office.title()})
    except DeskError as error:
        return Said(case, False, str(error))


def _already(before: datetime) -> str:
    told = {
        "time": f"{timezone.localtime(before):%m-%d %H:%M}",
        "n": int(AGAIN_AFTER.total_seconds() // 3600),
    }
    return _("This office was urged about it at %(time)s; again after %(n)d hours at the earliest.") % told
