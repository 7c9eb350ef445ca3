"""An application for the construction permit 施工许可证 of one stage of a project, or of the whole: decided
within seven working days of receipt, without an acceptance first (建筑法 8, 建筑工程施工许可管理办法 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django.forms import BaseForm
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.construction import rules
from approvals.construction.conditions import BUILDER, ITEM, item_of_stage, promises
from approvals.construction.lives import begin_life, replace
from approvals.construction.numbers import next_permit_number
from approvals.documents.facts import papers_of
from approvals.documents.giving import with_papers
from approvals.documents.licences import grant_licence
from approvals.forms import form_for
from approvals.models import Project, StageApplication
from approvals.procedures import CHECK, DELIVER, REVIEW, VERBS, clocks_of, steps_of
from enterprises.card import company_card
from servicedesk.accounts.models import Office, User
from servicedesk.clock import Reckoning, Term
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import Case, Event
from servicedesk.desk.registry import CaseKind, Opening, Panel, register
from servicedesk.desk.wording import spoken

State = Case.State


def opens(asked: Mapping[str, list[str]]) -> Opening:
    """A stage is applied for from the page of its project, which knows whose it is; here nothing begins."""
    raise LookupError(ITEM)


def form(opening: Opening) -> type[BaseForm]:
    item = item_of_stage(opening)
    return form_for([item], item["sections"])


def stage_of(case: Case) -> StageApplication:
    found: StageApplication = cast("Any", case).stage
    return found


def freeze(case: Case) -> None:
    """Keep the stage and what must hold for it as they are on this day. Raises BadInput where the stage is no
    longer offered. The project is locked: of two applications for one stage the second sees the first."""
    try:
        item = item_of_stage(case.opening)
    except LookupError:
        raise BadInput("not-in-force", _("This stage can no longer be applied for.")) from None
    stage = stage_of(case)
    stage.project = Project.objects.select_for_update().get(pk=stage.project_id)
    case.opening = case.opening | {"item": item}
    case.title = f"{stage.project.name} · {spoken(item['stage']['label'], 'zh-hans')}"[:200]
    case.office = Office.objects.get(code=item["office"])
    stage.contractor = str(stage.answers.get(f"{BUILDER}_name", ""))[:120]
    stage.contractor_number = str(stage.answers.get(f"{BUILDER}_number", ""))[:18]
    stage.save(update_fields=["contractor", "contractor_number"])


def done(work: Work, event: Event) -> None:
    if work.verb == "submit":
        rules.check(stage_of(work.case), work.at)
    if work.verb == "ask_supplement":
        told_in_time(work)
    granted = work.case.outcome == Case.Outcome.GRANTED
    if granted and work.verb == "decide":
        grant(work, event)
    papers_of(work, event)
    if granted and f"{DELIVER}:done" in work.moments:
        begin_life(work, event)


def told_in_time(work: Work) -> None:
    """Missing papers are told on the spot or within five working days, everything at once; then the term runs
    anew from their completion (建筑工程施工许可管理办法 5). Raises BadInput when that time is over."""
    limit = work.case.opening["limits"].get(CHECK)
    received = work.case.events.filter(verb__in=["submit", "supplement"]).order_by("-seq").first()
    if limit is None or received is None:
        return
    calendar = calendar_of(work.case.office_id, current_version())
    due = Reckoning(calendar, received.effective_at, Term(limit["term"], limit["unit"])).due()
    if due is not None and work.at > due:
        said = _(
            "Missing papers are told within %(term)d working days of receipt, everything at once. That time"
            " is over: the application is decided as it is."
        )
        raise BadInput("told-too-late", said % {"term": limit["term"]}, "text")


def grant(work: Work, event: Event) -> None:
    """Give the permit its number and make it a licence, in the place of the one its stage had."""
    stage = stage_of(work.case)
    project, facts = stage.project, work.case.opening["item"]["stage"]
    number = next_permit_number(timezone.localdate(event.effective_at), project.category, facts["suffix"])
    licence = grant_licence(work.case, event, work.at, number=number)
    replace(stage, licence, work.at)
    Project.objects.filter(pk=project.pk).update(
        contractor=stage.contractor, contractor_number=stage.contractor_number
    )


def heading(case: Case) -> str:
    return spoken(item_of_stage(case.opening)["name"])


def panel(case: Case, reader: User | None, at: datetime) -> Panel | None:
    """The project it belongs to, what was promised for it, and the number of the permit. Whoever has number
    and secret only learns of no project."""
    stage = getattr(case, "stage", None)
    if reader is None or stage is None:
        return None
    context = {
        "project": stage.project,
        "licence": getattr(case, "licence", None),
        "promises": [
            {"label": spoken(label), "on": on, "is_over": on < timezone.localdate(at)}
            for label, on in promises(case.opening, stage.answers)
        ],
    }
    return Panel("approvals/projects/panel.html", context)


CONSTRUCTION_PERMIT = register(
    CaseKind(
        code=ITEM,
        label=gettext_lazy("Construction permit"),
        lead=gettext_lazy("Say of each condition whether it holds, and add the paper that shows it."),
        prefix="SG",
        form=form,
        opens=opens,
        detail="approvals.StageApplication",
        accessor="stage",
        verbs=VERBS,
        steps=steps_of,
        clocks=clocks_of,
        receives=lambda opening: str(item_of_stage(opening)["office"]),
        at_step={"decide": REVIEW},
        states={
            # Before the decision, and all at once.
            "ask_supplement": frozenset({State.SUBMITTED}),
            "complete": frozenset({State.DECIDED}),
            "withdraw": frozenset({State.SUBMITTED, State.SUPPLEMENTING}),
        },
        ends_with_steps=True,
        on_submit=freeze,
        on_done=done,
        heading=heading,
        panel=with_papers(panel),
        card=company_card,
        searched=("stage__project__code", "stage__project__name", "licence__number"),
        tells={"complete": gettext_lazy("The decision has been delivered to you.")},
    )
)
