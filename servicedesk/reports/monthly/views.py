"""The pages of monthly reports: the list and the one press, the report itself, its files, its verbs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicedesk.accounts.models import User
from servicedesk.desk.errors import DeskError, NotAllowed
from servicedesk.reports.exports import XLSX
from servicedesk.reports.models import MonthlyReport, ReportCorrection
from servicedesk.reports.monthly import correcting, life
from servicedesk.reports.monthly.cells import Stored, cleaned, said
from servicedesk.reports.monthly.document import document_in
from servicedesk.reports.monthly.drawing import drawn
from servicedesk.reports.monthly.earlier import reason_words
from servicedesk.reports.monthly.forms import MakeForm, ReasonForm
from servicedesk.reports.monthly.months import kind_called, scope_of
from servicedesk.reports.monthly.naming import cell_words, figure_words
from servicedesk.reports.monthly.word import as_docx
from servicedesk.reports.monthly.workbook import as_xlsx
from servicedesk.reports.readers import reader_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LISTED = 60
Stage = MonthlyReport.Stage


def who(request: HttpRequest, at: datetime) -> User:
    """The person, who must be one that reads figures."""
    user = cast(User, request.user)
    if not reader_of(user, at).may_read:
        raise PermissionDenied
    return user


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> TemplateResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, f"reports/monthly/{template}.html", {**frame, **context}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest) -> HttpResponse:
    """The reports one may read, and the one press that makes another."""
    at = timezone.now()
    user = who(request, at)
    form = MakeForm(request.POST if request.method == "POST" else None, user, at)
    status = 200
    if request.method == "POST":
        if not form.may_make:
            raise PermissionDenied
        status = 422
        if form.is_valid():
            try:
                made = life.make(
                    user, form.month_chosen(), form.office_chosen(), form.cleaned_data["kind"], at
                )
                messages.success(request, _("The report is made. Another person checks it now."))
                return redirect("reports:month", made.pk)
            except DeskError as error:
                form.add_error(None, str(error))
                status = error.status
    rows = life.readable(user, at).defer("content")
    rows = rows.select_related("office", "made_by", "checked_by", "frozen_by")
    shown = list(rows[:LISTED])
    for row in shown:
        found = kind_called(row.kind)
        row.kind_words = found.label if found else ""  # type: ignore[attr-defined]
    context = {"title": _("Monthly reports"), "form": form, "rows": shown, "now": at}
    return page(request, "list", context, status)


def _found(user: User, pk: int, at: datetime) -> MonthlyReport:
    """The report, where the person may read it. Raises Http404."""
    rows = life.readable(user, at).select_related("office", "made_by", "checked_by", "frozen_by")
    return get_object_or_404(rows, pk=pk)


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A report as it was made; a frozen one with what the cases tell otherwise now."""
    at = timezone.now()
    user = who(request, at)
    return _shown(request, _found(user, pk, at), user, at)


def _shown(
    request: HttpRequest,
    row: MonthlyReport,
    user: User,
    at: datetime,
    form: ReasonForm | None = None,
    status: int = 200,
) -> TemplateResponse:
    document = document_in(row.content)
    found = correcting.corrections(row, at)
    past = row.corrections.exclude(ended_at=None).select_related("by").order_by("-ended_at", "-pk")[:20]
    charts = [drawn(each) for each in document["charts"]]
    tables = [_told(each) for each in document["tables"]]
    # Readers elsewhere never see the whole; the live report is asked for by what this one is of.
    scope = scope_of(row.month, row.office, row.kind, at)
    context = {
        "title": document["title"],
        "row": row,
        "document": document,
        "head": head_of(row),
        "parts": [(each, [one for one in charts if one.name == each["name"]]) for each in tables],
        "corrections": [(each, reason_words(each.row)) for each in found],
        "past": [(each, cell_words(row.content["names"], each.cell), *_pair(each)) for each in past],
        "is_whole": life.is_whole(row),
        "may": life.may_make(user, row.office_id, at),
        "is_own": row.made_by_id == user.pk,
        "form": form or ReasonForm(auto_id="why_%s"),
        "live": scope.query(),
        "now": at,
    }
    return page(request, "report", context, status)


def _pair(row: ReportCorrection) -> tuple[str, str, str]:
    words = [figure_words(row.cell, value) for value in (row.reported, row.found)]
    return words[0], words[1], reason_words(row)


def _told(table: Stored) -> Stored:
    """The table with each cell as it is read."""
    lines = [{**line, "said": [said(cell) for cell in line["cells"]]} for line in table["lines"]]
    return {**table, "lines": lines}


def head_of(row: MonthlyReport) -> list[str]:
    """Whether this is a draft, who made, checked and froze it, and its hash."""
    lines = [_("Made by %(name)s on %(when)s") % {"name": row.made_by, "when": _when(row.made_at)}]
    if row.checked_by:
        said = _("Checked by %(name)s on %(when)s")
        lines.append(said % {"name": row.checked_by, "when": _when(row.checked_at)})
    if row.stage == Stage.FROZEN:
        said = _("No. %(number)s, frozen as reported by %(name)s on %(when)s")
        told = {"number": row.number, "name": row.frozen_by, "when": _when(row.frozen_at)}
        return [said % told, *lines, _("Hash (SHA-256): %(hash)s") % {"hash": row.digest}]
    words = (
        _("Draft, not yet checked") if row.stage == Stage.DRAFT else _("Draft, checked and not yet frozen")
    )
    return [words, *lines]


def _when(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT") if moment else ""


@require_safe
def file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The report as docx or xlsx, from what is stored and nothing else."""
    at = timezone.now()
    row = _found(who(request, at), pk, at)
    makers = {"docx": (as_docx, DOCX), "xlsx": (as_xlsx, XLSX)}
    if form not in makers:
        raise Http404
    make, mime = makers[form]
    body = make(document_in(row.content), cleaned(head_of(row)), row.frozen_at or row.made_at)
    response = HttpResponse(body, content_type=mime)
    name = row.number or f"draft-{row.pk}"
    response["Content-Disposition"] = f'attachment; filename="{row.month:%Y-%m}-{name}.{form}"'
    return response


@require_POST
def verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Check, freeze, drop, or explain differences."""
    at = timezone.now()
    user = who(request, at)
    row = _found(user, pk, at)
    if verb not in {"check", "freeze", "drop", "explain"}:
        raise Http404
    form = ReasonForm(request.POST, auto_id="why_%s")
    if not form.is_valid():
        return _shown(request, row, user, at, form, 422)
    try:
        messages.success(request, _done(verb, row, user, at, form.cleaned_data["reason"], request))
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except DeskError as error:
        form.add_error("reason" if error.field == "reason" else None, str(error))
        row.refresh_from_db()
        return _shown(request, row, user, at, form, error.status)
    return redirect(
        "reports:monthly" if verb == "drop" else "reports:month", *([] if verb == "drop" else [pk])
    )


def _done(verb: str, row: MonthlyReport, user: User, at: datetime, reason: str, request: HttpRequest) -> str:
    if verb == "check":
        life.check(row, user, at)
        return _("Checked. It can be frozen as reported now.")
    if verb == "freeze":
        frozen = life.freeze(row, user, at)
        return _("Frozen as reported under No. %(number)s.") % {"number": frozen.number}
    if verb == "drop":
        life.drop(row, user, at, reason)
        return _("The report is put aside.")
    correcting.explain(row, request.POST.getlist("cell"), reason, user, at)
    return _("The reason stands beside the figures, with your name.")
