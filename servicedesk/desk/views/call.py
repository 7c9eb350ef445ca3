"""Take down a call: the centre finds who calls, or enters them, and submits the matter on their behalf."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from servicedesk.accounts.models import User
from servicedesk.desk import calls
from servicedesk.desk.models import Case, Party
from servicedesk.desk.permissions import is_dispatcher, today
from servicedesk.desk.registry import CaseKind
from servicedesk.desk.verb_fields import Sentence
from servicedesk.desk.views.start import key_in


class StaffRequest(HttpRequest):
    user: User


def telephone(words: str) -> str:
    """The number without spaces. Raises ValidationError when it cannot be a telephone number."""
    number = "".join(words.split())
    digits = number.lstrip("+").replace("-", "")
    if not digits.isdecimal() or not 7 <= len(digits) <= 15:
        raise forms.ValidationError(_("Enter a telephone number of 7 to 15 digits."), code="phone")
    return number


class NewPartyForm(forms.Form):
    sort = forms.ChoiceField(
        label=gettext_lazy("Who it is for"), choices=Party.Sort.choices, widget=forms.RadioSelect
    )
    name = Sentence(label=gettext_lazy("Name"), max_length=120)
    phone = Sentence(label=gettext_lazy("Telephone"), max_length=32)
    is_other = forms.BooleanField(label=gettext_lazy("It is none of those listed"), required=False)

    def clean_phone(self) -> str:
        return telephone(self.cleaned_data["phone"])


class CallerForm(forms.Form):
    caller = Sentence(label=gettext_lazy("Who is calling"), max_length=80)
    phone = Sentence(label=gettext_lazy("From which number"), max_length=32)
    is_other = forms.BooleanField(label=gettext_lazy("It is none of the matters listed"), required=False)

    def clean_phone(self) -> str:
        return telephone(self.cleaned_data["phone"])


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: StaffRequest) -> HttpResponse:
    """For dispatchers: whom it is for, then the matter itself."""
    if not is_dispatcher(request.user, today(timezone.now())):
        raise PermissionDenied
    if "party" in request.GET:
        return matter(request)
    form = NewPartyForm(request.POST or None, initial={"sort": Party.Sort.COMPANY})
    words = request.GET.get("q", "").replace("\0", "")[:120]
    found = list(calls.parties_like(words))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        known = given.pop("is_other")
        found = (
            []
            if known
            else list(
                Party.objects.filter(sort=given["sort"], name=given["name"])
                | Party.objects.filter(phone=given["phone"])
            )
        )
        if not found:
            made = calls.enter_party(**given, by=request.user, at=timezone.now())
            return redirect(f"{reverse('admin:call')}?party={made.pk}")
        form.add_error(None, _("The desk knows these already. Choose one, or say that it is none of them."))
    context = {"words": words, "found": found, "form": form, "asked": bool(words) or request.method == "POST"}
    return page(request, context, 422 if form.is_bound and form.errors else 200)


def matter(request: StaffRequest) -> HttpResponse:
    at, kind = timezone.now(), kind_in(request)
    key = request.GET.get("party", "")
    party = get_object_or_404(Party, pk=key if key.isdecimal() and len(key) < 15 else None)
    form_type: Any = kind.form_of({})
    who = CallerForm(request.POST or None, initial={"phone": party.phone}, prefix="call")
    form = form_type(filled(request, kind) if request.method == "POST" else None)
    shown = {"party": party, "kind": kind, "kinds": calls.kinds_by_phone(), "form": form, "who": who}
    if request.method == "POST" and (who.is_valid() & form.is_valid()):
        alike = (
            []
            if who.cleaned_data["is_other"]
            else calls.similar(party, kind, str(form.cleaned_data.get("text", "")), by=request.user, at=at)
        )
        if not alike:
            return taken(request, kind, party, form, who)
        who.add_error(None, _("This may be known already. Look at these first."))
        shown["alike"] = alike
    shown["key"] = request.POST.get("key") or uuid.uuid4()
    return page(request, shown, 422 if who.is_bound else 200)


def kind_in(request: StaffRequest) -> CaseKind:
    known = calls.kinds_by_phone()
    asked = request.GET.get("kind", "direct-line")
    found = next((kind for kind in known if kind.code == asked), None)
    if found is None:
        raise Http404
    return found


def filled(request: StaffRequest, kind: CaseKind) -> Any:
    """What was sent; whom to ask for and which number to call are the caller's own where nothing else was
    said."""
    posted = request.POST.copy()
    for name, mask in kind.masks.items():
        if not posted.get(name, "").strip():
            posted[name] = posted.get("call-phone" if mask == "phone" else "call-caller", "")
    return posted


def taken(request: StaffRequest, kind: CaseKind, party: Party, form: Any, who: CallerForm) -> HttpResponse:
    case: Case = calls.take_down(
        kind,
        party,
        form,
        caller=who.cleaned_data["caller"],
        phone=who.cleaned_data["phone"],
        key=key_in(request, "key"),
        by=request.user,
        at=timezone.now(),
    )
    told = _("Tell the caller: number %(number)s, secret %(secret)s.")
    messages.success(request, told % {"number": case.number, "secret": case.secret})
    return redirect("admin:desk_case_change", case.pk)


def page(request: StaffRequest, context: dict[str, Any], status: int) -> HttpResponse:
    frame = admin.site.each_context(request) | {"title": _("Take down a call")}
    return TemplateResponse(request, "desk/call.html", frame | context, status=status)
