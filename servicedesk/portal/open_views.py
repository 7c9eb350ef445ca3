"""The page of open figures, and its addresses for programs. None of them counts cases but for this month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from servicedesk.desk.cells import as_csv as written
from servicedesk.portal import open_figures
from servicedesk.portal.figures import month_figures
from servicedesk.portal.open_columns import COLUMNS
from servicedesk.reports.monthly.drawing import drawn

# Programs may ask as often as they like; the answer changes once a day.
FRESH = "public, max-age=600"


@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    at = timezone.now()
    running = month_figures(at)
    minimum = running.least
    months = open_figures.months(at, minimum)
    context = {
        "now": at,
        "figures": running,
        "least": minimum,
        "columns": COLUMNS,
        "months": months,
        "drawings": [drawn(each) for each in open_figures.charts(months)] if months else [],
        "corrected": open_figures.corrected(months, minimum),
    }
    return render(request, "portal/figures.html", context)


@require_safe
def as_json(request: HttpRequest) -> HttpResponse:
    shown = open_figures.as_json(timezone.now())
    return _open(JsonResponse(shown, json_dumps_params={"ensure_ascii": False, "indent": 1}))


@require_safe
def as_csv(request: HttpRequest) -> HttpResponse:
    response = _csv(open_figures.as_rows(timezone.now()))
    response["Link"] = f'<{reverse("portal:figures-columns")}>; rel="describedby"'
    return _open(response)


@require_safe
def columns(request: HttpRequest) -> HttpResponse:
    """What each column of the csv means, in the reader's language."""
    return _csv(open_figures.definitions())


def _csv(rows: Sequence[Sequence[Any]]) -> HttpResponse:
    return HttpResponse(written(rows), content_type="text/csv; charset=utf-8")


def _open(response: HttpResponse) -> HttpResponse:
    """Anybody's page may read it; there is nothing personal in it."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = FRESH
    return response
