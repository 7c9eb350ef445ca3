"""Answering the follow-up by a one-time link, without a log-in and without a word about the matter but its
number and office."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from enterprises.direct_line.revisits import answer, link_of
from enterprises.models import DirectLineMatter, Revisit
from servicedesk.desk.drafting import without_nulls
from servicedesk.desk.throttles import ByAddress, too_many


class RevisitForm(forms.Form):
    result = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=[
            (Revisit.Result.SOLVED, _("Yes, it is solved")),
            (Revisit.Result.PARTLY, _("Partly")),
            (Revisit.Result.UNSOLVED, _("No, it is not solved")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Please say whether it is solved.")},
    )
    level = forms.TypedChoiceField(
        label=_("How content are you with how it was handled?"),
        choices=[("", _("I would rather not say")), *DirectLineMatter.Rating.choices],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("In your words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("result") in {Revisit.Result.PARTLY, Revisit.Result.UNSOLVED} and not given.get("text"):
            self.add_error("text", _("Please write what is still missing, so that it can be done."))
        return given


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revisit(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, or take the answer. Opening the link uses nothing up; a used or unknown one is gone."""
    by_address = ByAddress()
    if not by_address.allow_request(request, None):  # type: ignore[arg-type]
        return too_many(request, by_address.wait())
    response = _answered(request, token)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answered(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    link = link_of(token, at)
    if link is None:
        return render(request, "enterprises/revisit_gone.html", status=410)
    form = RevisitForm(without_nulls(request.POST) if request.method == "POST" else None)
    if form.is_valid():
        if answer(link, form.cleaned_data, at):
            return render(request, "enterprises/revisit_done.html", {"result": form.cleaned_data["result"]})
        return render(request, "enterprises/revisit_gone.html", status=410)
    context = {"form": form, "case": link.case}
    return render(request, "enterprises/revisit.html", context, status=422 if form.is_bound else 200)
