"""Building projects on the portal: mine, a new one, and the page of one with its stages as a timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.construction.conditions import BUILDER, ITEM
from approvals.construction.project_form import ProjectForm, enter, is_small
from approvals.construction.stages import WAITS, Standing, applications, rules_of, standings, standings_of
from approvals.construction.timeline import bring_up_to_date, drafts_of, happened, timeline
from approvals.models import Project, StageApplication
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.mine import parties_on
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import parties_of, today, visible_to
from servicedesk.desk.views.door import PersonalRequest, personal

SHOWN = 50


def visible(user: User, at: datetime) -> Q:
    """Projects of the user's own companies, and those whose matters the user may know of as staff."""
    mine = Q(owner__in=parties_of(user, today(at)))
    if not user.is_staff:
        return mine
    cases = visible_to(user, at).filter(kind=ITEM).exclude(state=Case.State.DRAFT)
    return mine | Q(pk__in=StageApplication.objects.filter(case__in=cases).values("project"))


def found(user: User, code: str, at: datetime) -> Project:
    """The project of that code; 404 for whoever may not see it."""
    return get_object_or_404(Project.objects.select_related("owner").filter(visible(user, at)), code=code)


@require_safe
@personal
def projects(request: PersonalRequest) -> HttpResponse:
    """The projects of the reader's own companies, each with where its stages stand."""
    at = timezone.now()
    mine = Project.objects.filter(owner__in=parties_of(request.user, today(at))).select_related("owner")
    rows = list(mine[:SHOWN])
    bring_up_to_date(rows, at)
    context = {
        "rows": with_stages(rows, at),
        "is_for_several": len({row.owner_id for row in rows}) > 1,
        "may_enter": bool(parties_of(request.user, today(at))),
        "now": at,
    }
    return render(request, "approvals/projects/list.html", context)


def with_stages(rows: list[Project], at: datetime) -> list[dict[str, Any]]:
    applied = list(applications(rows)) if rows else []
    rules = {staging: rules_of(staging, today(at)) for staging in {row.staging for row in rows}}
    return [{"project": row, "stages": standings(row, rules[row.staging], applied, at)} for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def project_new(request: PersonalRequest) -> HttpResponse:
    at = timezone.now()
    parties = parties_on(request.user, at)
    if not parties:
        raise Http404
    form = ProjectForm(parties, request.POST or None)
    if request.method == "POST" and form.is_valid():
        entered = enter(form, by=request.user, at=at)
        messages.success(request, _("The project is entered. Now apply for its first permit."))
        return redirect("approvals:project", entered.code)
    context = {"form": form, "is_for_several": len(parties) > 1}
    return render(request, "approvals/projects/new.html", context, status=422 if form.is_bound else 200)


@require_safe
@personal
def project(request: PersonalRequest, code: str) -> HttpResponse:
    """The stages as a timeline; buttons for whoever may act for the owner."""
    at = timezone.now()
    row = found(request.user, code, at)
    bring_up_to_date([row], at)
    is_owner = row.owner_id in parties_of(request.user, today(at))
    context = {
        "project": row,
        "lines": timeline(row, request.user, at),
        "story": happened(row),
        "is_owner": is_owner,
        "is_small": is_small(row),
        "now": at,
    }
    return render(request, "approvals/projects/page.html", context)


@require_POST
@personal
def project_apply(request: PersonalRequest, code: str, stage: str) -> HttpResponse:
    """Begin the application for a stage, or go on with the one begun; only the owner may, and others do not
    learn that there is such a project."""
    at = timezone.now()
    row = found(request.user, code, at)
    if row.owner_id not in parties_of(request.user, today(at)):
        raise Http404
    every = standings_of(row, at)
    standing = next((each for each in every if each.rule.code == stage), None)
    if standing is None:
        raise Http404
    if standing.sort == WAITS or standing.in_hand is not None:
        messages.error(request, refusal(standing))
        return redirect("approvals:project", row.code)
    draft = begin(row, every, stage, by=request.user, at=at)
    return redirect("desk:draft", ITEM, draft.pk)


def refusal(standing: Standing) -> str:
    if standing.in_hand is not None:
        number = {"number": standing.in_hand.case.number}
        return _("An application for this stage is under way already: %(number)s.") % number
    stage = {"stage": str(standing.missing)}
    return _("The permit for “%(stage)s” must be granted before this stage can be applied for.") % stage


@transaction.atomic
def begin(row: Project, every: list[Standing], stage: str, *, by: User, at: datetime) -> Case:
    """The draft of this stage, one however often the button is pressed, with the contractor filled in."""
    Project.objects.select_for_update().get(pk=row.pk)
    there = drafts_of(row).get(stage)
    if there is not None:
        return there
    opening = {"item_code": ITEM, "project": row.code, "staging": row.staging, "stage": stage}
    case = actions.open_case(ITEM, applicant=row.owner, by=by, at=at, opening=opening)
    StageApplication.objects.create(
        case=case, project=row, stage_code=stage, answers=contractor_of(row, every)
    )
    return case


def contractor_of(row: Project, every: list[Standing]) -> dict[str, str]:
    """The general contractor as the form is first shown: that of the last permit granted."""
    granted = [each.granted for each in every if each.granted is not None]
    last: Any = granted[-1] if granted else row
    return {f"{BUILDER}_name": last.contractor, f"{BUILDER}_number": last.contractor_number}
