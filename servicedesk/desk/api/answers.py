"""Every answer an operation may give, and the parameters several share, for the schema."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from servicedesk.desk.api.problems import TYPE
from servicedesk.desk.api.shapes import Problem
from servicedesk.desk.sieve import dimensions

HEADER: Literal["header"] = "header"
SAID = {
    400: "The request cannot be read, or a parameter is wrong.",
    401: "Log in, or send a valid token.",
    403: "Not the caller's to do.",
    404: "There is nothing here, or nothing for the caller.",
    405: "Not with this method.",
    406: "Answers are JSON.",
    409: "Not possible where the matter stands.",
    410: "It was here once.",
    412: "The matter has moved on from the version named.",
    413: "Too large.",
    415: "Send JSON or a form with files.",
    422: "Understood, but it cannot stand; `errors` names the fields.",
    428: "Name the version in `If-Match`.",
    429: "Too many requests; `Retry-After` says when to come again.",
    503: "A file could not be stored just now.",
}
KEY = OpenApiParameter(
    "Idempotency-Key", UUID, HEADER, required=True, description="A UUID of the caller's own."
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, HEADER, description='The version, as in `ETag`: `"7"`. Needed where it says so.'
)
IF_MATCH_NOT_NEEDED = OpenApiParameter("If-Match", str, HEADER, description="Heeded where it is sent.")
LANG = {
    "in": "query",
    "name": "lang",
    "schema": {"type": "string", "enum": [code for code, _name in settings.LANGUAGES]},
    "description": "Language of the answer; else the holder's of a token, or the session's.",
}
PAGING = [
    OpenApiParameter("limit", int, description="Rows on a page, 200 at most."),
    OpenApiParameter("cursor", str, description="From `next`."),
]
CASE_FILTERS = [
    OpenApiParameter("tab", str, description="A tab of the queue: mine, office, today, late, all …"),
    OpenApiParameter("officer", str, description="Key of an officer, or `none`: open matters only."),
    OpenApiParameter("overdue", str, enum=["0", "1"]),
    OpenApiParameter("kind", str),
    OpenApiParameter("state", str),
    OpenApiParameter("office", str, description="Code of an office."),
    OpenApiParameter("q", str, description="Words, a company, or the beginning of a number."),
    *(OpenApiParameter(name, int) for name in dimensions()),
    *PAGING,
]


def answers(
    good: Any, *more: int, status: int = 200, anonymous: bool = False, media: str = "application/json"
) -> dict[Any, Any]:
    """The good answer, those `more` refusals, and what may befall any request."""
    always = {401, 403, 406, 429}
    refusals = sorted({*always, *more})
    found: dict[Any, Any] = {(status, media): good}
    return found | {(each, TYPE): OpenApiResponse(Problem, SAID[each]) for each in refusals}


def with_language(result: dict[str, Any], **_rest: Any) -> dict[str, Any]:
    """The schema with what every operation takes but the clock, which speaks English."""
    for path, operations in result["paths"].items():
        for operation in operations.values():
            if not path.endswith("/clock/"):
                operation["parameters"] = [*operation.get("parameters", ()), LANG]
    return result
