"""The pages of the board. Routed below the desk; for dispatchers, and the matters they may know of."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from enterprises.direct_line.board import disputes as arguments
from enterprises.direct_line.board import urging
from enterprises.direct_line.board.doubles import Doubles
from enterprises.direct_line.board.forms import UrgeForm
from enterprises.direct_line.board.suggesting import Suggesting
from enterprises.direct_line.board.waiting import Done, Page, Row, board, contact_by
from servicedesk.accounts.models import User
from servicedesk.desk.admin.register import Asks
from servicedesk.desk.permissions import is_dispatcher, today

# So many pages of the board there never are; a larger number is a mistyped address.
MOST_PAGES = 500


class StaffRequest(HttpRequest):
    user: User


def dispatches(user: User, at: datetime) -> bool:
    """Whether the user dispatches at the centre on the day."""
    return is_dispatcher(user, today(at))


def let_in(view: Callable[..., HttpResponse], asks: Asks = dispatches) -> Callable[..., HttpResponse]:
    """Let in staff who dispatch, or whom `asks` says."""

    @functools.wraps(view)
    def asked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not asks(request.user, timezone.now()):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return admin.site.admin_view(asked)


def page(request: HttpRequest, name: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(
        request, f"enterprises/board/{name}.html", {**frame, "tab": name, **context}, status=status
    )


def page_in(request: HttpRequest) -> int:
    """The page asked for; 404 for what is none."""
    asked = request.GET.get("page", "1")
    if not asked.isdecimal() or not 1 <= int(asked[:6]) <= MOST_PAGES:
        raise Http404
    return int(asked)


@require_safe
def dispatch(request: StaffRequest) -> HttpResponse:
    """What to dispatch, with a suggestion for each, by the promise that falls first."""
    at = timezone.now()
    found = board(request.user, at, page_in(request))
    told, doubles = Suggesting(found.rows, request.user, at), Doubles(found.rows, request.user, at)
    last = request.GET.get("done", "")
    context = {
        "title": _("Dispatch board"),
        "now": at,
        "board": found,
        "last": next((each for each in found.done if each.case.number == last), None),
        "entries": _entries(found, told, doubles, last, at),
        "offices": [office for office in told.offices.values() if office.is_open],
        "topics": [topic for topic in told.topics.values() if topic.is_valid],
    }
    return page(request, "dispatch", context)


def _entries(
    found: Page, told: Suggesting, doubles: Doubles, last: str, at: datetime
) -> list[dict[str, Any]]:
    """Rows in their order; the one after the matter just done is where the keyboard goes on."""
    entries: list[dict[str, Any]] = []
    passed = marked = False
    for each in found.entries:
        entry: dict[str, Any] = {"case": each.case, "is_done": isinstance(each, Done), "entry": each}
        if isinstance(each, Row):
            entry |= {
                "row": each,
                "suggestion": told.of(each),
                "doubles": doubles.of(each),
                "contact_by": contact_by(each.case, at),
                "at": passed and not marked,
            }
            marked = marked or entry["at"]
        passed = passed or each.case.number == last
        entries.append(entry)
    return entries


@require_safe
def disputes(request: StaffRequest) -> HttpResponse:
    """What came back, both arguments side by side, the ruling beside them."""
    at = timezone.now()
    rows = arguments.disputes(request.user, at)
    context = {"title": _("Returned and disputed"), "now": at, "disputes": rows}
    return page(request, "disputes", context)


@require_http_methods(["GET", "HEAD", "POST"])
def urge(request: StaffRequest) -> HttpResponse:
    """Urge about what was ticked, each by itself, and say what became of each."""
    at = timezone.now()
    form = UrgeForm(request.POST if request.method == "POST" else None)
    ticked = request.POST.getlist("number")[: urging.SHOWN]
    said: list[urging.Said] = []
    if request.method == "POST":
        if not ticked:
            form.add_error(None, _("Tick at least one matter."))
        elif form.is_valid():
            said = urging.urge(ticked, form.cleaned_data["note"], by=request.user, at=at)
            done = sum(each.done for each in said)
            (messages.success if done else messages.warning)(
                request, _("Urged about %(n)d of %(of)d.") % {"n": done, "of": len(ticked)}
            )
    wrong = request.method == "POST" and not said
    context = {
        "title": _("Urge the offices"),
        "now": at,
        "form": form if wrong or request.method != "POST" else UrgeForm(),
        "said": said,
        "groups": urging.urgent(request.user, at),
        "ticked": ticked if wrong else [],
        "hours": int(urging.AGAIN_AFTER.total_seconds() // 3600),
    }
    return page(request, "urge", context, 422 if wrong else 200)


def back_to(request: HttpRequest, number: str) -> HttpResponse:
    """To the tab somebody came from, where the next row waits."""
    if request.POST.get("tab") == "disputes":
        return redirect("board:disputes")
    asked = request.POST.get("page", "")
    place = redirect("board:dispatch")
    where = f"&page={asked}" if asked.isdecimal() and asked != "1" and len(asked) < 4 else ""
    place["Location"] += f"?done={number}{where}#next"
    return place
