"""A project as its page tells it: each stage with what was granted, what runs and what comes next, its
permits with their lives, and what has happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.construction.conditions import promises
from approvals.construction.lives import KIND
from approvals.construction.stages import (
    GRANTED,
    LAPSED,
    NEXT,
    UNDER_WAY,
    WAITS,
    Standing,
    applications,
    has_lapsed,
    life_of,
    rules_of,
    standings,
)
from approvals.models import PermitLife, Project, StageApplication, StageCondition
from servicedesk.accounts.models import User
from servicedesk.desk.actions.law import caught_up
from servicedesk.desk.models import Case, Clock, Event
from servicedesk.desk.permissions import actions_for, today
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verbs import said_words
from servicedesk.desk.wording import spoken

# How a stage looks in the tracker.
LOOKS = {GRANTED: "done", UNDER_WAY: "now", NEXT: "now", LAPSED: "over", WAITS: "todo"}
DECIDES = "statutory"
# So many of the last things that happened stand on the page.
TOLD = 30


@dataclass(frozen=True)
class Permit:
    """A certificate: its number, the case of its life, and what may be done of it now."""

    number: str
    is_replaced: bool
    life: PermitLife | None = None
    clock: Clock | None = None
    has_lapsed: bool = False
    verbs: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Promise:
    """A condition that was promised by a day instead of shown."""

    label: str
    on: date
    is_over: bool


@dataclass(frozen=True)
class Line:
    """One stage of the timeline."""

    standing: Standing
    look: str
    clocks: list[Clock] = field(default_factory=list)
    permits: list[Permit] = field(default_factory=list)
    conditions: list[StageCondition] = field(default_factory=list)
    promised: list[Promise] = field(default_factory=list)
    draft: Case | None = None

    @property
    def may_apply(self) -> bool:
        return self.standing.sort in {NEXT, LAPSED}

    @property
    def may_replace(self) -> bool:
        """Whether its permit stands and was delivered: another contractor needs it anew."""
        return self.standing.sort == GRANTED and any(permit.life for permit in self.permits)


def bring_up_to_date(projects: Iterable[Project], at: datetime) -> int:
    """Record what the law has done to permits of these projects meanwhile; return to how many. One query
    where it has done nothing."""
    due = Clock.objects.overdue(at).filter(case__permit__project__in=list(projects)).select_related("case")
    return sum(caught_up(clock.case, at) for clock in due)


def timeline(project: Project, reader: User, at: datetime) -> list[Line]:
    """The stages of a project in order, for a reader who may see it."""
    rules = rules_of(project.staging, today(at))
    applied = list(applications([project]))
    drafts = drafts_of(project)
    return [
        line(standing, applied, drafts.get(standing.rule.code), reader, at)
        for standing in standings(project, rules, applied, at)
    ]


def drafts_of(project: Project) -> dict[str, Case]:
    rows = StageApplication.objects.filter(project=project, case__state=Case.State.DRAFT).select_related(
        "case"
    )
    return {row.stage_code: row.case for row in rows.order_by("pk")}


def line(
    standing: Standing, applied: list[StageApplication], draft: Case | None, reader: User, at: datetime
) -> Line:
    rule = standing.rule
    granted = [
        each for each in applied if each.stage_code == rule.code and each.case.outcome == Case.Outcome.GRANTED
    ]
    conditions = list(rule.conditions.all()) if standing.sort in {NEXT, WAITS, LAPSED} else []
    return Line(
        standing,
        LOOKS[standing.sort],
        clocks=running(standing.in_hand.case) if standing.in_hand else [],
        permits=[permit(each, reader, at) for each in reversed(granted)],
        conditions=conditions,
        promised=promised(standing.granted, at) if standing.granted else [],
        draft=draft,
    )


def running(case: Case) -> list[Clock]:
    """Running clocks the applicant may hold the office to, the statutory one first."""
    found = [clock for clock in case.clocks.all() if clock.public and clock.stopped_at is None]
    for clock in found:
        clock.case = case
    return sorted(found, key=lambda clock: clock.code != DECIDES)


def permit(application: StageApplication, reader: User, at: datetime) -> Permit:
    life = life_of(application)
    licence = cast("Any", application.case).licence
    if life is None:
        return Permit(licence.number, licence.replaced_by_id is not None)
    clocks = running(life.case)
    return Permit(
        licence.number,
        licence.replaced_by_id is not None,
        life,
        clocks[0] if clocks else None,
        has_lapsed(life, at),
        frozenset(actions_for(reader, life.case, at)) if clocks else frozenset(),
    )


def promised(application: StageApplication, at: datetime) -> list[Promise]:
    found = promises(application.case.opening, application.answers)
    return [Promise(spoken(label), on, on < timezone.localdate(at)) for label, on in found]


def happened(project: Project) -> list[dict[str, Any]]:
    """What has publicly happened to the matters of a project, the newest first."""
    cases = [
        *StageApplication.objects.filter(project=project).values_list("case", flat=True),
        *PermitLife.objects.filter(project=project).values_list("case", flat=True),
    ]
    rows = Event.objects.filter(case__in=cases, public=True).select_related("case__office")
    return [
        {
            "event": each,
            "case": each.case,
            "kind": kind_of(each.case.kind).label,
            "said": said(each),
        }
        for each in rows.order_by("-effective_at", "-pk")[:TOLD]
        if each.case is not None
    ]


def said(event: Event) -> str:
    """What happened in words; a permit's life is submitted by nobody, it begins."""
    assert event.case is not None
    if (event.case.kind, event.verb) == (KIND, "submit"):
        return _("Delivered; the term to begin works runs")
    return said_words(event.verb)
