"""The public part of the engine's API: questions about dates."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.exceptions import APIException
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from servicedesk.clock import ClockError, lines

# A thousand switched days and a thousand pauses fit; nothing sensible is longer.
MOST_BYTES = 200_000
EXAMPLE = {
    "start": "2026-03-03T09:00:00",
    "term": 180,
    "unit": "working_minutes",
    "pauses": [["2026-03-03T10:00:00", "2026-03-03T11:00:00"]],
}


class AnyText(BaseParser):
    """Takes the body as it comes: whether it is a question is for the clock to say."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The body as text. Raises TooLarge beyond MOST_BYTES."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge
        return body.decode("utf-8-sig", errors="replace")


class TooLarge(APIException):
    status_code = 413
    default_detail = f"The question is longer than {MOST_BYTES} bytes."
    default_code = "too-large"


class EscapedJSON(JSONRenderer):
    """Lone surrogates of a question come back escaped, which is the only way they are JSON."""

    ensure_ascii = True
    charset = "utf-8"


class ClockView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (AnyText,)
    renderer_classes = (EscapedJSON,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "clock"

    @extend_schema(
        operation_id="clock",
        summary="When a term ends, and why",
        description="One question of `manage.py clock` in JSON, one answer: the due moment, its statement; "
        "with `until` the `elapsed_seconds`, with `back` the moment `at`.",
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: OpenApiTypes.OBJECT, (400, "application/problem+json"): OpenApiTypes.OBJECT},
        examples=[OpenApiExample("A term with a pause", value=EXAMPLE, request_only=True)],
        auth=[],
    )
    def post(self, request: Request) -> Response:
        data: object = request.data
        try:
            return Response(lines.answer(lines.question(data if isinstance(data, str) else "")))
        except ClockError as error:
            return problem(400, error.code, str(error))

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(exc)
        if not isinstance(exc, APIException):
            return response
        code = str(exc.get_codes()) if isinstance(exc.detail, str) else "invalid"
        told = problem(response.status_code, code.replace("_", "-"), str(exc.detail))
        if response.status_code == 405:
            told.data["example"] = EXAMPLE
        for name in ("Allow", "Retry-After"):
            if name in response.headers:
                told.headers[name] = response.headers[name]
        return told


def problem(status: int, code: str, sentence: str) -> Response:
    """A refusal as RFC 9457 has it, with the `error` of the JSON lines beside."""
    told = {"type": "about:blank", "status": status, "title": TITLES.get(status, ""), "code": code}
    told |= {"detail": sentence, "error": sentence}
    return Response(told, status=status, content_type="application/problem+json")


TITLES = {
    400: "The question cannot be answered.",
    405: "Questions are sent with POST.",
    413: "The question is too long.",
    429: "Too many questions.",
}
