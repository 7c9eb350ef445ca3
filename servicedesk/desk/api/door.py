"""The door of the API: a session or a token, what a token may, in which language, how often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from django.conf import settings
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAcceptable, PermissionDenied
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle, BaseThrottle, UserRateThrottle
from rest_framework.utils.mediatypes import media_type_matches
from rest_framework.views import APIView

from servicedesk.accounts.addresses import is_allowed
from servicedesk.accounts.models import User
from servicedesk.accounts.staff_door import gave_code
from servicedesk.desk import tokens
from servicedesk.desk.api.bodies import Parts, Text
from servicedesk.desk.models import ApiToken
from servicedesk.desk.serving import limit

READ, SUBMIT, ACT = "read", "submit", "act"


class ByToken(BaseAuthentication):
    """`Authorization: Bearer sd_…`. The token's holder comes in with no more than the token's own place."""

    keyword = "Bearer"

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="service desk"'

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != self.keyword.lower():
            return None
        at = timezone.now()
        found = tokens.find(given.strip(), at)
        if found is None:
            raise AuthenticationFailed(_("This token is not valid, or no longer."), "token")
        if found.office_id is not None and not is_allowed(request.META.get("REMOTE_ADDR", "")):
            raise PermissionDenied(
                _("Tokens of offices serve within the government network only."), "elsewhere"
            )
        limit(found.user, office=found.office_id, party=found.party_id)
        tokens.used(found, at)
        return found.user, found


class BySession(SessionAuthentication):
    """Whoever is logged in on the pages; of staff a code is asked for here as there."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        found = cast("tuple[User, None] | None", super().authenticate(request))
        if found is None or not found[0].is_staff or not settings.STAFF_NEED_SECOND_FACTOR:
            return found
        if not gave_code(request._request, found[0]):
            raise PermissionDenied(_("Confirm this log-in with your code first."), "second-factor")
        return found


class Scoped(BasePermission):
    """What a token may do: a session may whatever its user may."""

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        wanted: str = view.scope_of(request)
        if not isinstance(token, ApiToken) or getattr(token, f"may_{wanted}"):
            return True
        raise PermissionDenied(_("This token is not for that."), "scope")


class ByStranger(AnonRateThrottle):
    """How often one address may ask without saying who it is."""

    scope = "api-anonymous"


class ByPerson(UserRateThrottle):
    """A loop gone wild is slowed down before it slows others."""

    scope = "api-person"


class OnlyJson(DefaultContentNegotiation):
    """`?format=` chooses nothing here: there is one form, and an unknown one is no missing page."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: str | None = None) -> Any:
        for renderer in renderers:
            for wanted in self.get_accept_list(request):
                if media_type_matches(wanted, renderer.media_type):
                    return renderer, renderer.media_type
        raise NotAcceptable


class ApiView(APIView):
    """A view behind the door. `scopes` are the scopes by method, `read` where nothing is said."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (ByToken, BySession)
    permission_classes: Sequence[Any] = (IsAuthenticated, Scoped)
    parser_classes = (Text, Parts)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = OnlyJson
    throttle_classes: Sequence[type[BaseThrottle]] = (ByStranger, ByPerson)
    scopes: dict[str, str] = {}
    # Whether the request named the version it rests on, so that a lost race is a failed condition.
    is_conditional = False

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        speak(request)

    def scope_of(self, request: Request) -> str:
        return self.scopes.get(request.method or "", READ)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        found = super().finalize_response(request, response, *args, **kwargs)
        found.headers["Cache-Control"] = "no-store"
        return found


class OpenView(ApiView):
    """A view for everybody: what it tells is public."""

    permission_classes = (Scoped,)


def person(request: Request) -> User:
    """Who asks, behind a view that needs a log-in."""
    return cast(User, request.user)


def now() -> datetime:
    return timezone.now()


def speak(request: Request) -> None:
    """Answer in the language asked for by `?lang=`, else in that of the token's holder; a session has chosen
    its own. What the machine's `Accept-Language` says counts nowhere in this house."""
    asked = request.query_params.get("lang", "")
    if asked in dict(settings.LANGUAGES):
        translation.activate(asked)
    elif isinstance(request.auth, ApiToken):
        translation.activate(request.auth.user.language)


class Missing(OpenView):
    """What no address of the API leads to."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema calls a token."""

    target_class = ByToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    """How the schema calls a session; what changes anything needs `X-CSRFToken` besides."""

    target_class = BySession
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
