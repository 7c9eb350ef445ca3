"""Pages where somebody reads what waits for them and answers it in place: drafts to sign, matters put before
them. The forms post to the verbs as the workbench's do; nothing is decided by opening a page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from servicedesk.desk import raised, signing
from servicedesk.desk.permissions import Role, holds, today
from servicedesk.desk.views.desk import SEEN, StaffRequest, page_of_desk


@require_safe
def sign(request: StaffRequest) -> HttpResponse:
    """Sign-offs waiting: each draft to be read, signed or sent back where it stands."""
    at = timezone.now()
    if not any(holds(request.user, role, today(at)) for role in (Role.HEAD, Role.LEADER)):
        raise Http404
    rows, more = signing.waiting(request.user, at)
    context = {"title": _("Answers to sign"), "rows": _seen(request, rows), "more": more, "now": at}
    return page_of_desk(request, "desk/signing.html", context | {"back": "sign"})


@require_safe
def decide(request: StaffRequest) -> HttpResponse:
    """What was put before this leader, one sentence each, to be decided with one field."""
    at = timezone.now()
    if not raised.decides(request.user, at):
        raise Http404
    rows, more = raised.to_decide(request.user, at)
    context = {"title": _("Put before you"), "rows": _seen(request, rows), "more": more, "now": at}
    return page_of_desk(request, "desk/deciding.html", context | {"back": "decide"})


def _seen(
    request: StaffRequest, rows: list[signing.Waiting] | list[raised.Raised]
) -> list[tuple[object, str]]:
    """Each with what its forms prove: that this person had the page."""
    return [(row, SEEN.sign(f"{request.user.pk}:{row.case.number}")) for row in rows]
