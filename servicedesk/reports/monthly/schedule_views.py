"""The page of reports by mail: one's own, or everybody's for managers; to make, to stop, to begin again."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from servicedesk.accounts.models import User
from servicedesk.desk.permissions import Role, holds, today
from servicedesk.reports import asking
from servicedesk.reports.forms import ScopeForm
from servicedesk.reports.models import ReportSchedule
from servicedesk.reports.monthly import mailing
from servicedesk.reports.monthly.forms import ScheduleForm
from servicedesk.reports.monthly.views import page, who
from servicedesk.reports.overview import period_words
from servicedesk.reports.periods import DATES, LAST_MONTH, PERIODS
from servicedesk.reports.readers import reader_of
from servicedesk.reports.sections import BY_NAME, OVERVIEW

LISTED = 200
USUAL = f"period={LAST_MONTH}"


def seen_by(user: User, at: datetime) -> QuerySet[ReportSchedule]:
    """One's own schedules; for managers everybody's."""
    rows = ReportSchedule.objects.select_related("user")
    return rows if holds(user, Role.MANAGER, today(at)) else rows.filter(user=user)


@require_http_methods(["GET", "HEAD", "POST"])
def schedules(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    user = who(request, at)
    section, query = _asked(request)
    status = 200
    if request.method == "POST":
        form = ScheduleForm(request.POST, user, at)
        status = 422
        if form.is_valid():
            mailing.make(form.save(commit=False), at)
            messages.success(request, _("You will get the figures by mail."))
            return redirect("reports:schedules")
        query = request.POST.get("query", USUAL)
    else:
        form = ScheduleForm(None, user, at, query, section)
    context = {
        "title": _("Reports by mail"),
        "form": form,
        "rows": [(row, mailing.section_of(row).title) for row in seen_by(user, at)[:LISTED]],
        "of": _about(query, user, at),
        "now": at,
    }
    return page(request, "schedules", context, status)


def _asked(request: HttpRequest) -> tuple[str, str]:
    """The section the page was opened from, and what it was asked for."""
    given = request.GET.copy()
    section = str(given.pop("section", [OVERVIEW.name])[-1])
    return section if section in BY_NAME else OVERVIEW.name, given.urlencode() or USUAL


def _about(query: str, user: User, at: datetime) -> list[tuple[str, str]]:
    """What the report to be sent is of, in words."""
    form = ScopeForm(QueryDict(query), reader_of(user, at), at)
    if not form.is_valid():
        return []
    period = form.cleaned_data["period"]
    words = period_words(form.scope()) if period == DATES else str(dict(PERIODS)[period])
    return [(str(_("Period")), words), *asking.choices_of(form)]


@require_POST
def schedule_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Stop the mails of a schedule, or begin them again: one's own, or as a manager."""
    at = timezone.now()
    user = who(request, at)
    row = get_object_or_404(seen_by(user, at), pk=pk)
    if verb not in {"stop", "resume"}:
        raise Http404
    if verb == "stop":
        mailing.stop(row, user, at)
        messages.success(request, _("The mails are stopped."))
    else:
        mailing.resume(row, user, at)
        messages.success(request, _("The mails begin again."))
    return redirect("reports:schedules")
