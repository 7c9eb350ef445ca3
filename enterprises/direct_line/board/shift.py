"""The hand-over sheet 交接班: what a shift leaves behind, kept as a record another dispatcher confirms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.direct_line.board.waiting import KIND, is_returned, waiting, with_facts
from enterprises.models import HandOver, ReturnReason
from servicedesk.accounts.models import Office, User
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case, Clock, Event
from servicedesk.desk.permissions import is_dispatcher, today
from servicedesk.desk.queue import cases_of_desk
from servicedesk.desk.trail import chain_of_row, record

# More than this no dispatcher reads at the end of a shift; the number of each list is of all.
LISTED = 300
PARTS = ("came_in", "dispatched", "returned", "waiting", "calls")


@dataclass(frozen=True)
class Line:
    """One line of a part: the matter as the reader may see it, when, at which office, and why."""

    case: Case
    at: datetime | None
    office: Office | None
    words: str


def gathered(since: datetime, until: datetime, user: User, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """What the sheet of this time says, as it is kept: numbers, moments, codes of offices, no words."""
    seen = cases_of_desk(user, at).filter(kind=KIND)
    came = seen.filter(submitted_at__gte=since, submitted_at__lt=until).order_by("submitted_at", "pk")
    events = Event.objects.filter(case__in=seen, at__gte=since, at__lt=until).order_by("at", "pk")
    calls = Clock.objects.running().filter(case__in=seen, code="revisit").order_by(F("due_at").asc(), "pk")
    left = with_facts(waiting(user, at)).prefetch_related(None)
    back = set(waiting(user, at).filter(is_returned()).values_list("pk", flat=True))
    return {
        "came_in": [_line(number, moment) for number, moment in came.values_list("number", "submitted_at")],
        "dispatched": [
            _line(number, moment, params.get("to", ""))
            for number, moment, params in events.filter(verb__in=["dispatch", "rule"]).values_list(
                "case__number", "at", "params"
            )
        ],
        "returned": [
            _line(number, moment, params.get("from", ""), params.get("code", ""))
            for number, moment, params in events.filter(verb="return_to_centre").values_list(
                "case__number", "at", "params"
            )
        ],
        "waiting": [
            _line(case.number, case.nearest, why="returned" if case.pk in back else "") for case in left
        ],
        "calls": [_line(number, moment) for number, moment in calls.values_list("case__number", "due_at")],
    }


def _line(number: str | None, at: datetime | None, office: str = "", why: str = "") -> dict[str, Any]:
    return {"number": number, "at": at.isoformat() if at else None, "office": office, "why": why}


def told(snapshot: dict[str, Any], user: User, at: datetime) -> dict[str, list[Line]]:
    """The lines of a sheet with their titles, as far as this reader may know of the matters."""
    kept = {part: snapshot.get(part, [])[:LISTED] for part in PARTS}
    numbers = {line["number"] for lines in kept.values() for line in lines}
    seen = cases_of_desk(user, at).filter(number__in=numbers).select_related("applicant")
    cases = {case.number: case for case in seen}
    offices = {office.code: office for office in Office.objects.all()}
    reasons = {reason.code: reason.title() for reason in ReturnReason.objects.all()}
    reasons["returned"] = _("came back")
    return {part: list(_lines(lines, cases, offices, reasons)) for part, lines in kept.items()}


def _lines(
    lines: list[dict[str, Any]],
    cases: dict[str | None, Case],
    offices: dict[str, Office],
    reasons: dict[str, str],
) -> Iterator[Line]:
    for line in lines:
        case = cases.get(line["number"])
        if case is not None:
            yield Line(
                case,
                datetime.fromisoformat(line["at"]) if line["at"] else None,
                offices.get(line["office"]),
                reasons.get(line["why"], line["why"]),
            )


@transaction.atomic
def write(since: datetime, until: datetime, note: str, *, by: User, at: datetime) -> HandOver:
    """Keep the sheet of a shift. Raises NotAllowed for whoever does not dispatch, BadInput for a time that
    cannot be."""
    if not is_dispatcher(by, today(at)):
        raise NotAllowed("not-yours", _("Only dispatchers hand a shift over."))
    if until <= since:
        raise BadInput("ends-before-it-begins", _("It cannot end before it begins."), "until")
    if until > at:
        raise BadInput("in-the-future", _("A shift that is not over is not handed over."), "until")
    row = HandOver.objects.create(
        since=since,
        until=until,
        by=by,
        made_at=at,
        snapshot=gathered(since, until, by, at),
        note=note.strip()[:2000],
    )
    counts = {part: len(lines) for part, lines in row.snapshot.items()}
    facts = {"fields": {"since": since.isoformat(), "until": until.isoformat()}, "counts": counts}
    record(chain_of_row(row), "register_add", at=at, by=by, params=facts)
    return row


@transaction.atomic
def take_over(row: HandOver, *, by: User, at: datetime) -> HandOver:
    """Confirm that the shift was taken over. Raises NotAllowed for its own writer, WrongState once it was."""
    held = HandOver.objects.select_for_update().get(pk=row.pk)
    if not is_dispatcher(by, today(at)):
        raise NotAllowed("not-yours", _("Only dispatchers take a shift over."))
    if held.by_id == by.pk:
        raise NotAllowed("own-shift", _("Somebody else takes your shift over."))
    if held.taken_at is not None:
        raise WrongState("taken-over", _("This shift was taken over already."))
    HandOver.objects.filter(pk=held.pk).update(taken_by=by, taken_at=at)
    facts = {"fields": {"taken_by": [None, by.pk]}}
    record(chain_of_row(held), "register_change", at=at, by=by, params=facts)
    held.refresh_from_db()
    return held


def usual_since(user: User, at: datetime) -> datetime:
    """Where a shift usually begins: where the last one ended today, else this morning at half past eight."""
    morning = timezone.localtime(at).replace(hour=8, minute=30, second=0, microsecond=0)
    begun = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    last = HandOver.objects.filter(until__gte=begun, until__lt=at).order_by("-until").first()
    return last.until if last is not None else min(morning, begun if at <= morning else morning)
