"""What waits to be dispatched, by whichever promise falls first; and what was dispatched a moment ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery, Window

from enterprises.models import DirectLineMatter
from servicedesk.accounts.models import User
from servicedesk.clock import Reckoning, Term
from servicedesk.desk.calendars import calendar_of
from servicedesk.desk.models import Case, Clock, Event, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.queue import cases_of_desk
from servicedesk.desk.registry import CENTRE, kind_of
from servicedesk.desk.undoing import HARMLESS, RECALLED

KIND = "direct-line"
PAGE = 20
# Of what was dispatched moments ago the latest are shown where they stood.
DONE_SHOWN = 8
FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    """A matter to dispatch with its clocks, those that have stopped included."""

    case: Any

    @property
    def matter(self) -> DirectLineMatter:
        found: DirectLineMatter = self.case.direct_line
        return found

    @property
    def clock(self) -> Clock | None:
        """The first due of those that run."""
        running = [each for each in self.case.clocks.all() if each.stopped_at is None]
        return min(running, key=lambda each: (each.due_at or FAR, each.pk), default=None)

    @property
    def rank(self) -> datetime:
        return self.case.nearest or FAR

    @property
    def returned_by(self) -> set[int]:
        """Keys of the offices that gave it back."""
        clocks = self.case.clocks.all()
        return {each.office_id for each in clocks if each.stopped_by == "return_to_centre"}

    @property
    def more(self) -> str:
        """What the letter says beyond its title, which is its beginning until the centre retitles it."""
        text, title = self.matter.text.strip(), self.case.title.strip()
        if not title or not text.startswith(title):
            return text
        rest = text[len(title) :].lstrip("，。；、,.;")
        return f"…{rest}" if rest else ""

    @property
    def words(self) -> str:
        return f"{self.case.title} {self.matter.text}"


@dataclass(frozen=True)
class Done:
    """A matter dispatched moments ago, in its old place, until its dispatch can no longer be undone."""

    case: Any
    event: Event
    until: datetime

    @property
    def rank(self) -> datetime:
        return self.case.nearest or FAR


@dataclass(frozen=True)
class Page:
    rows: list[Row]
    done: list[Done]
    number: int
    returned: int
    page: int

    @property
    def entries(self) -> list[Row | Done]:
        return sorted([*self.rows, *self.done], key=lambda each: (each.rank, each.case.pk))

    @property
    def pages(self) -> int:
        return max(1, -(-self.number // PAGE))


def waiting(user: User, at: datetime) -> CaseQuerySet:
    """Matters of the direct line that the user sees and that stand at the centre's dispatch."""
    here = Step.objects.filter(case=OuterRef("pk"), code="dispatch", state=Step.State.RUNNING)
    found = cases_of_desk(user, at).filter(kind=KIND, state=Case.State.SUBMITTED, office__code=CENTRE)
    return found.filter(Exists(here))


def is_returned() -> Q:
    """That an office has given it back; a dispatch that was undone was never the office's."""
    back = Step.objects.filter(case=OuterRef("pk"), code="contact", state=Step.State.RETURNED)
    return Q(Exists(back.exclude(outcome=RECALLED)))


def with_nearest(cases: CaseQuerySet) -> Any:
    """With `nearest`, the due moment that falls first."""
    due = Clock.objects.running().filter(case=OuterRef("pk"), due_at__isnull=False).order_by("due_at")
    return cases.annotate(nearest=Subquery(due.values("due_at")[:1]))


def with_facts(cases: CaseQuerySet) -> Any:
    """With everything a row needs, the promise that falls first in front."""
    return (
        with_nearest(cases)
        .select_related(
            "applicant__company__town",
            *(f"direct_line__{name}" for name in ("topic", "town", "industry", "urgency")),
        )
        .prefetch_related(Prefetch("clocks", Clock.objects.order_by("due_at", "pk")))
        .order_by(F("nearest").asc(nulls_last=True), "pk")
    )


def board(user: User, at: datetime, page: int) -> Page:
    """One page of the board, in a fixed number of queries."""
    counted = with_facts(waiting(user, at)).annotate(
        of_all=Window(Count("pk")), of_returned=Window(Count("pk", filter=is_returned()))
    )
    start = PAGE * (page - 1)
    found = list(counted[start : start + PAGE])
    number, back = (found[0].of_all, found[0].of_returned) if found else (0, 0)
    return Page([Row(case) for case in found], just_done(user, at), number, back, page)


def just_done(user: User, at: datetime) -> list[Done]:
    """What was dispatched so lately that it may be undone, as far as the office has not begun."""
    within = kind_of(KIND).undone_within
    if within is None:
        return []
    due = Clock.objects.filter(case=OuterRef("case"), code="dispatch").order_by("-round").values("due_at")[:1]
    later = Event.objects.filter(case=OuterRef("case"), seq__gt=OuterRef("seq")).exclude(
        verb__in=[*HARMLESS, "message"]
    )
    rows = Event.objects.filter(
        ~Exists(later),
        verb="dispatch",
        at__gte=at - within,
        at__lte=at,
        case__in=cases_of_desk(user, at).filter(kind=KIND, state=Case.State.ACCEPTED, officer=None),
    )
    rows = rows.annotate(nearest=Subquery(due)).select_related("case__office", "case__applicant", "by")
    return [_done(event, event.effective_at + within) for event in rows.order_by("-at", "-pk")[:DONE_SHOWN]]


def _done(event: Any, until: datetime) -> Done:
    event.case.nearest = event.nearest
    return Done(event.case, event, until)


def contact_by(case: Case, at: datetime) -> datetime | None:
    """When the company would have to be called, were it dispatched at this moment: the limit counts from the
    receipt by the office. The calendar is the one its own clocks go by."""
    limit = case.opening.get("limits", {}).get("contact")
    if limit is None:
        return None
    term = Term(limit["term"], limit["unit"], limit["rolls"], limit["ends"])
    version = max((clock.calendar_version for clock in case.clocks.all()), default=0)
    return Reckoning(calendar_of(None, version), at, term, (), ()).due()
