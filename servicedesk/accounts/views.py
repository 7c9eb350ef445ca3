"""Our own pages beside allauth's."""

from __future__ import annotations

import io

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@never_cache
@login_required
def totp_qr(request: HttpRequest) -> HttpResponse:
    """The key being enrolled in this session, as a picture: the policy of our pages forbids `data:` images."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    picture = io.BytesIO()
    segno.make(get_adapter().build_totp_url(request.user, secret)).save(
        picture, kind="png", scale=6, border=2
    )
    return HttpResponse(picture.getvalue(), content_type="image/png")
