"""Every refusal of the API as RFC 9457 has it: one translation for the desk's errors and the framework's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from servicedesk.desk.errors import Conflict, DeskError

TYPE = "application/problem+json"
Errors = list[dict[str, str]]


class Refused(Exception):
    """A refusal of the API's own: a status, a code, a sentence, and what is wrong with which field."""

    def __init__(
        self, status: int, code: str, sentence: str, errors: Iterable[Mapping[str, str]] = ()
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.sentence = status, code, sentence
        self.errors: Errors = [dict(each) for each in errors]


def wrong(field: str, sentence: str, code: str = "invalid", status: int = 422) -> Refused:
    """What was said of one field cannot be."""
    return Refused(status, "invalid", _("Something in the request is wrong."), [fault(field, sentence, code)])


def fault(field: str, sentence: str, code: str) -> dict[str, str]:
    return {"field": field, "message": sentence, "code": code}


def faults_of(form: forms.BaseForm, within: str = "") -> Errors:
    """What a form refused, field by field; "" is the form as a whole."""
    data: Mapping[str, list[Any]] = form.errors.as_data()
    return [
        fault("" if name == "__all__" else f"{within}{name}", str(message), error.code or "invalid")
        for name, errors in data.items()
        for error in errors
        for message in error.messages
    ]


def problem(status: int, code: str, sentence: str, errors: Errors | None = None) -> Response:
    """The answer itself."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": sentence,
    }
    if errors:
        told["errors"] = errors
    return Response(told, status=status, content_type=TYPE)


def answer(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """The handler of every view of the API; None for what is a fault of ours."""
    if isinstance(exc, Refused):
        return problem(exc.status, exc.code, exc.sentence, exc.errors)
    if isinstance(exc, DeskError):
        return _of_desk(exc, conditional=bool(getattr(context.get("view"), "is_conditional", False)))
    if isinstance(exc, Http404):
        return problem(404, "not-found", _("There is nothing here."))
    if isinstance(exc, PermissionDenied):
        return problem(403, "not-allowed", _("This is not yours to do."))
    if isinstance(exc, SuspiciousOperation):
        return problem(400, "unreadable", _("The request cannot be read: it is too large or damaged."))
    return _of_framework(exc) if isinstance(exc, exceptions.APIException) else None


def _of_desk(error: DeskError, *, conditional: bool) -> Response:
    """Bad input is understood and cannot be done (422); a lost race breaks the caller's own condition."""
    status = 422 if error.status == 400 else error.status
    if isinstance(error, Conflict) and conditional:
        status = 412
    errors = [fault(error.field, str(error), error.code)] if error.field else None
    return problem(status, error.code, str(error), errors)


def _of_framework(exc: exceptions.APIException) -> Response:
    code = str(exc.get_codes()) if isinstance(exc.detail, str) else "invalid"
    told = problem(exc.status_code, code.replace("_", "-"), str(exc.detail))
    if header := getattr(exc, "auth_header", None):
        told.headers["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        told.headers["Retry-After"] = str(max(1, int(wait)))
    return told
