"""Papers and licences going out: to whoever may see the matter, and a licence's state to everyone."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals.documents import chinese, licences
from approvals.documents.shelf import pdf_of
from approvals.models import Document
from servicedesk.accounts.models import User
from servicedesk.desk.errors import DeskError
from servicedesk.desk.permissions import visible_to
from servicedesk.desk.throttles import ByAddress, too_many
from servicedesk.desk.wording import spoken

GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@require_safe
@login_required
def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A paper as PDF; 404 for whoever may not see its matter."""
    cases = visible_to(cast(User, request.user), timezone.now())
    paper = Document.objects.filter(pk=pk, case__in=cases).first()
    if paper is None:
        raise Http404
    try:
        content = pdf_of(paper)
    except DeskError as error:
        return _refused(request, error)
    return _pdf(content, f"{chinese.title(paper)} {chinese.number(paper)}.pdf")


@require_safe
@login_required
def licence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A licence as PDF; 404 for whoever may not see its matter."""
    cases = visible_to(cast(User, request.user), timezone.now())
    found = licences.whole().filter(pk=pk, case__in=cases).first()
    if found is None:
        raise Http404
    content = licences.certificate_of(found)
    return _pdf(content, f"{spoken(found.name, 'zh-hans')} {found.number}.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf", headers=GUARDS)
    response.headers["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    return response


def _refused(request: HttpRequest, error: DeskError) -> HttpResponse:
    response = render(request, "410.html", {"sentence": error.message}, status=error.status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


class Verifying(ByAddress):
    """Every look at a licence from one address counts, apart from looking matters up."""

    rate = "60/min"

    def get_cache_key(self, request: HttpRequest, view: object) -> str:
        return f"verify:address:{self.get_ident(request)}"  # type: ignore[arg-type]


@never_cache
@require_safe
def verify_code(request: HttpRequest) -> HttpResponse:
    """Type the code that stands on a licence; leads to its page."""
    typed = request.GET.get("code", "")
    token = licences.normalised(typed.replace("\0", "")[:80])
    if token:
        return redirect("approvals:verify", token=token)
    problem = _("Type the code that stands beside the QR code.") if typed or "code" in request.GET else ""
    return _quiet(
        render(request, "approvals/verify_code.html", {"problem": problem}, status=422 if problem else 200)
    )


@never_cache
@require_safe
def verify(request: HttpRequest, token: str) -> HttpResponse:
    """Whether a licence holds now, for everyone who has its code: no personal data, nothing to search."""
    by_address = Verifying()
    if not by_address.allow_request(request, None):  # type: ignore[arg-type]
        return too_many(request, by_address.wait())
    found = licences.whole().filter(token=token).first()
    if found is None:
        return _quiet(render(request, "approvals/verify_unknown.html", status=404))
    now = timezone.now()
    context = {
        "licence": found,
        "name": spoken(found.name),
        "holder": licences.shown_holder(found),
        "standing": licences.standing_of(found, now),
        "now": now,
    }
    return _quiet(render(request, "approvals/verify.html", context))


def _quiet(response: HttpResponse) -> HttpResponse:
    """Kept out of search engines, and out of the addresses other sites are told."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
