"""Staff carry a second factor (TOTP). Whoever has none yet is led to enrolment from any page."""

from collections.abc import Callable

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

Answer = Callable[[HttpRequest], HttpResponse]

# Where enrolment itself happens, and what it needs.
OPEN_PATHS = ("/account/", "/i18n/", "/healthz", "/readyz", "/status")


def lacks(request: HttpRequest) -> bool:
    """Whether this member of staff has to enrol first. A log-in by code in this session needs no query."""
    user = request.user
    if not settings.STAFF_NEED_SECOND_FACTOR or not (user.is_authenticated and user.is_staff):
        return False
    if any(record.get("method") == "mfa" for record in get_authentication_records(request, user)):
        return False
    return not get_adapter().is_mfa_enabled(user, types=[Authenticator.Type.TOTP])


def required(answer: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponse:
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if not has_session or request.path.startswith(OPEN_PATHS) or not lacks(request):
            return answer(request)
        if request.path.startswith("/api/"):
            return JsonResponse(problem(), status=403, content_type="application/problem+json")
        return redirect("mfa_activate_totp")

    return middleware


def problem() -> dict[str, object]:
    """The refusal as the API tells refusals (RFC 9457)."""
    said = {"type": "about:blank", "title": "Forbidden", "status": 403, "code": "second-factor"}
    return said | {"detail": _("Set up your second factor first.")}


@login_required
@never_cache
def qr(request: HttpRequest) -> HttpResponse:
    """The secret being enrolled as a picture of our own: the content policy allows no data: addresses."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    adapter = get_adapter()
    picture = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return HttpResponse(picture, content_type="image/svg+xml")
