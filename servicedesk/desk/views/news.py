"""What the user was told, in the app: the authoritative notices."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from servicedesk.desk import notices
from servicedesk.desk.views.door import PersonalRequest, personal

A_PAGE = 20
LONGEST_KEY = 18


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def told(request: PersonalRequest) -> HttpResponse:
    """The list; sent back, it marks one notice (`only`) or all of them as read."""
    if request.method == "POST":
        only = request.POST.get("only", "")
        key = int(only) if only.isdecimal() and len(only) <= LONGEST_KEY else None
        if key is not None or not only:
            notices.mark_read(request.user, timezone.now(), key)
        return redirect("desk:notices")
    rows = notices.of_user(request.user).select_related("event__case")
    context = {
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "unread": rows.filter(read_at=None).count(),
    }
    return render(request, "portal/notices.html", context)
