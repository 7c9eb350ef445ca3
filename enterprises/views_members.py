"""My companies, for which of them I act now, and who else may act for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from enterprises.claims import members
from enterprises.claims.owners import is_owner
from enterprises.claims_forms import EndForm, InvitationForm, LimitForm
from enterprises.models import Company, CompanyClaim, Invitation
from servicedesk.desk import mine
from servicedesk.desk.drafting import without_nulls
from servicedesk.desk.errors import DeskError, NotAllowed
from servicedesk.desk.models import Case, Membership, Party
from servicedesk.desk.permissions import today
from servicedesk.desk.views.door import PersonalRequest, personal, typed

Role = Membership.Role


@require_safe
@personal
def companies(request: PersonalRequest) -> HttpResponse:
    """Every company the user acts for: as what, since and until when, what the register says of it."""
    at = timezone.now()
    current = Membership.objects.current(today(at)).filter(user=request.user)
    rows = list(current.select_related("party").order_by("party__sort", "party__name", "pk"))
    found = Company.objects.named().prefetch_related("service_managers__user__posts__office")
    known = {row.party_id: row for row in found.filter(party__in=[row.party_id for row in rows])}
    claims = CompanyClaim.objects.filter(case__opened_by=request.user).exclude(
        case__state__in=[Case.State.DRAFT, Case.State.CLOSED]
    )
    acting = mine.acting(request.session, [row.party for row in rows])
    if acting is None:
        # Whoever was chosen may have ended the authorisation since: the header must not go on saying so.
        mine.act_for(request.session, None)
    context = {
        "cards": [card(row, known.get(row.party_id), at) for row in rows],
        "acting": acting,
        "claims": list(claims.select_related("case").order_by("pk")),
    }
    return render(request, "enterprises/claims/companies.html", context)


def card(member: Membership, company: Company | None, at: datetime) -> dict[str, Any]:
    on = today(at)
    manager = company.manager(on) if company else None
    return {
        "member": member,
        "party": member.party,
        "company": company,
        "manager": manager,
        "office": manager.office(on) if manager else None,
        "is_company": member.party.sort == Party.Sort.COMPANY and bool(member.party.number),
        "owns": member.role == Role.OWNER and member.is_confirmed,
    }


@require_POST
@personal
def act_for(request: PersonalRequest) -> HttpResponse:
    """Choose for which company everything is filed from now on; none for asking each time."""
    parties = mine.parties_on(request.user, timezone.now())
    chosen = next((party for party in parties if str(party.pk) == request.POST.get("party")), None)
    mine.act_for(request.session, chosen)
    if chosen is not None:
        messages.success(request, _("You act for %(company)s now.") % {"company": chosen})
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return redirect(target if safe else "enterprises:companies")


# --- members -------------------------------------------------------------------------------------------


def owned(request: PersonalRequest, uscc: str, at: datetime) -> Party:
    """The company of that code, if the user owns it; 404 for everybody else."""
    party = get_object_or_404(Party, number=uscc, sort=Party.Sort.COMPANY)
    if not is_owner(request.user, party, today(at)):
        raise Http404
    return party


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def company_members(request: PersonalRequest, uscc: str) -> HttpResponse:
    """Who acts, who acted, who is invited; a form to invite."""
    at = timezone.now()
    party, on = owned(request, uscc, at), today(at)
    if request.method != "POST":
        kept = typed(request)
        form = InvitationForm(on=on, initial=without_nulls(kept).dict() if kept else None)
        return show_members(request, party, form, at)
    form = InvitationForm(without_nulls(request.POST), on=on)
    if not form.is_valid():
        return show_members(request, party, form, at, 422)
    try:
        members.invite(party, by=request.user, at=at, **form.cleaned_data)
    except DeskError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return show_members(request, party, form, at, error.status)
    messages.success(request, _("The invitation is sent. It is good for seven days."))
    return redirect("enterprises:members", uscc)


def show_members(
    request: PersonalRequest, party: Party, form: InvitationForm, at: datetime, status: int = 200
) -> HttpResponse:
    rows = list(party.memberships.select_related("user").order_by("role", "since", "pk"))
    on = today(at)
    current = [row for row in rows if is_current(row, at)]
    context = {
        "party": party,
        "current": [row for row in current if row.is_confirmed],
        "waiting": [row for row in current if not row.is_confirmed],
        "coming": [row for row in rows if row.since > on],
        "past": [row for row in rows if row not in current and row.since <= on],
        "invitations": list(Invitation.objects.open(at).filter(party=party)),
        "form": form,
        "is_last_owner": sum(row.role == Role.OWNER and row.is_confirmed for row in current) == 1,
    }
    return render(request, "enterprises/claims/members.html", context, status=status)


def is_current(row: Membership, at: datetime) -> bool:
    """Whether a membership stands; one that was ended today no longer does."""
    on = today(at)
    ended = row.until is not None and (row.until < on or (row.until == on and not row.is_confirmed))
    return row.since <= on and not ended


def member_of(request: PersonalRequest, uscc: str, pk: int, at: datetime) -> Membership:
    """A membership of a company the user owns, or the user's own; 404 for any other."""
    row = get_object_or_404(Membership.objects.select_related("party", "user"), pk=pk, party__number=uscc)
    if row.user_id != request.user.pk and not is_owner(request.user, row.party, today(at)):
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def member_end(request: PersonalRequest, uscc: str, pk: int) -> HttpResponse:
    """Ask first, naming what is lost; then end the membership at once."""
    at = timezone.now()
    row = member_of(request, uscc, pk, at)
    form = EndForm(without_nulls(request.POST) if request.method == "POST" else None)
    context = {"member": row, "party": row.party, "form": form, "is_own": row.user_id == request.user.pk}
    if request.method != "POST":
        return render(request, "enterprises/claims/end.html", context)
    if not form.is_valid():
        return render(request, "enterprises/claims/end.html", context, status=422)
    try:
        members.end(row, by=request.user, at=at, reason=form.cleaned_data["reason"])
    except DeskError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return render(request, "enterprises/claims/end.html", context, status=error.status)
    messages.success(request, _("The membership has ended."))
    own = row.user_id == request.user.pk
    return redirect("enterprises:companies") if own else redirect("enterprises:members", uscc)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def member_limit(request: PersonalRequest, uscc: str, pk: int) -> HttpResponse:
    """Give an agent's authorisation a last day, or take the limit away."""
    at = timezone.now()
    party = owned(request, uscc, at)
    row = get_object_or_404(party.memberships.select_related("user"), pk=pk, role=Role.AGENT)
    posted = without_nulls(request.POST) if request.method == "POST" else None
    form: forms.Form = LimitForm(posted, on=today(at), initial={"until": row.until})
    context = {"member": row, "party": party, "form": form}
    if posted is None:
        return render(request, "enterprises/claims/limit.html", context)
    if not form.is_valid():
        return render(request, "enterprises/claims/limit.html", context, status=422)
    try:
        members.limit(row, by=request.user, at=at, until=form.cleaned_data["until"])
    except DeskError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return render(request, "enterprises/claims/limit.html", context, status=error.status)
    messages.success(request, _("The authorisation is changed."))
    return redirect("enterprises:members", uscc)


@require_POST
@personal
def invitation_revoke(request: PersonalRequest, uscc: str, pk: int) -> HttpResponse:
    at = timezone.now()
    party = owned(request, uscc, at)
    row = get_object_or_404(Invitation, pk=pk, party=party)
    try:
        members.take_back(row, by=request.user, at=at)
        messages.success(request, _("The invitation is taken back."))
    except DeskError as error:
        messages.error(request, str(error))
    return redirect("enterprises:members", uscc)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def invitation(request: PersonalRequest, token: str) -> HttpResponse:
    """What somebody is invited to; taken up by whoever has logged in with the very number."""
    at = timezone.now()
    row = members.found(token, at)
    if row is None:
        return render(request, "enterprises/claims/invitation_over.html", status=404)
    is_meant = bool(request.user.phone) and request.user.phone == row.phone
    context = {"row": row, "is_meant": is_meant, "party": row.party}
    if request.method != "POST" or not is_meant:
        refused = request.method == "POST"
        return render(request, "enterprises/claims/invitation.html", context, status=403 if refused else 200)
    try:
        members.accept(token, by=request.user, at=at)
    except NotAllowed as error:
        return render(request, "enterprises/claims/invitation.html", context, status=error.status)
    except DeskError as error:
        messages.error(request, str(error))
        return redirect("enterprises:companies")
    messages.success(request, _("You may act for %(company)s now.") % {"company": row.party})
    return redirect("enterprises:companies")
