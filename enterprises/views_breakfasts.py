"""Breakfasts on the portal: the calendar for everybody, sign-up and decline for a company's own people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.breakfast_forms import SignUpForm, refuse
from enterprises.breakfasts import sign_ups
from enterprises.breakfasts.results import outcomes
from enterprises.breakfasts.wording import why
from enterprises.models import Breakfast, Company, SignUp, Standing
from servicedesk.accounts.models import User
from servicedesk.desk.drafting import without_nulls
from servicedesk.desk.errors import DeskError, WrongState
from servicedesk.desk.permissions import parties_of, today
from servicedesk.desk.views.door import PersonalRequest, personal, typed

A_PAGE = 10
Stage = Breakfast.Stage


def companies_of(user: Any, at: datetime) -> list[Company]:
    """Companies of the register the user may act for, by name; none for a stranger."""
    if not isinstance(user, User):
        return []
    mine = Company.objects.named().filter(party__in=parties_of(user, today(at)))
    return list(mine.order_by("party__name", "pk"))


def mine_at(breakfasts: Sequence[Breakfast], companies: Sequence[Company]) -> list[SignUp]:
    if not companies:
        return []
    rows = SignUp.objects.shown().filter(breakfast__in=breakfasts, company__in=companies)
    return list(rows.order_by("company__party__name", "pk"))


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """What is coming, with sign-up; what was, with what came of it."""
    at = timezone.now()
    public = Breakfast.objects.public().shown()
    gone = Q(stage=Stage.MINUTED) | Q(stage=Stage.CANCELLED, starts_at__lt=at)
    coming = list(public.exclude(gone).order_by("starts_at", "pk"))
    past = public.filter(stage=Stage.MINUTED).order_by("-starts_at", "-pk")
    page = Paginator(past, A_PAGE).get_page(request.GET.get("page"))
    came = outcomes(page.object_list)
    standing = {row.breakfast_id: row for row in mine_at(coming, companies_of(request.user, at))}
    context = {
        "now": at,
        "coming": [{"row": row, "mine": standing.get(row.pk), "is_open": row.is_open(at)} for row in coming],
        "past": [{"row": row, "came": came[row.pk]} for row in page],
        "page": page,
    }
    return render(request, "enterprises/breakfasts/calendar.html", context)


def public_or_mine(
    request: HttpRequest, pk: int, at: datetime
) -> tuple[Breakfast, list[Company], list[SignUp]]:
    """The breakfast, the user's companies, and their sign-ups. One that is not shown exists for those only
    who signed up for it."""
    companies = companies_of(request.user, at)
    found = get_object_or_404(Breakfast.objects.shown(), pk=pk)
    rows = mine_at([found], companies)
    if not rows and not (found.published and found.stage != Stage.PLANNED):
        raise Http404
    return found, companies, rows


@require_safe
def breakfast(request: HttpRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    return page_of(request, pk, at)


def page_of(
    request: HttpRequest,
    pk: int,
    at: datetime,
    form: SignUpForm | None = None,
    *,
    restored: bool = False,
    status: int = 200,
) -> HttpResponse:
    found, companies, rows = public_or_mine(request, pk, at)
    if form is None and found.is_open(at) and companies:
        form = first_form(request, companies, rows)
    context = {
        "now": at,
        "breakfast": found,
        "companies": companies,
        "mine": [_own(row, at) for row in rows],
        "form": form,
        "is_open": found.is_open(at),
        "came": outcomes([found])[found.pk] if found.stage == Stage.MINUTED else None,
        "restored": restored,
    }
    return render(request, "enterprises/breakfasts/breakfast.html", context, status=status)


def _own(row: SignUp, at: datetime) -> dict[str, Any]:
    may_decline = row.breakfast.may_decline(at) and row.standing not in {Standing.DECLINED, Standing.PASSED}
    return {"row": row, "why": why(row), "may_decline": may_decline}


def first_form(request: HttpRequest, companies: list[Company], rows: list[SignUp]) -> SignUpForm:
    """The empty form, or what the chosen company handed in before, to be changed."""
    asked = request.GET.get("company", "")
    row = next((row for row in rows if str(row.company_id) == asked), None)
    if row is None and len(companies) == 1:
        row = next((row for row in rows if row.standing != Standing.DECLINED), None)
    return SignUpForm(companies, initial=SignUpForm.of(row) if row else {})


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def sign_up(request: PersonalRequest, pk: int) -> HttpResponse:
    """Sign up, or change what was handed in while sign-up is open. Nothing typed is lost."""
    at = timezone.now()
    found, companies, _rows = public_or_mine(request, pk, at)
    if request.method != "POST":
        kept = typed(request)
        if kept is None or not companies:
            return redirect("enterprises:breakfast", pk)
        form = SignUpForm(companies, initial=without_nulls(kept).dict())
        return page_of(request, pk, at, form, restored=True)
    form = SignUpForm(companies, without_nulls(request.POST))
    if form.is_valid():
        company = form.cleaned_data.pop("company")
        try:
            sign_ups.sign_up(found, company, by=request.user, at=at, **form.cleaned_data)
        except DeskError as error:
            refuse(form, error)
            return page_of(request, pk, at, form, status=error.status)
        messages.success(request, _("%(company)s is signed up.") % {"company": company})
        return redirect("enterprises:breakfast", pk)
    return page_of(request, pk, at, form, status=422)


def own(request: PersonalRequest, pk: int, key: int, at: datetime) -> SignUp:
    """The user's own sign-up; 404 for anybody else's."""
    companies = companies_of(request.user, at)
    return get_object_or_404(SignUp.objects.shown(), pk=key, breakfast=pk, company__in=companies)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def decline(request: PersonalRequest, pk: int, key: int) -> HttpResponse:
    """Ask first, naming what is lost; then decline."""
    at = timezone.now()
    row = own(request, pk, key, at)
    if request.method != "POST":
        context = {"breakfast": row.breakfast, "row": row}
        return render(request, "enterprises/breakfasts/decline.html", context)
    try:
        sign_ups.decline(row, by=request.user, at=at)
        messages.success(request, _("%(company)s has declined.") % {"company": row.company})
    except WrongState as error:
        messages.error(request, str(error))
    return redirect("enterprises:breakfast", pk)


@require_POST
@personal
def naming(request: PersonalRequest, pk: int, key: int) -> HttpResponse:
    """Agree to be named, or take it back."""
    at = timezone.now()
    row = own(request, pk, key, at)
    consent = request.POST.get("consent") == "1"
    sign_ups.name_openly(row, by=request.user, at=at, consent=consent)
    said = _("Your company may be named here.") if consent else _("Your company is no longer named here.")
    messages.success(request, said)
    return redirect("enterprises:breakfast", pk)
