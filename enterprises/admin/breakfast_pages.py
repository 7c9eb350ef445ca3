"""The page of a breakfast for staff: who signed up and why they stand where they stand, what comes next, and
what was promised. Routed by `BreakfastAdmin`, behind the staff door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.breakfast_forms import people, refuse
from enterprises.breakfasts import briefing as sheets
from enterprises.breakfasts import minutes, sign_ups, stages
from enterprises.breakfasts.results import stand_of
from enterprises.breakfasts.rights import may_look, may_manage, may_record, may_sign
from enterprises.breakfasts.turns import turns
from enterprises.breakfasts.wording import why
from enterprises.models import Breakfast, Company, SignUp, Standing
from servicedesk.accounts.models import User
from servicedesk.desk.errors import DeskError
from servicedesk.desk.verb_fields import Reason, Sentence, Text
from servicedesk.desk.views.door import typed

Stage = Breakfast.Stage
Act = Callable[[Breakfast, User, datetime, "ActForm"], object]
WAITS = (Standing.WAITING, Standing.PASSED, Standing.ASKED)
# The list: those with a place, then the waiting list, then the others.
ORDER = [
    Standing.SELECTED,
    Standing.ATTENDED,
    Standing.ABSENT,
    Standing.WAITING,
    Standing.ASKED,
    Standing.PASSED,
    Standing.DECLINED,
]


class StaffRequest(HttpRequest):
    user: User


class ActForm(forms.Form):
    """A button is enough."""

    def __init__(self, breakfast: Breakfast, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.prepare(breakfast)

    def prepare(self, breakfast: Breakfast) -> None:
        """Fill in choices from the breakfast."""


class CancelForm(ActForm):
    reason = Reason(label=_("Why it is cancelled"), max_length=300, help_text=_("The companies read this."))


class PlaceForm(ActForm):
    sign_up = forms.ModelChoiceField(SignUp.objects.none(), label=_("Company"))
    reason = Reason(
        label=_("Why it gets the place out of turn"), max_length=300, help_text=_("The company reads this.")
    )

    def prepare(self, breakfast: Breakfast) -> None:
        rows = SignUp.objects.shown().filter(breakfast=breakfast, standing__in=WAITS)
        self.fields["sign_up"].queryset = rows  # type: ignore[attr-defined]


class EnterForm(ActForm):
    """A company that signs up by telephone, found by its code or its whole name."""

    company = Sentence(label=_("Company"), max_length=120, help_text=_("Its code, or its whole name."))
    topics = Text(label=_("What it wants to talk about"), max_length=2000, rows=3)
    people = forms.TypedChoiceField(label=_("How many come"), choices=people, coerce=int, initial=1)

    def clean_company(self) -> Company:
        asked = self.cleaned_data["company"]
        found = Company.objects.of_number(asked) | Company.objects.filter(party__name=asked)
        company = found.distinct().first()
        if company is None:
            raise forms.ValidationError(_("The register has no company with this code or name."))
        return company


ACTS: dict[str, tuple[Act, str | Promise]] = {
    "open": (
        lambda breakfast, by, at, form: stages.open_sign_up(breakfast, by=by, at=at),
        _("Sign-up is open; the portal shows the breakfast."),
    ),
    "enter": (
        lambda breakfast, by, at, form: sign_ups.sign_up(breakfast, by=by, at=at, **form.cleaned_data),
        _("The company is signed up."),
    ),
    "select": (
        lambda breakfast, by, at, form: stages.select(breakfast, by=by, at=at),
        _("The places are given, and every company is told the outcome and why."),
    ),
    "place": (
        lambda breakfast, by, at, form: stages.give_place(**form.cleaned_data, by=by, at=at),
        _("The company has a place and is told so."),
    ),
    "cancel": (
        lambda breakfast, by, at, form: stages.cancel(
            breakfast, by=by, at=at, reason=form.cleaned_data["reason"]
        ),
        _("The breakfast is cancelled, and the companies are told."),
    ),
    "sign": (
        lambda breakfast, by, at, form: minutes.sign(breakfast, by=by, at=at),
        _("The minutes are signed; every promise is a matter now."),
    ),
}


def shown(request: StaffRequest, pk: int, at: datetime) -> Breakfast:
    """The breakfast, if this person may read its list; to everybody else it does not exist."""
    found = get_object_or_404(Breakfast.objects.shown(), pk=pk)
    if not may_look(request.user, found, at):
        raise Http404
    return found


FORMS: dict[str, type[ActForm]] = {"enter": EnterForm, "cancel": CancelForm, "place": PlaceForm}


def form_of(verb: str, breakfast: Breakfast, *args: Any, **kwargs: Any) -> ActForm:
    return FORMS.get(verb, ActForm)(breakfast, *args, auto_id=f"{verb}_%s", **kwargs)


@require_safe
def sheet(request: StaffRequest, pk: int) -> HttpResponse:
    at = timezone.now()
    return page(request, shown(request, pk, at), at)


@require_http_methods(["GET", "POST"])
def act(request: StaffRequest, pk: int, verb: str) -> HttpResponse:
    """Do what a button of the page says; what was typed comes back with whatever stood against it."""
    at = timezone.now()
    found = shown(request, pk, at)
    if verb not in ACTS:
        raise Http404
    if request.method == "GET":
        kept = typed(request)
        form = form_of(verb, found, initial=kept.dict()) if kept else None
        return page(request, found, at, form, verb)
    form = form_of(verb, found, request.POST)
    if not form.is_valid():
        return page(request, found, at, form, verb, 422)
    do, done = ACTS[verb]
    try:
        do(found, request.user, at, form)
    except DeskError as error:
        refuse(form, error)
        return page(request, shown(request, pk, at), at, form, verb, error.status)
    messages.success(request, str(done))
    return redirect("admin:breakfast-sheet", pk)


def page(
    request: StaffRequest,
    breakfast: Breakfast,
    at: datetime,
    tried: ActForm | None = None,
    verb: str = "",
    status: int = 200,
) -> HttpResponse:
    rows = list(SignUp.objects.shown().filter(breakfast=breakfast))
    rows.sort(key=lambda row: (ORDER.index(Standing(row.standing)), row.position or 0, row.at, row.pk))
    taken = sum(row.standing in {Standing.SELECTED, Standing.ATTENDED, Standing.ABSENT} for row in rows)
    user = request.user
    context = {
        "title": str(breakfast),
        "breakfast": breakfast,
        "now": at,
        "rows": [{"row": row, "why": why(row)} for row in rows],
        "taken": taken,
        "free": max(0, breakfast.quota - taken),
        "order": turns(breakfast.starts_at, breakfast.pk),
        "skips": breakfast.skips.select_related("seat", "by"),
        "promises": [{"row": row, "stand": stand_of(row.case)} for row in minutes.promises_of(breakfast)],
        "may_manage": may_manage(user, at),
        "may_record": may_record(user, breakfast, at) and breakfast.stage in {Stage.SELECTED, Stage.HELD},
        "may_sign": may_sign(user, breakfast, at) and breakfast.stage == Stage.HELD,
        "is_closed": at > breakfast.closes_at,
        "forms": {each: form_of(each, breakfast) for each in FORMS} | ({verb: tried} if tried else {}),
        "tried": tried,
        "verb": verb,
    }
    return framed(request, "enterprises/breakfasts/sheet.html", context, status)


def framed(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = admin.site.each_context(cast(Any, request))
    return TemplateResponse(request, template, {**frame, **context}, status=status)


@require_safe
def briefing(request: StaffRequest, pk: int) -> HttpResponse:
    """The sheet for the host, to print: topics and companies, so it is for those who may read the list."""
    at = timezone.now()
    found = shown(request, pk, at)
    response = HttpResponse(sheets.briefing(found, at), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="breakfast-{found.number}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
