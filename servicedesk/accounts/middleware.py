"""Language by choice and never by browser; personal pages stay out of caches."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from servicedesk.accounts.models import User

Answer = Callable[[HttpRequest], HttpResponse]


def chosen_language(request: HttpRequest) -> str:
    """The cookie, else what the user stored, else Chinese.

    Accept-Language is ignored on purpose: it tells what the machine was sold with, not whom it serves.
    """
    offered = dict(settings.LANGUAGES)
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if cookie in offered:
        return cookie
    stored = ""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        stored = getattr(request.user, "language", "")
    return stored if stored in offered else settings.LANGUAGE_CODE


def keep_language(request: HttpRequest | None, user: User, **more: object) -> None:
    """At the log-in, a language chosen in this browser becomes the account's and its letters'."""
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "") if request is not None else ""
    if cookie in dict(settings.LANGUAGES) and cookie != user.language:
        User.objects.filter(pk=user.pk).update(language=cookie)


def language(answer: Answer) -> Answer:
    def middleware(request: HttpRequest) -> HttpResponse:
        with translation.override(chosen_language(request)):
            request.LANGUAGE_CODE = translation.get_language()
            response = answer(request)
            response.headers.setdefault("Content-Language", translation.get_language())
            return response

    return middleware


def without_nulls(answer: Answer) -> Answer:
    """No NUL in what an address asks: nobody types one, and PostgreSQL would answer it with an error."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            asked = request.GET.copy()
            for name, values in asked.lists():
                asked.setlist(name, [value.replace("\0", "") for value in values])
            request.GET = asked  # type: ignore[assignment]
        return answer(request)

    return middleware


WHOM, WHOM_SECONDS = "whom", 12 * 60 * 60


def whose(request: HttpRequest) -> str:
    """Key of whoever was last logged in at this browser within twelve hours; empty where nobody was."""
    return str(request.get_signed_cookie(WHOM, default="", salt=WHOM, max_age=WHOM_SECONDS))


def remembered(answer: Answer) -> Answer:
    """Remember who is logged in beyond the session's end, so that words typed into an expired session go
    back to whoever typed them and to nobody else at a shared computer. The cookie opens nothing."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if not request.session.accessed or not request.user.is_authenticated:
            return response
        mine = str(request.user.pk)
        if whose(request) != mine:
            secure = settings.SESSION_COOKIE_SECURE
            response.set_signed_cookie(
                WHOM, mine, WHOM, max_age=WHOM_SECONDS, secure=secure, httponly=True, samesite="Lax"
            )
        return response

    return middleware


def forwarded(answer: Answer) -> Answer:
    """Behind one proxy of our own (BEHIND_PROXY), the address it saw last is the visitor's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if seen:
            request.META["REMOTE_ADDR"] = seen
        return answer(request)

    return middleware


def no_store(answer: Answer) -> Answer:
    """Whatever is answered to or begins a session is one person's page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        name = settings.SESSION_COOKIE_NAME
        if name in request.COOKIES or name in response.cookies:
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware
