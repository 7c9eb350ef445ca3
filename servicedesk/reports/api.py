"""/reports/: the figures of the pages, the same tables by the same functions, for whoever reads the pages."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from servicedesk.desk.api.answers import answers
from servicedesk.desk.api.door import ApiView, now, person
from servicedesk.desk.api.problems import Refused, faults_of
from servicedesk.desk.sieve import dimensions
from servicedesk.reports import api_shapes as shapes
from servicedesk.reports import asking
from servicedesk.reports.figures import definitions
from servicedesk.reports.forms import VALUE, ScopeForm
from servicedesk.reports.periods import PERIODS
from servicedesk.reports.readers import reader_of
from servicedesk.reports.report import Report
from servicedesk.reports.sections import Section
from servicedesk.reports.tables import Amount, Cell, Line, Number, Rate, Table

Told = dict[str, Any]
PERIOD = OpenApiParameter(
    "period", str, enum=[code for code, _label in PERIODS], description="This month where nothing is said."
)
SCOPE = [
    PERIOD,
    OpenApiParameter("since", str, description="First day, as 2026-03-01, with `period=dates`."),
    OpenApiParameter("until", str, description="Last day, as 2026-03-31, with `period=dates`."),
    OpenApiParameter("office", str, description="Code of an office; those below it are counted too."),
    OpenApiParameter("kind", str, description="Code of a kind; all but the house's own where none is said."),
    OpenApiParameter("group", str, description="One row for each `office`, `kind` or dimension of the kind."),
    *(
        OpenApiParameter(f"{VALUE}{name}", str, description="Key of a value of that dimension, or `none`.")
        for name in dimensions()
    ),
]


class Reports(ApiView):
    @extend_schema(
        operation_id="reports",
        summary="The sections of the reports",
        description="Those the caller reads, each with its address and what it counts.",
        responses=answers(shapes.SectionList),
    )
    def get(self, request: Request) -> Response:
        user, at = person(request), now()
        if not reader_of(user, at).may_read:
            raise _not_yours()
        return Response({"results": [_section(each) for each in asking.sections_of(user, at)]})


class OneReport(ApiView):
    @extend_schema(
        operation_id="report",
        summary="One section, its tables cell by cell",
        description="The numbers of the page, by the same choices. `link` leads to the cases counted.",
        parameters=SCOPE,
        responses=answers(shapes.WholeReport, 404, 422),
    )
    def get(self, request: Request, name: str) -> Response:
        found, at = asking.section_of(name), now()
        form = ScopeForm(request.query_params, asking.reader_for(found, person(request), at), at)
        if not form.is_valid():
            raise Refused(422, "invalid", _("Something in the request is wrong."), faults_of(form))
        return Response(told(found, asking.report_of(found, form)))


def _not_yours() -> Refused:
    return Refused(403, "not-allowed", _("This is not yours to do."))


def _section(section: Section) -> Told:
    return {
        "name": section.name,
        "title": str(section.title),
        "lead": str(section.lead),
        "url": reverse("api-report", args=[section.name]),
        "page": section.url,
        "definitions": [_definition(figure) for figure in section.definitions()],
    }


def _definition(figure: Any) -> Told:
    return {"name": figure.name, "label": str(figure.label), "meaning": str(figure.meaning)}


def told(section: Section, report: Report) -> Told:
    """A report as the API tells it."""
    scope = report.scope
    return {
        "name": section.name,
        "title": str(section.title),
        "since": scope.since.isoformat(),
        "until": scope.until.isoformat(),
        "counted_at": scope.at.isoformat(),
        "remarks": [str(said) for said in report.remarks],
        "figures": [
            {"name": name, "label": str(label), **cell(number)} for name, label, number in report.head
        ],
        "rates": [{"label": str(label), **cell(rate)} for label, rate in report.rates],
        "tables": [_table(table) for table in report.tables],
        "definitions": [_definition(figure) for figure in definitions(report.figures)],
    }


def _table(table: Table) -> Told:
    return {
        "name": table.name,
        "title": str(table.title),
        "note": str(table.note),
        "first": str(table.first),
        "columns": [
            {"label": str(each.label), "part": str(each.part) or None, "whole": str(each.whole) or None}
            for each in table.columns
        ],
        "rows": [_line(line) for line in table.lines],
        "total": _line(table.total) if table.total else None,
    }


def _line(line: Line) -> Told:
    return {
        "label": line.label,
        "sub": line.sub,
        "link": line.url or None,
        "cells": [cell(each) for each in line.cells],
    }


def cell(found: Cell) -> Told:
    """A cell: its number where it is one, its words, and of a rate both counts."""
    whole: Told = {
        "value": None,
        "text": str(found),
        "part": None,
        "whole": None,
        "link": None,
        "whole_link": None,
    }
    if isinstance(found, Number):
        return whole | {"value": found.value, "link": found.url or None}
    if isinstance(found, Rate):
        counts = {"part": found.part.value, "whole": found.whole.value}
        links = {"link": found.part.url or None, "whole_link": found.whole.url or None}
        return whole | {"value": found.share.percent} | counts | links
    return whole | ({"value": found.value} if isinstance(found, Amount) else {})


urlpatterns: list[URLPattern | URLResolver] = [
    # /api/v1/reports/…  figures, with what they count
    path("reports/", Reports.as_view(), name="api-reports"),
    path("reports/<slug:name>/", OneReport.as_view(), name="api-report"),
]
