"""Taking the queue along: what was ticked, or all that is filtered; a long list for a reason."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.desk.admin.register import who
from servicedesk.desk.admin.sheet import ASKS_A_REASON, MOST_IN_XLSX, case_book, case_sheet
from servicedesk.desk.models import Case

SHORTEST_REASON = 4


def export(request: HttpRequest, queryset: QuerySet[Case], action: str) -> HttpResponseBase:
    """The file; before it, for a list longer than `ASKS_A_REASON`, the page that asks for a reason."""
    reason = request.POST.get("reason", "").strip()
    cases = queryset.order_by()
    is_long = cases[: ASKS_A_REASON + 1].count() > ASKS_A_REASON
    if is_long and len(reason) < SHORTEST_REASON:
        return _ask(request, action, tried="confirmed" in request.POST)
    make = case_sheet if action == "export_csv" else case_book
    return make(cases, who(request), timezone.now(), reason)


def _ask(request: HttpRequest, action: str, *, tried: bool) -> TemplateResponse:
    context = {
        **admin.site.each_context(request),
        "title": _("Export"),
        "action": action,
        "asks_over": ASKS_A_REASON,
        "most": MOST_IN_XLSX if action == "export_xlsx" else None,
        "tried": tried,
        "reason": request.POST.get("reason", ""),
        "box": ACTION_CHECKBOX_NAME,
        "keys": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "across": request.POST.get("select_across", "0"),
        "back": request.get_full_path(),
    }
    template = "admin/desk/case/export.html"
    return TemplateResponse(request, template, context, status=422 if tried else 200)
