"""What is one's own: the data to take along, and closing the account."""

from __future__ import annotations

import hashlib
import json

from django import forms
from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from servicedesk.accounts.fresh import fresh
from servicedesk.accounts.models import User
from servicedesk.accounts.staff_door import turned_away
from servicedesk.desk.actions import forgetting
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import AccountClosing
from servicedesk.desk.privacy.own_data import own_data
from servicedesk.desk.throttles import too_many
from servicedesk.desk.trail import chain_of_user, record
from servicedesk.desk.views.door import PersonalRequest, personal

# So many copies an hour: nobody needs more, and whoever stole a session gets no faster at it.
MOST, HOUR = 3, 3600


class ClosingForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("What should be known"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    agreed = forms.BooleanField(
        label=gettext_lazy("I know that I cannot log in any more once the account is closed."),
        error_messages={"required": gettext_lazy("Please tick that you know this.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@fresh
def take_along(request: PersonalRequest) -> HttpResponse:
    """Say what the file holds; sent back, give it: one JSON file, logged in the person's own chain."""
    turned = turned_away(request, request.user) if request.user.is_staff else None
    if turned is not None:
        return turned
    if request.method != "POST":
        return render(request, "portal/own_data.html")
    if not _may_take(request.user):
        return too_many(request, HOUR)
    at = timezone.now()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=request.user.pk)
        record(chain_of_user(user), "own_data", at=at, by=user)
        told = json.dumps(own_data(user, at), ensure_ascii=False, indent=1)
    response = HttpResponse(told, content_type="application/json; charset=utf-8")
    name = f"my-data-{timezone.localtime(at):%Y%m%d-%H%M}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _may_take(user: User) -> bool:
    name = hashlib.sha256(f"own-data:{user.pk}".encode()).hexdigest()[:32]
    key = f"own-data:{name}"
    cache.add(key, 0, HOUR)
    return int(cache.incr(key)) <= MOST


@require_http_methods(["GET", "HEAD", "POST"])
@personal
@fresh
def close(request: PersonalRequest) -> HttpResponse:
    """Ask that the account be closed and the data erased; take it back while nobody has decided."""
    user, at = request.user, timezone.now()
    asked = AccountClosing.objects.filter(user=user).order_by("-pk").first()
    waits = asked is not None and asked.stage == AccountClosing.Stage.ASKED
    if request.method == "POST" and "take_back" in request.POST:
        forgetting.take_back(user, at=at)
        messages.success(request, _("Your account stays as it is."))
        return redirect("account")
    form = ClosingForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                forgetting.ask_closing(user, at=at, words=form.cleaned_data["words"])
            except DeskError as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request, _("We have received it. The centre answers within 15 working days.")
                )
                return redirect("desk:close_account")
    context = {"form": form, "asked": asked, "waits": waits, "open": forgetting.under_way(user)}
    return render(request, "portal/close_account.html", context, status=status)
