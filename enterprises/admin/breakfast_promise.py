"""One promise made in the room: a page of its own, because it has the most to say."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.admin.breakfast_pages import StaffRequest, framed
from enterprises.admin.breakfast_room import back, in_room, with_plain_lines
from enterprises.breakfast_forms import PromiseForm, refuse
from enterprises.breakfasts import room as notes
from enterprises.models import Breakfast, BreakfastPromise, Company
from servicedesk.desk.errors import DeskError
from servicedesk.desk.views.door import typed


@require_http_methods(["GET", "POST"])
def promise(request: StaffRequest, pk: int, key: int | None = None) -> HttpResponse:
    """Write a promise down, change it, or take it out, until the minutes are signed."""
    at = timezone.now()
    breakfast = in_room(request, pk, at)
    row = None
    if key is not None:
        mine = BreakfastPromise.objects.select_related("company__party", "breakfast")
        row = get_object_or_404(mine, pk=key, breakfast=breakfast)
    company = row.company if row else _company(request, breakfast)
    topics = breakfast.topics.filter(company=company)
    if request.method == "GET":
        kept = typed(request)
        initial = PromiseForm.of(row) if row else {"topic": request.GET.get("topic")}
        if kept is not None:
            initial |= kept.dict() | {"cooperating": kept.getlist("cooperating")}
        return show(request, breakfast, company, row, PromiseForm(initial=initial, row=row, topics=topics))
    if "strike_out" in request.POST and row is not None:
        return _taken_out(request, breakfast, row, at)
    form = PromiseForm(with_plain_lines(request.POST), row=row, topics=topics)
    if form.is_valid():
        try:
            notes.write_promise(breakfast, company, by=request.user, at=at, promise=row, **form.words())
        except DeskError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The promise is written down."))
            return back(breakfast, f"company-{company.pk}")
    return show(request, breakfast, company, row, form, 422)


def _company(request: StaffRequest, breakfast: Breakfast) -> Company:
    """The company a new promise is for, by `?company=`: one that has a place at this breakfast."""
    asked = request.GET.get("company", "")
    found = next((row.company for row in notes.guests(breakfast) if str(row.company_id) == asked), None)
    if found is None:
        raise Http404
    return found


def _taken_out(
    request: StaffRequest, breakfast: Breakfast, row: BreakfastPromise, at: datetime
) -> HttpResponse:
    company = row.company_id
    try:
        notes.strike_out(row, by=request.user, at=at)
        messages.success(request, _("Taken out."))
    except DeskError as error:
        messages.error(request, str(error))
    return back(breakfast, f"company-{company}")


def show(
    request: StaffRequest,
    breakfast: Breakfast,
    company: Company,
    row: BreakfastPromise | None,
    form: PromiseForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "title": _("A promise"),
        "breakfast": breakfast,
        "company": company,
        "row": row,
        "form": form,
    }
    return framed(request, "enterprises/breakfasts/promise.html", context, status)
