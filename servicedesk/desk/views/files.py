"""The one way out for files people handed in."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from servicedesk.accounts.models import User
from servicedesk.desk.files import NotThere, find, open_stored

# Saved, never shown: even a file that fooled the check runs in nobody's page.
GUARDS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@require_safe
@login_required
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send one attachment under the name it was handed in with; 404 for whatever the user may not see."""
    attachment = find(cast(User, request.user), pk, timezone.now())
    if attachment is None:
        raise Http404
    try:
        content = open_stored(attachment)
    except NotThere as error:
        return _gone(request, error)
    return FileResponse(
        content,
        as_attachment=True,
        filename=attachment.name,
        content_type=attachment.mime,
        headers=GUARDS | {"Content-Length": str(attachment.size)},
    )


def _gone(request: HttpRequest, error: NotThere) -> HttpResponse:
    response = render(request, "410.html", {"sentence": error.message}, status=error.status)
    response.headers["Cache-Control"] = "private, no-store"
    return response
