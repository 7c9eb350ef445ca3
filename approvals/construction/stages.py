"""Where each stage of a project stands: granted, under way, lapsed, next, or waiting for an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from django.db.models import QuerySet

from approvals.models import Licence, PermitLife, Project, StageApplication, StageRule
from servicedesk.desk.actions.law import LAPSE, befallen
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import today

GRANTED, UNDER_WAY, LAPSED, NEXT, WAITS = "granted", "under_way", "lapsed", "next", "waits"
IN_HAND = frozenset({Case.State.SUBMITTED, Case.State.SUPPLEMENTING, Case.State.ACCEPTED})


@dataclass(frozen=True)
class Standing:
    """One stage as it stands. `granted` is the last application that was granted, lapsed or not; `in_hand`
    the one being handled; `missing` the first earlier stage whose permit does not stand."""

    rule: StageRule
    is_last: bool
    granted: StageApplication | None
    in_hand: StageApplication | None
    has_lapsed: bool
    missing: StageRule | None

    @property
    def holds(self) -> bool:
        return self.granted is not None and not self.has_lapsed

    @property
    def sort(self) -> str:
        if self.in_hand is not None:
            return UNDER_WAY
        if self.holds:
            return GRANTED
        if self.missing is not None:
            return WAITS
        return LAPSED if self.has_lapsed else NEXT


def rules_of(staging: str, on: date) -> list[StageRule]:
    """Stages of a staging on that day, in order; of two rows for one stage the later one holds."""
    rows = StageRule.objects.valid(on).filter(staging=staging).order_by("valid_from")
    return sorted({rule.code: rule for rule in rows}.values(), key=lambda rule: rule.position)


def applications(projects: Iterable[Project]) -> QuerySet[StageApplication]:
    """What was applied for, with all that the standing of a stage and its page read."""
    rows = StageApplication.objects.filter(project__in=list(projects)).exclude(case__state=Case.State.DRAFT)
    return (
        rows.select_related("case__office", "case__licence", "case__permit_granted__case__office")
        .prefetch_related(
            "case__clocks__extensions",
            "case__pauses",
            "case__permit_granted__case__clocks__extensions",
            "case__permit_granted__case__pauses",
        )
        .order_by("case__submitted_at", "pk")
    )


def standings_of(project: Project, at: datetime, besides: StageApplication | None = None) -> list[Standing]:
    """The stages of a project in order, as they stand without the application `besides`."""
    applied = [each for each in applications([project]) if each != besides]
    return standings(project, rules_of(project.staging, today(at)), applied, at)


def standings(
    project: Project, rules: list[StageRule], applied: list[StageApplication], at: datetime
) -> list[Standing]:
    found: list[Standing] = []
    missing: StageRule | None = None
    for rule in rules:
        mine = [each for each in applied if each.stage_code == rule.code and each.project_id == project.pk]
        granted = [each for each in mine if each.case.outcome == Case.Outcome.GRANTED]
        in_hand = [each for each in mine if each.case.state in IN_HAND]
        last = granted[-1] if granted else None
        lapsed = last is not None and has_lapsed(life_of(last), at)
        stands = Standing(rule, rule == rules[-1], last, in_hand[-1] if in_hand else None, lapsed, missing)
        found.append(stands)
        missing = missing or (None if stands.holds else rule)
    return found


def life_of(application: StageApplication) -> PermitLife | None:
    """The life of the certificate this application brought; None before it was delivered."""
    return getattr(application.case, "permit_granted", None)


def licence_of(application: StageApplication) -> Licence:
    """The licence a granted application brought."""
    return cast("Any", application.case).licence


def has_lapsed(life: PermitLife | None, at: datetime) -> bool:
    """Whether the permit has lapsed by law 自行废止, whether or not anybody has recorded it yet."""
    if life is None:
        return False
    if life.case.state == Case.State.CLOSED:
        return bool(life.case.outcome == Case.Outcome.LAPSED)
    running = [clock for clock in life.case.clocks.all() if clock.stopped_at is None]
    if not any(clock.due_at is not None and clock.due_at < at for clock in running):
        return False
    found = befallen(life.case, at)
    return found is not None and found[0] == LAPSE
