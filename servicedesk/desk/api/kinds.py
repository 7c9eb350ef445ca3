"""/kinds/: what may be handed in, what each asks for, and which verbs it knows."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.desk import asking, doing, drafting, moves, questions
from servicedesk.desk.api import shapes
from servicedesk.desk.api.answers import answers
from servicedesk.desk.api.door import OpenView
from servicedesk.desk.applicant_verbs import APPLICANTS
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import APPLICANT, rights_of
from servicedesk.desk.registry import CaseKind, kind_of, kinds
from servicedesk.desk.uploading import FILES
from servicedesk.desk.verb_forms import FORMS
from servicedesk.desk.verbs import button_words

Told = dict[str, Any]
NO_FILES: Told = {"name": FILES, "label": "", "required": False, "many": True}
# Parameters of the start pages, by which a kind knows what is applied for.
OFTEN = ("item", "bundle", "take")


def startable(code: str) -> CaseKind:
    """The kind of that code, if it may be handed in by anybody; 404 for any other."""
    kind = known(code)
    if not kind.startable or kind.form is None or kind.detail is None:
        raise Http404
    return kind


def known(code: str) -> CaseKind:
    try:
        return kind_of(code)
    except KeyError:
        raise Http404 from None


class Kinds(OpenView):
    @extend_schema(
        operation_id="kinds",
        summary="Kinds of matters",
        description="What may be handed in, and what came about by other matters.",
        responses=answers(shapes.KindList, anonymous=True),
    )
    def get(self, request: Request) -> Response:
        return Response({"results": [brief(kind) for kind in kinds()]})


class OneKind(OpenView):
    @extend_schema(
        operation_id="kind",
        summary="One kind: its form as JSON Schema, its verbs and what each has to be told",
        description="A kind whose form depends on what is applied for (`is_chosen`) has none until the "
        "parameters of its start page are given, as in `?item=food-licence`; they are the `opening` of a "
        "submission.",
        parameters=[OpenApiParameter(name, str, many=name == "take") for name in OFTEN],
        responses=answers(shapes.WholeKind, 404, anonymous=True),
    )
    def get(self, request: Request, code: str) -> Response:
        kind = known(code)
        asked = {name: values for name, values in request.query_params.lists() if name != "lang"}
        return Response(
            brief(kind)
            | {"form": form_of(kind, asked), "verbs": [verb_of(kind, verb) for verb in verbs_of(kind)]}
        )


def brief(kind: CaseKind) -> Told:
    can_start = kind.startable and kind.form is not None and kind.detail is not None
    return {
        "code": kind.code,
        "label": str(kind.label),
        "lead": str(kind.lead),
        "url": reverse("api-kind", args=[kind.code]),
        "can_start": can_start,
        "is_chosen": kind.opens is not None,
        "dimensions": [{"name": name, "label": str(label)} for name, _path, label in kind.dimensions],
    }


def form_of(kind: CaseKind, asked: dict[str, list[str]]) -> Told | None:
    """The form for what is asked for; None where that is still to be said. 404 for what is not offered."""
    if kind.form is None or (kind.opens is not None and not asked):
        return None
    try:
        form = kind.form_of(drafting.opening_for(kind, asked))
    except LookupError:
        raise Http404 from None
    # Made, for some fields become necessary only then.
    told = questions.form_of(form(), asking.title(kind, form))
    if getattr(form, "papers", None) is None:
        told["files"].append(NO_FILES)
    return told


def verbs_of(kind: CaseKind) -> list[str]:
    return [verb for verb in moves.CASE_MOVES if verb in kind.verbs and (verb in FORMS or verb in APPLICANTS)]


def verb_of(kind: CaseKind, verb: str) -> Told:
    """A verb with its form for the desk and its form for the applicant, where each may use it."""
    may = rights_of(kind, verb)
    mine = APPLICANTS[verb].form if verb in APPLICANTS and APPLICANT in may else None
    theirs = FORMS[verb] if verb in FORMS and may - {APPLICANT} else None
    return {
        "verb": verb,
        "label": button_words(verb),
        "needs_version": doing.needs_version(verb),
        "states": sorted(moves.CASE_MOVES[verb].keys() - {Case.State.DRAFT}),
        "desk": questions.form_of(theirs) if theirs is not None else None,
        "applicant": questions.form_of(mine) if mine is not None else None,
    }
