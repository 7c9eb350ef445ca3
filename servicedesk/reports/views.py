"""Pages for managers: the SLA overview, its files, and the list behind each number. They only read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from servicedesk.accounts.models import User
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.queue import cases_of_desk
from servicedesk.desk.registry import Words, kinds
from servicedesk.reports import exports
from servicedesk.reports.chart import drawing
from servicedesk.reports.figures import BY_NAME, Figure, definitions
from servicedesk.reports.forms import CasesForm, ScopeForm
from servicedesk.reports.names import names_of
from servicedesk.reports.overview import Overview, band_words, overview, period_words
from servicedesk.reports.readers import Reader, reader_of
from servicedesk.reports.standing import BANDS

UNANSWERABLE = 422
PAGE = 50


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
def sla(request: HttpRequest) -> HttpResponse:
    """The overview; without figures, and with a sentence at the field, where the question makes no sense."""
    at = timezone.now()
    form = ScopeForm(request.GET, _reader(request, at), at)
    context: dict[str, Any] = {"title": _("SLA report"), "form": form, "now": at}
    if not form.is_valid():
        return _page(request, "reports/sla.html", context, UNANSWERABLE)
    report = overview(form.scope(), form.group_label())
    context |= {
        "report": report,
        "drawing": drawing(report.scope, report.months),
        "days": period_words(report.scope),
        "about": _about(form),
        "definitions": definitions(),
        "query": report.scope.query(),
    }
    return _page(request, "reports/sla.html", context)


@require_safe
def file(request: HttpRequest, form: str) -> HttpResponse:
    """The overview as csv or xlsx."""
    at = timezone.now()
    asked = ScopeForm(request.GET, _reader(request, at), at)
    if form not in {"csv", "xlsx"} or not asked.is_valid():
        raise Http404
    report = overview(asked.scope(), asked.group_label())
    response = _written(report, _about(asked), form)
    name = f"sla-{timezone.localtime(at):%Y%m%d-%H%M}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _written(report: Overview, about: list[tuple[str, str]], form: str) -> HttpResponse:
    if form == "csv":
        return HttpResponse(exports.as_text(report, about), content_type="text/csv; charset=utf-8")
    return HttpResponse(exports.as_xlsx(report, about), content_type=exports.XLSX)


def _about(form: ScopeForm) -> list[tuple[str, str]]:
    """The choices made beside the period, in words."""
    found = []
    for bound in form:
        widget: Any = bound.field.widget
        if bound.name not in {"period", "since", "until"} and hasattr(widget, "choices") and bound.value():
            words = {str(key): str(said) for key, said in widget.choices}
            found.append((str(bound.label), words.get(str(bound.value()), str(bound.value()))))
    return found


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Exactly the cases a number counts, as far as this person may open them."""
    at = timezone.now()
    reader = _reader(request, at)
    form = CasesForm(request.GET, reader, at)
    context: dict[str, Any] = {"form": form, "now": at, "title": _("Cases of a figure")}
    if not form.is_valid():
        return _page(request, "reports/cases.html", context, UNANSWERABLE)
    scope, figure = form.narrowed(), BY_NAME[form.cleaned_data["figure"]]
    found = figure.cases(scope, form.cleaned_data["limit"])
    listed, counted = _listed(found, reader.user, at)
    page = listed.get_page(request.GET.get("page"))
    context |= {
        "title": str(figure.label),
        "figure": figure,
        "days": period_words(scope),
        "about": [*_about(form), *_row_words(form), *_figure_words(figure, form.cleaned_data["limit"])],
        "counted": counted,
        "hidden": counted - listed.count,
        "page": page,
        "rows": [(case, _kind_label(case.kind)) for case in page],
        "back": form.scope().query(),
        "query": scope.query(**{name: form.cleaned_data[name] for name in ("figure", "limit", "row")}),
    }
    return _page(request, "reports/cases.html", context)


def _listed(found: CaseQuerySet, user: User, at: datetime) -> tuple[Paginator, int]:
    """Those of the cases the person may open, in pages, and how many there are in all."""
    theirs = Q(pk__in=cases_of_desk(user, at).values("pk"))
    numbers = found.aggregate(all=Count("pk"), theirs=Count("pk", filter=theirs))
    rows = found.filter(theirs).select_related("applicant", "office", "officer")
    pages = Paginator(rows.order_by("-submitted_at", "-pk"), PAGE)
    pages.count = numbers["theirs"]
    return pages, numbers["all"]


def _row_words(form: CasesForm) -> list[tuple[str, str]]:
    """What the row is called that the figure stands in."""
    text = form.cleaned_data["row"]
    if not text:
        return []
    scope = form.scope()
    key = form.row_key()
    return [(str(form.group_label()), names_of(scope.group, [key]).get(key, text))]


def _figure_words(figure: Figure, limit: str) -> Iterator[tuple[str, str]]:
    """Which promise the figure is of, or which age."""
    kind, _dot, code = limit.partition(".")
    for each in kinds():
        if each.code == kind:
            clocks = each.clocks if isinstance(each.clocks, tuple) else ()
            yield _("Promise"), str(next((clock.label for clock in clocks if clock.code == code), code))
    if figure.name.startswith("age-"):
        yield _("Age"), band_words(*BANDS[int(figure.name.removeprefix("age-"))])


def _kind_label(code: str) -> Words:
    return {kind.code: kind.label for kind in kinds()}.get(code, code)
