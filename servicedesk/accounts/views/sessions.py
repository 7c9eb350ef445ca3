"""One's own sessions: ended one by one, or all but this one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from servicedesk.accounts import sittings
from servicedesk.accounts.models import User

LONGEST_KEY = 18


@never_cache
@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """`only` names one session; without it, all others end. Ending this one logs out."""
    user, at = request.user, timezone.now()
    assert isinstance(user, User)
    only, here = request.POST.get("only", ""), request.session.get(sittings.SITTING, 0)
    if only == str(here):
        logout(request)
        return redirect("/")
    mine = sittings.open_of(user, at).exclude(pk=here)
    if only:
        mine = mine.filter(pk=int(only)) if only.isdecimal() and len(only) <= LONGEST_KEY else mine.none()
    count = sittings.end(mine, at, user)
    messages.success(request, ngettext("%(n)d session ended.", "%(n)d sessions ended.", count) % {"n": count})
    return redirect("account")
