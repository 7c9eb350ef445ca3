"""Drafts beside their form: kept in the background, taken apart, thrown away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk.desk import actions, drafting
from servicedesk.desk.errors import WrongState
from servicedesk.desk.mine import drafts_of, parties_on
from servicedesk.desk.models import Case
from servicedesk.desk.views.door import PersonalRequest, personal
from servicedesk.desk.views.start import opened, own_case, section_in, startable


@never_cache
@require_POST
def autosave(request: HttpRequest, kind: str, pk: int | None = None) -> HttpResponse:
    """Keep the texts of a draft in the background; without `pk` the form's key finds or opens it."""
    if not request.user.is_authenticated:
        return JsonResponse({"error": "login"}, status=401)
    at, declared = timezone.now(), startable(kind)
    mine: PersonalRequest = request  # type: ignore[assignment]
    parties = parties_on(mine.user, at)
    case = opened(mine, declared, parties, at) if pk is None else own_case(mine, kind, pk, at)
    posted = drafting.without_nulls(request.POST)
    try:
        drafting.keep(case, posted, by=mine.user, at=at, section=section_in(request, case))
    except WrongState as error:
        return JsonResponse({"error": error.code}, status=error.status)
    except LookupError:
        return JsonResponse({"error": "gone"}, status=410)
    return JsonResponse({"draft": case.pk})


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def delete(request: PersonalRequest, kind: str, pk: int) -> HttpResponse:
    """Name what would be lost, and only then throw the draft away."""
    at = timezone.now()
    case = get_object_or_404(drafts_of(request.user, at).select_related("applicant"), pk=pk, kind=kind)
    if request.method == "POST":
        actions.discard(case, by=request.user, at=at)
        messages.success(request, _("The draft was deleted."))
        return redirect("desk:matters")
    context = {"case": case, "answers": rows_of(case), "attachments": drafting.files_of(case)}
    return render(request, "portal/draft_delete.html", context)


def rows_of(case: Case) -> list[dict[str, Any]]:
    """What was filled in; nothing where its questions are not asked any more."""
    try:
        return [row for row in drafting.answers(case, mask=False) if row["value"] and not row["files"]]
    except LookupError:
        return []
