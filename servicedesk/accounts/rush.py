"""More visitors than the machine can serve: so many are served at once, as many wait a moment, and the others
are told at once when to come again. So whoever is let in is served in time, however many knock.

It needs threads to spare: gunicorn's `--threads` above twice `WEB_AT_ONCE`."""

from __future__ import annotations

import threading
from html import escape

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import override

from servicedesk.accounts.middleware import Answer

# Whoever watches must hear the truth most of all now.
ALWAYS = frozenset({"/healthz", "/readyz", "/status"})
WAIT_SECONDS = 2.0
RETRY_SECONDS = 5
PAGE = (
    '<!doctype html><html lang="{language}"><meta charset="utf-8"><meta name="viewport" '
    'content="width=device-width"><title>{title}</title><h1>{title}</h1><p>{said}</p></html>'
)


def in_turn(answer: Answer) -> Answer:
    """Let in `WEB_AT_ONCE` requests of this process at a time; 0 lets in all."""
    most = settings.WEB_AT_ONCE
    if not most:
        return answer
    places, waiting = threading.BoundedSemaphore(most), threading.BoundedSemaphore(most)

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path in ALWAYS:
            return answer(request)
        if not _let_in(places, waiting):
            return refused(request)
        try:
            return answer(request)
        finally:
            places.release()

    return middleware


def _let_in(places: threading.BoundedSemaphore, waiting: threading.BoundedSemaphore) -> bool:
    if places.acquire(blocking=False):
        return True
    if not waiting.acquire(blocking=False):
        return False
    try:
        return places.acquire(timeout=WAIT_SECONDS)
    finally:
        waiting.release()


def refused(request: HttpRequest) -> HttpResponse:
    """503 without a look at the database: who asks is not even known."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    language = cookie if cookie in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with override(language):
        title, said = _("Too many requests"), _("Please wait a minute and try again. Nothing was lost.")
    response: HttpResponse
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": title, "status": 503, "detail": said}
        response = JsonResponse(problem, status=503, content_type="application/problem+json")
    else:
        page = PAGE.format(language=language, title=escape(title), said=escape(said))
        response = HttpResponse(page, status=503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    response.headers["Cache-Control"] = "no-store"
    # A line in the log for each would be a second rush.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response
