"""Check your answers → submit once → confirmation."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from servicedesk.desk import asking, drafting, promising
from servicedesk.desk.errors import DeskError, KeyReused, WrongState
from servicedesk.desk.mine import cases_of
from servicedesk.desk.models import Case
from servicedesk.desk.registry import kind_of
from servicedesk.desk.views import sections
from servicedesk.desk.views.door import PersonalRequest, personal
from servicedesk.desk.views.start import key_in, own_case


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def check(request: PersonalRequest, kind: str, pk: int) -> HttpResponse:
    """Show every answer before it is sent; send it once, however often the button is pressed."""
    at = timezone.now()
    case = own_case(request, kind, pk, at)
    if request.method == "POST":
        return send(request, case, at)
    if case.state != Case.State.DRAFT:
        return redirect("desk:done", case.number)
    return show_answers(request, case)


def show_answers(request: HttpRequest, case: Case, problem: DeskError | None = None) -> HttpResponse:
    try:
        form = drafting.kept_form(case)
    except LookupError:
        return redirect(sections.url_of(case))
    if not form.is_valid():
        return redirect(f"{sections.url_of(case)}?check")
    kind, answers = kind_of(case.kind), drafting.answers(case, mask=False)
    context = {
        "kind": kind,
        "case": case,
        "heading": asking.title(kind, type(form)),
        "answers": answers,
        "groups": sections.groups_of(case, answers),
        "by_field": asking.papers(type(form), case) is not None,
        "attachments": drafting.files_of(case),
        "key": uuid.uuid4(),
        "seal": drafting.seal(case, form),
        "problem": problem,
    }
    return render(request, "portal/check.html", context, status=problem.status if problem else 200)


def send(request: PersonalRequest, case: Case, at: datetime) -> HttpResponse:
    key, seen = key_in(request, "key"), request.POST.get("seal", "")
    try:
        done = drafting.submit(case, by=request.user, at=at, key=key, seen=seen)
    except KeyReused as error:
        shown = {"case": case, "problem": error}
        return render(request, "portal/key_reused.html", shown, status=error.status)
    except WrongState:
        case.refresh_from_db()
        return redirect("desk:done", case.number)
    except DeskError as error:
        return show_answers(request, case, error)
    return redirect("desk:done", done.number)


@require_safe
@personal
def done(request: PersonalRequest, number: str) -> HttpResponse:
    """The confirmation: number, secret, what is promised and what comes next. It can be opened again."""
    at = timezone.now()
    case = get_object_or_404(cases_of(request.user, at).select_related("applicant", "office"), number=number)
    context = {
        "case": case,
        "kind": kind_of(case.kind),
        "title": drafting.title_of(case),
        "promises": promising.promised(case, at),
        "now": at,
    }
    return render(request, "portal/done.html", context)
