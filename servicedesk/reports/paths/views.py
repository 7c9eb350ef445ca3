"""Pages of paths: the map with its tables, the list behind each number, and the log of events as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.queue import cases_of_desk
from servicedesk.desk.registry import CaseKind
from servicedesk.desk.trail import log_export
from servicedesk.reports.overview import period_words
from servicedesk.reports.paths import sheets, xes
from servicedesk.reports.paths.asked import LogForm, MarkForm, PathsForm
from servicedesk.reports.paths.graph import edge_table, graph_of, node_table
from servicedesk.reports.paths.handling import handling_codes
from servicedesk.reports.paths.layout import drawing
from servicedesk.reports.paths.log import Asked, Log
from servicedesk.reports.paths.marks import marks_of
from servicedesk.reports.paths.pingpong import hand_table, heads, office_table, pair_table
from servicedesk.reports.paths.reading import MOST
from servicedesk.reports.paths.shown import BY_CLOSING, COMMON, cases_of, office_names, read, shown, stops_of
from servicedesk.reports.paths.told import mark_words
from servicedesk.reports.paths.variants import variant_table, ways_beyond
from servicedesk.reports.paths.waiting import longest_queue, waiting_table
from servicedesk.reports.readers import Reader, reader_of
from servicedesk.reports.scope import Scope

UNANSWERABLE = 422
PAGE = 50
FORMS = {
    "xes": (xes.pieces, "application/xml; charset=utf-8"),
    "csv": (sheets.pieces, "text/csv; charset=utf-8"),
}


def _reader(request: HttpRequest, at: datetime) -> Reader:
    reader = reader_of(cast(User, request.user), at)
    if not reader.may_read:
        raise PermissionDenied
    return reader


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, **context}, status=status)


@require_safe
def paths(request: HttpRequest) -> HttpResponse:
    """The map and its tables; without them, and with a sentence at the field, where the question makes no
    sense."""
    at = timezone.now()
    form = PathsForm(request.GET, _reader(request, at), at)
    context: dict[str, Any] = {"title": _("Process map"), "form": form, "now": at}
    if not form.is_valid():
        return _page(request, "reports/paths/paths.html", context, UNANSWERABLE)
    context |= _found(form) | {"log": LogForm(request.GET, form.reader, at)}
    return _page(request, "reports/paths/paths.html", context)


def _found(form: PathsForm) -> dict[str, Any]:
    scope, by, show = form.scope(), form.chosen_by(), form.chosen_show()
    found = shown(scope, by, show)
    stops, offices = stops_of(scope, by), office_names()
    graph = graph_of(found, stops, offices)
    return {
        "found": found,
        "scope": scope,
        "kind": _kind(form).label,
        "days": period_words(scope),
        "by_closing": by == BY_CLOSING,
        "only_common": show == COMMON,
        "most": MOST,
        "heads": heads(found),
        "graph": graph,
        "drawing": drawing(graph) if graph.nodes else None,
        "narrow": drawing(graph, narrow=True) if graph.nodes else None,
        "map_tables": [node_table(graph), edge_table(graph, stops)],
        "variants": variant_table(found, stops),
        "beyond": ways_beyond(found),
        "waiting": waiting_table(found, stops, offices),
        "queue": longest_queue(found, stops, offices),
        "tables": [pair_table(found, offices), hand_table(found, offices), office_table(found, offices)],
        "elsewhere": scope.query(by="", show=""),
        "hidden_fields": [(name, value) for name, value in scope.asked.items() if value],
    }


def _kind(form: PathsForm) -> CaseKind:
    assert form.chosen is not None, "the field is required"
    return form.chosen


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Exactly the cases a number counts, as far as this person may open them."""
    at = timezone.now()
    reader = _reader(request, at)
    form = MarkForm(request.GET, reader, at)
    context: dict[str, Any] = {"form": form, "now": at, "title": _("Cases of a figure")}
    if not form.is_valid():
        return _page(request, "reports/paths/cases.html", context, UNANSWERABLE)
    scope, mark = form.scope(), form.cleaned_data["mark"]
    codes = handling_codes(_kind(form))
    found, _left_out, _rare = read(scope, form.chosen_by(), form.chosen_show())
    keys = [path.pk for path in found if mark in marks_of(path, codes)]
    listed, counted = _listed(keys, reader.user, at)
    page = listed.get_page(request.GET.get("page"))
    ways = {path.digest: path.way for path in found} if mark.partition(":")[0] in WAYS else {}
    context |= {
        "title": mark_words(mark, stops_of(scope, form.chosen_by()), office_names(), ways),
        "figure": {"meaning": ""},
        "days": period_words(scope),
        "about": _about(form),
        "counted": counted,
        "hidden": counted - listed.count,
        "page": page,
        "rows": [(case, _kind(form).label) for case in page],
        "back": scope.query(mark=""),
        "query": scope.query(mark=mark),
    }
    return _page(request, "reports/paths/cases.html", context)


WAYS = frozenset({"path", "kept", "judged"})


def _listed(keys: list[int], user: User, at: datetime) -> tuple[Paginator, int]:
    """Those of the cases the person may open, in pages, and how many there are in all."""
    found = Case.objects.filter(pk__in=keys)
    theirs = Q(pk__in=cases_of_desk(user, at).values("pk"))
    numbers = found.aggregate(theirs=Count("pk", filter=theirs))
    rows = found.filter(theirs).select_related("applicant", "office", "officer")
    pages = Paginator(rows.order_by("-submitted_at", "-pk"), PAGE)
    pages.count = numbers["theirs"]
    return pages, len(keys)


def _about(form: PathsForm) -> Iterator[tuple[str, str]]:
    """The choices made beside the period, in words."""
    for name in ("kind", "office", "by", "show", *(field.name for field in form.value_fields())):
        bound = form[name]
        widget: Any = bound.field.widget
        if bound.value() and hasattr(widget, "choices"):
            words = {str(key): str(said) for key, said in widget.choices}
            yield str(bound.label), words.get(str(bound.value()), str(bound.value()))


@require_safe
def log(request: HttpRequest, form: str) -> HttpResponseBase:
    """The log of events as XES or csv, of the cases this person may open; that it was taken along stands on
    their chain."""
    at = timezone.now()
    asked = LogForm(request.GET, _reader(request, at), at)
    if form not in FORMS:
        raise Http404
    if not asked.is_valid():
        context = {"title": _("Process map"), "form": asked, "now": at}
        return _page(request, "reports/paths/paths.html", context, UNANSWERABLE)
    pieces, content_type = FORMS[form]
    facts = {"of": "event-log", "form": form, "query": request.GET.urlencode()[:500]}
    log_export(asked.reader.user, at, facts)
    response = StreamingHttpResponse(pieces(_log(asked, asked.scope())), content_type=content_type)
    name = f"event-log-{_kind(asked).code}-{timezone.localtime(at):%Y%m%d-%H%M}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _log(form: LogForm, scope: Scope) -> Log:
    theirs = cases_of_desk(form.reader.user, form.at).values("pk")
    found = cases_of(scope, form.chosen_by()).filter(pk__in=theirs)
    return Log(Asked(found, _kind(form), form.at, form.verbs, form.with_officers))
