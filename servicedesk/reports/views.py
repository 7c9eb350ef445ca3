"""Pages of figures: each section, its files, and the list behind each number. They only read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
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
from servicedesk.reports import asking, exports, reasons
from servicedesk.reports.figures import BY_NAME, Figure, definitions
from servicedesk.reports.forms import CasesForm, ScopeForm
from servicedesk.reports.moves import BANDS as MISSED_BY
from servicedesk.reports.names import names_of
from servicedesk.reports.overview import band_words, period_words
from servicedesk.reports.report import Report
from servicedesk.reports.sections import OVERVIEW, Section
from servicedesk.reports.sections.keeping import band_words as missed_words
from servicedesk.reports.sections.signs import bin_words
from servicedesk.reports.standing import BANDS

UNANSWERABLE = 422
PAGE = 50


def _page(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> TemplateResponse:
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, {**frame, **context}, status=status)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_safe
def sla(request: HttpRequest) -> HttpResponse:
    """The overview: the first of the sections."""
    return _shown(request, OVERVIEW)


@require_safe
def section(request: HttpRequest, name: str) -> HttpResponse:
    return _shown(request, asking.section_of(name))


def _shown(request: HttpRequest, found: Section) -> HttpResponse:
    """A section; without figures, and with a sentence at the field, where the question makes no sense."""
    at, user = timezone.now(), _user(request)
    form = ScopeForm(request.GET, asking.reader_for(found, user, at), at)
    context: dict[str, Any] = {
        "title": found.title,
        "section": found,
        "sections": asking.sections_of(user, at),
        "form": form,
        "now": at,
    }
    if not form.is_valid():
        return _page(request, "reports/section.html", context, UNANSWERABLE)
    report = asking.report_of(found, form)
    context |= {
        "report": report,
        "days": period_words(report.scope),
        "about": list(asking.choices_of(form)),
        "definitions": definitions(report.figures),
        "query": asking.plain_query(form),
    }
    return _page(request, "reports/section.html", context)


@require_safe
def file(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """A section as csv or xlsx."""
    at, found = timezone.now(), asking.section_of(name)
    asked = ScopeForm(request.GET, asking.reader_for(found, _user(request), at), at)
    if form not in {"csv", "xlsx"} or not asked.is_valid():
        raise Http404
    response = _written(asking.report_of(found, asked), list(asking.choices_of(asked)), form)
    called = f"{found.name}-{timezone.localtime(at):%Y%m%d-%H%M}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{called}"'
    return response


def _written(report: Report, about: list[tuple[str, str]], form: str) -> HttpResponse:
    if form == "csv":
        return HttpResponse(exports.as_text(report, about), content_type="text/csv; charset=utf-8")
    return HttpResponse(exports.as_xlsx(report, about), content_type=exports.XLSX)


@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Exactly the cases a number counts, as far as this person may open them."""
    at = timezone.now()
    reader = asking.reader_of_list(request.GET, _user(request), at)
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
        "about": [
            *asking.choices_of(form),
            *_row_words(form),
            *_figure_words(figure, form.cleaned_data["limit"]),
        ],
        "counted": counted,
        "hidden": counted - listed.count,
        "page": page,
        "rows": [(case, _kind_label(case.kind)) for case in page],
        "back": asking.plain_query(form),
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
    sort, _dash, place = figure.name.partition("-")
    if sort == "age":
        yield _("Age"), band_words(*BANDS[int(place)])
    elif sort == "missed":
        yield _("Missed by"), str(missed_words(*MISSED_BY[int(place)]))
    elif sort == "used":
        yield _("Part of the time used"), bin_words(int(place))
    elif sort == "why":
        yield _("What the record says"), str(reasons.LABELS[place])


def _kind_label(code: str) -> Words:
    return {kind.code: kind.label for kind in kinds()}.get(code, code)
