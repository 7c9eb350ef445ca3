"""Claiming a company on the portal: the way in, the proof of the telephone, the word of a present owner."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from enterprises.claims import objecting, phone
from enterprises.claims.owners import is_owner, party_of
from enterprises.claims.party import own_party
from enterprises.claims_forms import CodeForm, ObjectionForm
from enterprises.models import CompanyClaim
from servicedesk.accounts import codes
from servicedesk.desk.drafting import without_nulls
from servicedesk.desk.errors import DeskError
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Case, Party
from servicedesk.desk.permissions import today
from servicedesk.desk.views.door import PersonalRequest, personal, typed


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def claim(request: PersonalRequest) -> HttpResponse:
    """What a claim takes and who decides; the button opens the form, for oneself as a person."""
    if request.method != "POST":
        return render(request, "enterprises/claims/claim.html")
    party = own_party(request.user, timezone.now())
    return redirect(f"{reverse('desk:start', args=['company-claim'])}?whom={party.pk}")


def own_claim(request: PersonalRequest, number: str) -> CompanyClaim:
    """The claim the user filed under that number; 404 for any other."""
    mine = CompanyClaim.objects.select_related("case").exclude(case__state=Case.State.DRAFT)
    return get_object_or_404(mine, case__number=number, case__opened_by=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def claim_phone(request: PersonalRequest, number: str) -> HttpResponse:
    """Have a code sent to the legal representative; type it."""
    at, found = timezone.now(), own_claim(request, number)
    if found.phone_proven_at is not None or found.case.state == Case.State.CLOSED:
        return redirect("desk:matter", number)
    if request.method != "POST":
        typed(request)
        return show_phone(request, found, CodeForm(), at)
    posted = without_nulls(request.POST)
    sends = "send" in posted
    form = CodeForm(None if sends else posted)
    if not sends and not form.is_valid():
        return show_phone(request, found, form, at, 422)
    try:
        if sends:
            phone.send_code(request, found, by=request.user, at=at)
            messages.success(request, _("The code is on its way to the legal representative."))
            return redirect("enterprises:claim_phone", number)
        phone.prove(request, found, form.cleaned_data["code"], by=request.user, at=at)
    except DeskError as error:
        form = CodeForm(posted)
        form.is_valid()
        form.errors.pop("code", None)
        form.add_error("code", str(error))
        return show_phone(request, found, form, at, error.status)
    messages.success(request, _("The telephone of the legal representative is proven."))
    return redirect("desk:matter", number)


def show_phone(
    request: PersonalRequest, claim: CompanyClaim, form: CodeForm, at: datetime, status: int = 200
) -> HttpResponse:
    context = {
        "claim": claim,
        "phone": masked(claim.representative_phone, "phone"),
        "is_sent": codes.is_alive(request, claim.representative_phone, phone.PURPOSE, at),
        "minutes": codes.MINUTES,
        "demo_code": codes.shown_in_demo(request, claim.representative_phone),
        "form": form,
    }
    return render(request, "enterprises/claims/phone.html", context, status=status)


def owned_claim(request: PersonalRequest, pk: int, at: datetime) -> tuple[CompanyClaim, Party]:
    """A claim of a company the user owns, and its party; 404 for everybody else, the claimant included."""
    found = get_object_or_404(
        CompanyClaim.objects.select_related("case").exclude(case__state=Case.State.DRAFT), pk=pk
    )
    party = party_of(found.uscc)
    if party is None or found.case.opened_by_id == request.user.pk:
        raise Http404
    if not is_owner(request.user, party, today(at)):
        raise Http404
    return found, party


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def claim_objection(request: PersonalRequest, pk: int) -> HttpResponse:
    """A present owner reads that the company is claimed, and objects or agrees, once."""
    at = timezone.now()
    found, party = owned_claim(request, pk, at)
    if request.method != "POST":
        kept = typed(request)
        form = ObjectionForm(initial=without_nulls(kept).dict() if kept else None)
        return show_objection(request, found, party, form, at)
    form = ObjectionForm(without_nulls(request.POST))
    if not form.is_valid():
        return show_objection(request, found, party, form, at, 422)
    try:
        objecting.say(found, by=request.user, at=at, **form.cleaned_data)
    except DeskError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show_objection(request, found, party, form, at, error.status)
    messages.success(request, _("Thank you. The centre reads this before it decides."))
    return redirect("enterprises:companies")


def show_objection(
    request: PersonalRequest,
    claim: CompanyClaim,
    party: Party,
    form: ObjectionForm,
    at: datetime,
    status: int = 200,
) -> HttpResponse:
    clock = claim.case.clocks.filter(code=objecting.HEAR).order_by("-round").first()
    said = claim.objections.filter(by=request.user).first()
    context: dict[str, Any] = {
        "claim": claim,
        "party": party,
        "who": masked(claim.case.applicant.name, "name"),
        "form": form,
        "said": said,
        "may_say": said is None and objecting.waits(claim) is not None,
        "until": clock.due_at if clock else None,
    }
    return render(request, "enterprises/claims/objection.html", context, status=status)
