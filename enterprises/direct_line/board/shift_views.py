"""The pages of the hand-over: write the sheet, read and print one, confirm it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.direct_line.board import paper, shift
from enterprises.direct_line.board.forms import HandOverForm, PeriodForm
from enterprises.direct_line.board.views import StaffRequest, dispatches, page
from enterprises.models import HandOver
from servicedesk.accounts.models import User
from servicedesk.desk.errors import DeskError
from servicedesk.desk.trail import log_export

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATEST = 10


@require_http_methods(["GET", "HEAD", "POST"])
def hand_over(request: StaffRequest) -> HttpResponse:
    """The sheet of a time that can be chosen, and keeping it."""
    at = timezone.now()
    status, usual = 200, {"since": shift.usual_since(request.user, at), "until": at}
    if request.method == "POST":
        form = HandOverForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            try:
                # The picker knows minutes only: a shift that ends now ends now.
                row = shift.write(
                    given["since"], min(given["until"], at), given["note"], by=request.user, at=at
                )
            except DeskError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error.message))
            else:
                messages.success(request, _("The sheet has been kept. The next dispatcher confirms it."))
                return redirect("board:sheet", row.pk)
        status = 422
    else:
        asked = PeriodForm(request.GET) if "since" in request.GET else None
        if asked is not None and asked.is_valid():
            usual = asked.cleaned_data
        elif asked is not None:
            status = 422
        form = HandOverForm(initial=usual)
        if status == 422 and asked is not None:
            form = HandOverForm(request.GET)
    period = form.cleaned_data if form.is_bound and not form.errors.keys() & {"since", "until"} else usual
    since, until = period.get("since", usual["since"]), period.get("until", usual["until"])
    snapshot = shift.gathered(since, until, request.user, at)
    context = {
        "title": _("Hand the shift over"),
        "now": at,
        "form": form,
        "since": since,
        "until": until,
        "parts": _parts(snapshot, request.user, at),
        "latest": HandOver.objects.select_related("by", "taken_by")[:LATEST],
    }
    return page(request, "hand_over", context, status)


def _parts(snapshot: dict[str, Any], user: User, at: Any) -> list[dict[str, Any]]:
    lines = shift.told(snapshot, user, at)
    return [
        {"code": part, "title": title, "lines": lines[part], "number": _number(snapshot, part, lines[part])}
        for part, title in paper.titles().items()
    ]


def _number(snapshot: dict[str, Any], part: str, lines: list[shift.Line]) -> int:
    """How many there are; of a part shown whole, as many as the reader may know of."""
    kept = len(snapshot.get(part, []))
    return kept if kept > shift.LISTED else len(lines)


@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    """A kept sheet; sent, the next dispatcher's confirmation."""
    at = timezone.now()
    row = get_object_or_404(HandOver.objects.select_related("by", "taken_by"), pk=pk)
    if request.method == "POST":
        try:
            shift.take_over(row, by=request.user, at=at)
        except DeskError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("You have taken the shift over."))
        return redirect("board:sheet", row.pk)
    context = {
        "title": _("Hand-over sheet"),
        "subtitle": str(row),
        "now": at,
        "sheet": row,
        "parts": _parts(row.snapshot, request.user, at),
        "may_take": row.taken_at is None and row.by_id != request.user.pk and dispatches(request.user, at),
    }
    return page(request, "sheet", context)


@require_safe
def workbook(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet to take along; that it was is logged on the reader's chain."""
    at = timezone.now()
    row = get_object_or_404(HandOver.objects.select_related("by", "taken_by"), pk=pk)
    data = paper.as_xlsx(row, request.user, at)
    log_export(request.user, at, {"of": "hand-over", "sheet": row.pk})
    name = f"hand-over-{timezone.localtime(row.until):%Y%m%d-%H%M}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(data, content_type=XLSX, headers=headers)
