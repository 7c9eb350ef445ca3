"""/cases/<number>/attachments/: what was handed in with a matter, in and out."""

from __future__ import annotations

from django.http import FileResponse, Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.desk.api import shapes, telling
from servicedesk.desk.api.answers import IF_MATCH_NOT_NEEDED, answers
from servicedesk.desk.api.cases import case_of
from servicedesk.desk.api.door import ACT, ApiView, now, person
from servicedesk.desk.api.verbs import done
from servicedesk.desk.files import find, open_stored, shown_to
from servicedesk.desk.views.files import GUARDS


class Attachments(ApiView):
    scopes = {"POST": ACT}

    @extend_schema(
        operation_id="attachments",
        summary="Files of a matter",
        description="The applicant finds here what is meant for them, the desk all.",
        responses=answers(shapes.FileList, 404),
    )
    def get(self, request: Request, number: str) -> Response:
        at = now()
        case = case_of(request, number, at)
        files = shown_to(person(request), case, at)
        return Response({"results": [telling.file_of(case, each) for each in files]})

    @extend_schema(
        operation_id="attach",
        summary="Add a file to a matter",
        description="The same as the verb `attach`: a form with the part `files`.",
        parameters=[IF_MATCH_NOT_NEEDED],
        request={"multipart/form-data": shapes.WordsWithFiles},
        responses=answers(shapes.Done, 400, 404, 409, 412, 413, 415, 422, 503),
    )
    def post(self, request: Request, number: str) -> Response:
        return done(self, request, number, "attach")


class OneAttachment(ApiView):
    @extend_schema(
        operation_id="attachment",
        summary="One file as it was handed in",
        description="Always as octets to be saved, whatever it is.",
        responses=answers(
            OpenApiResponse(OpenApiTypes.BINARY, "The file"), 404, 410, media="application/octet-stream"
        ),
    )
    def get(self, request: Request, number: str, pk: int) -> FileResponse:
        at, user = now(), person(request)
        found = find(user, pk, at)
        seen = telling.seen_by(user, at).filter(number=number)
        if found is None or not seen.filter(pk=found.case_id).exists():
            raise Http404
        # Always as octets: whatever it is, nothing shows it by itself.
        return FileResponse(
            open_stored(found),
            as_attachment=True,
            filename=found.name,
            content_type="application/octet-stream",
            headers=GUARDS | {"Content-Length": str(found.size)},
        )
