"""/cases/<number>/<verb>/: doing a verb, on the version its sender has seen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.desk import doing, moves
from servicedesk.desk.api import shapes, telling
from servicedesk.desk.api.answers import IF_MATCH, answers
from servicedesk.desk.api.bodies import as_posted
from servicedesk.desk.api.cases import case_of
from servicedesk.desk.api.door import ACT, ApiView, now, person
from servicedesk.desk.api.problems import Refused, fault, faults_of, wrong
from servicedesk.desk.errors import BadInput, NotAllowed, WrongState
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import ready
from servicedesk.desk.registry import kind_of
from servicedesk.desk.verbs import said_words

TAG = re.compile(r'"(\d{1,9})"|(\d{1,9})')
VERB = OpenApiParameter(
    "verb", str, OpenApiParameter.PATH, enum=sorted(set(moves.CASE_MOVES) - moves.BY_ITSELF - {"submit"})
)


class DoVerb(ApiView):
    scopes = {"POST": ACT}

    @extend_schema(
        operation_id="act",
        summary="Do a verb",
        description="What it has to be told stands with the matter (`actions`) and with its kind. `If-Match` "
        "names the version the caller has seen: 428 where it is missing, 412 where the matter has moved on. "
        "Verbs that leave the version (`needs_version` false) may do without.",
        parameters=[VERB, IF_MATCH],
        request={"application/json": OpenApiTypes.OBJECT, "multipart/form-data": shapes.WordsWithFiles},
        responses=answers(shapes.Done, 400, 404, 409, 412, 413, 415, 422, 428, 503),
    )
    def post(self, request: Request, number: str, verb: str) -> Response:
        return done(self, request, number, verb)


def done(view: ApiView, request: Request, number: str, verb: str) -> Response:
    """Do the verb and tell how the case stands. What is refused says why, and nothing is changed."""
    at, user = now(), person(request)
    case = case_of(request, number, at)
    if verb not in kind_of(case.kind).verbs or not doing.has_form(verb, case, user, at):
        raise Http404
    given = said_in(request)
    version = version_in(request, verb, case)
    view.is_conditional = version is not None
    if not ready(case, verb, kind_of(case.kind)):
        raise WrongState("case-state", _("This is not possible where the matter stands now."))
    if verb not in doing.verbs_for(case, user, at):
        raise NotAllowed("not-allowed", _("This is not yours to do on this matter."))
    form = form_of(request, verb, case, given, at)
    if not form.is_valid():
        raise refusal(form)
    try:
        doing.perform(form, verb, case, by=user, at=at, version=version)
    except BadInput as error:
        doing.refuse(form, error)
        raise refusal(form) from error
    now_is = told(request, case, verb, at)
    headers = {"ETag": f'"{now_is["version"]}"'} if now_is["is_visible"] else {}
    return Response(now_is, headers=headers)


def form_of(request: Request, verb: str, case: Case, given: Mapping[str, Any], at: datetime) -> forms.Form:
    """The verb's form with what was sent. Raises Refused (422) for what it does not ask for."""
    user = person(request)
    posted, odd = as_posted(given)
    posted["version"] = str(case.version)
    files: MultiValueDict[str, Any] = request.FILES or EMPTY
    form = doing.form_for(verb, case, user, at, posted, files)
    detail = getattr(form, "detail", None)
    asked = set(form.fields) | (set(detail.fields) if detail is not None else set())
    wrongs = [fault(name, _("There is no such field."), "unknown") for name in given if name not in asked]
    wrongs += [fault(name, _("This is no answer to a field."), "invalid") for name in odd]
    wrongs += [fault(name, _("There is no such field."), "unknown") for name in files if name not in asked]
    if wrongs:
        raise Refused(422, "invalid", _("Something in the request is wrong."), wrongs)
    return form


EMPTY: MultiValueDict[str, Any] = MultiValueDict()


def said_in(request: Request) -> dict[str, Any]:
    """What the verb is told: the object sent, or the texts of the form sent; nothing is an empty object."""
    data: Any = request.data
    if isinstance(data, QueryDict):
        data = {
            name: values[0] if len(values) == 1 else values
            for name, values in data.lists()
            if name not in request.FILES
        }
    if not isinstance(data, dict):
        raise wrong("", _("Send an object."))
    if "version" in data:
        raise wrong("version", _("The version stands in If-Match."), "unknown")
    return data


def version_in(request: Request, verb: str, case: Case) -> int | None:
    """The version the caller has seen; None of a verb that needs none. Raises Refused (428, 412)."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        if doing.needs_version(verb):
            raise Refused(428, "version-missing", _("Name the version you have seen in If-Match."))
        return None
    named = {int(one or other) for one, other in TAG.findall(given)} if "W/" not in given else set()
    if case.version not in named:
        raise Refused(412, "version", _("Somebody else has changed this matter in the meantime."))
    return case.version


def refusal(form: forms.Form) -> Refused:
    detail = getattr(form, "detail", None)
    told = faults_of(form) + (faults_of(detail) if detail is not None else [])
    return Refused(422, "invalid", _("Something in the request is wrong."), told)


def told(request: Request, case: Case, verb: str, at: datetime) -> dict[str, Any]:
    """How the case stands now. It may have gone where this person does not follow."""
    fresh = Case.objects.get(pk=case.pk)
    return {
        "number": fresh.number,
        "verb": verb,
        "said": said_words(verb),
        "state": fresh.state,
        "state_label": str(fresh.get_state_display()),
        "outcome": fresh.outcome,
        "version": fresh.version,
        "is_visible": telling.seen_by(person(request), at).filter(pk=case.pk).exists(),
    }
