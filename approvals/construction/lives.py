"""The life of a certificate from its delivery: begun, replaced, and what the report of its start must say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.construction.stages import licence_of
from approvals.models import Licence, PermitLife, StageApplication
from servicedesk.desk import actions
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event

KIND, START = "permit-life", "start"


def begin_life(work: Work, event: Event) -> Case | None:
    """Let the life of a delivered certificate begin (建筑法 9), and return its case; None where another has
    taken its place meanwhile. An electronic certificate is delivered when it is made available."""
    granted = work.case
    stage: StageApplication = cast("Any", granted).stage
    licence = licence_of(stage)
    if licence.replaced_by_id is not None:
        return None

    def detail(case: Case) -> PermitLife:
        return PermitLife.objects.create(
            case=case,
            project=stage.project,
            application=granted,
            stage_code=stage.stage_code,
            number=licence.number,
            delivered_at=event.effective_at,
        )

    life = actions.institute(
        KIND,
        applicant=granted.applicant,
        about=granted.about,
        office=granted.office,
        officer=granted.officer,
        at=event.effective_at,
        by=work.by,
        title=f"{licence.number} {stage.project.name}",
        detail=detail,
    )
    Licence.objects.filter(pk=licence.pk).update(life=life)
    return life


def replace(stage: StageApplication, licence: Licence, at: datetime) -> None:
    """Let a new permit take the place of the one its stage had (建筑工程施工许可管理办法 5)."""
    earlier = PermitLife.objects.filter(project=stage.project, stage_code=stage.stage_code)
    for life in earlier.select_related("case").order_by("pk"):
        Licence.objects.filter(case=life.application_id, replaced_by=None).update(replaced_by=licence)
        if life.case.state != Case.State.CLOSED:
            said = _("Replaced by permit %(number)s.") % {"number": licence.number}
            actions.close(life.case, by=None, at=at, outcome=Case.Outcome.MERGED, reason=said)


def keep_start(work: Work, event: Event) -> None:
    """Keep the day on which works began. Raises BadInput for a day before the delivery or after the term."""
    if not event.params.get("on"):
        raise BadInput("no-day", _("Say on which day works began."), "on")
    on = date.fromisoformat(event.params["on"])
    life: PermitLife = cast("Any", work.case).permit
    delivered = timezone.localdate(life.delivered_at)
    if on < delivered:
        said = _("Works may not begin before the permit was delivered, on %(day)s.")
        raise BadInput("before-delivery", said % {"day": delivered.isoformat()}, "on")
    last = last_day(work.case)
    if last is not None and on > last:
        said = _("The term to begin works ended on %(day)s; a later start needs more time or a new permit.")
        raise BadInput("after-the-term", said % {"day": last.isoformat()}, "on")
    PermitLife.objects.filter(pk=life.pk).update(works_began_on=on)


def last_day(case: Case) -> date | None:
    """Last day on which works may begin."""
    clock = case.clocks.filter(code=START).order_by("-round").first()
    return clock.last_day if clock else None
