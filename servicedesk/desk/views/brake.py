"""The brake on closing what nobody answered: why it was pulled, what it holds, and letting go."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from servicedesk.accounts.models import User
from servicedesk.desk.actions.silence import due, release_brake
from servicedesk.desk.brake import held
from servicedesk.desk.permissions import Role, holds, is_dispatcher, today
from servicedesk.desk.verb_fields import Reason

SHOWN = 50


class StaffRequest(HttpRequest):
    user: User


class ReleaseForm(forms.Form):
    reason = Reason(
        label=gettext_lazy("Why they may be closed"),
        help_text=gettext_lazy("Your name, the time and the reason are logged."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def brake(request: StaffRequest) -> HttpResponse:
    """For the centre to read; the manager lets go, with a reason."""
    at = timezone.now()
    may_release = holds(request.user, Role.MANAGER, today(at))
    if not (may_release or is_dispatcher(request.user, today(at))):
        raise PermissionDenied
    pulled = held()
    form = ReleaseForm(request.POST or None)
    if request.method == "POST":
        if not may_release:
            raise PermissionDenied
        if pulled is not None and form.is_valid():
            release_brake(by=request.user, at=at, reason=form.cleaned_data["reason"])
            messages.success(request, _("The brake is released. The next sweep closes what is due."))
            return redirect("admin:index")
    waiting = due(at)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Closing without an answer is held"),
        "pulled": pulled,
        "waiting": waiting[:SHOWN],
        "count": len(waiting),
        "form": form if may_release else None,
    }
    return TemplateResponse(request, "desk/brake.html", context, status=422 if form.errors else 200)
