"""The queue and the workbench. Cases are neither added, edited nor deleted here: verbs do what is done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from servicedesk.desk import pieces, sieve, workbench
from servicedesk.desk.actions.law import caught_up
from servicedesk.desk.admin import saved_filters
from servicedesk.desk.admin.bulk import MOST_AT_ONCE, do_many
from servicedesk.desk.admin.changelist import ORDERS, Queue
from servicedesk.desk.admin.exporting import export
from servicedesk.desk.admin.filters import (
    KindFilter,
    OfficeFilter,
    OfficerFilter,
    OverdueFilter,
    TabFilter,
    chosen_tab,
    dimension_filters,
    tabs_for,
)
from servicedesk.desk.admin.register import who
from servicedesk.desk.health import late_work
from servicedesk.desk.masks import masked_text, name_of
from servicedesk.desk.models import Case
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import sees_all, today
from servicedesk.desk.queue import (
    cases_of_desk,
    counts,
    nearest_clock,
    nothing_in,
    serves_cases,
)
from servicedesk.desk.registry import kind_of
from servicedesk.desk.sieve import key_in
from servicedesk.desk.views.desk import show_workbench

# The stock box's own words, and its translation of them.
SELECT = "Select this object for an action - {}"


def clock_column(at: datetime) -> Callable[[Any], str]:
    """The badge of the nearest clock, read at one moment for the whole page."""

    @admin.display(description=gettext_lazy("limit"), ordering="pk")
    def clock(case: Any) -> str:
        nearest = nearest_clock(case)
        if nearest is not None:
            return pieces.clock_badge(nearest, at)
        return case.get_outcome_display() or case.get_state_display()

    return clock


@admin.register(Case)
class CaseAdmin(admin.ModelAdmin):
    list_display_links = ("matter",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("number",)
    search_help_text = gettext_lazy("Number, company, words")
    actions = ("claim", "assign", "transfer", "nudge", "export_csv", "export_xlsx")

    # --- rights ------------------------------------------------------------------------------------

    def has_module_permission(self, request: HttpRequest) -> bool:
        return serves_cases(who(request), timezone.now())

    def has_view_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        if not self.has_module_permission(request):
            return False
        return obj is None or self.get_queryset(request).filter(pk=obj.pk).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Case | None = None) -> bool:
        return False

    # --- the queue ---------------------------------------------------------------------------------

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        return cases_of_desk(who(request), timezone.now())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Queue

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [clock_column(timezone.now()), "matter", "company", "step", "holder", "received"]

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        own = [TabFilter, OfficerFilter, OverdueFilter, KindFilter, "state", OfficeFilter]
        return [*own, *dimension_filters()]

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """Of everything there ever was only what an index has in order."""
        return ["clock", "received"] if chosen_tab(request).code == "all" else list(ORDERS)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        return sieve.with_words(cast(CaseQuerySet, queryset), search_term), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        user, now = who(request), timezone.now()
        if request.method == "POST" and ACTION_CHECKBOX_NAME in request.POST:
            return super().changelist_view(request, extra_context)
        kept = list(saved_filters.filters_of(user, now))
        start = next((each for each in kept if each.is_start and each.owner_id == user.pk), None)
        if start is not None and start.query and request.method == "GET" and not request.GET:
            return redirect(f"{request.path}?{start.query}")
        context = self._context(request, now) | {"kept": kept}
        return super().changelist_view(request, context | (extra_context or {}))

    def _context(self, request: HttpRequest, now: datetime) -> dict[str, Any]:
        user = who(request)
        tabs = tabs_for(request)
        numbers = counts(cases_of_desk(user, now), tabs, all_seen=sees_all(user, today(now)))
        here = saved_filters.cleaned(request.META.get("QUERY_STRING", ""))
        return {
            "title": _("Queue"),
            "tabs": [(tab, numbers.get(tab.code)) for tab in tabs],
            "tab": chosen_tab(request),
            "here": here,
            "most_at_once": MOST_AT_ONCE,
            "nothing": nothing_in(chosen_tab(request), filtered=bool(set(request.GET) - {"tab"})),
            "late_work": cache.get_or_set(f"desk.late-work.{get_language()}", lambda: late_work(now), 10),
            "selection_note_all": _("All that match are selected, %(n)d at most.") % {"n": MOST_AT_ONCE},
        }

    def action_checkbox(self, case: Case) -> SafeString:
        """The stock box without a widget and its template for each of fifty rows."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            case.pk,
            _(SELECT).format(case),
        )

    @admin.display(description=gettext_lazy("matter"))
    def matter(self, case: Case) -> SafeString:
        words = masked_text(case.title) or _("Without a title")
        return format_html(
            '<span class="title">{}</span><span class="sub">{} · {}</span>',
            words,
            case,
            kind_of(case.kind).label,
        )

    @admin.display(description=gettext_lazy("company"), ordering="applicant__name")
    def company(self, case: Case) -> str:
        return name_of(case.applicant)

    @admin.display(description=gettext_lazy("step"))
    def step(self, case: Any) -> str:
        return str(case.current_steps[0]) if case.current_steps else case.get_state_display()

    @admin.display(description=gettext_lazy("officer"), ordering="officer__name", empty_value="")
    def holder(self, case: Case) -> SafeString | str:
        office = case.office.title()
        if case.officer is not None:
            return format_html('{}<span class="sub">{}</span>', case.officer, office)
        words = "" if case.state == Case.State.CLOSED else _("unclaimed")
        return format_html('<span class="muted">{}</span><span class="sub">{}</span>', words, office)

    @admin.display(description=gettext_lazy("received"), ordering="submitted_at")
    def received(self, case: Case) -> str:
        if case.submitted_at is None:
            return ""
        day = timezone.localdate(case.submitted_at)
        return f"{day:%m-%d}" if day.year == timezone.localdate().year else f"{day:%Y-%m-%d}"

    # --- many at once ------------------------------------------------------------------------------

    @admin.action(description=gettext_lazy("Claim"))
    def claim(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        return do_many(request, queryset, "claim")

    @admin.action(description=gettext_lazy("Assign"))
    def assign(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        return do_many(request, queryset, "assign")

    @admin.action(description=gettext_lazy("Transfer"))
    def transfer(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        return do_many(request, queryset, "transfer")

    @admin.action(description=gettext_lazy("Urge"))
    def nudge(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        return do_many(request, queryset, "nudge")

    @admin.action(description=gettext_lazy("Export as CSV"))
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponseBase:
        return export(request, queryset, "export_csv")

    @admin.action(description=gettext_lazy("Export as Excel workbook"))
    def export_xlsx(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponseBase:
        return export(request, queryset, "export_xlsx")

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            # /desk/desk/case/filters/  views somebody keeps, and one of them
            path("filters/", view(saved_filters.filters), name="desk_case_filters"),
            path("filters/<int:pk>/", view(saved_filters.one_filter), name="desk_case_filter"),
            *super().get_urls(),
        ]

    # --- the workbench -----------------------------------------------------------------------------

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return show_workbench(request, self._found(request, object_id), timezone.now())  # type: ignore[arg-type]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """A case's history stands on its page, in its own chain."""
        found = self._found(request, object_id)
        return redirect(f"{self.admin_site.name}:desk_case_change", found.pk)

    def _found(self, request: HttpRequest, object_id: str) -> Case:
        now = timezone.now()
        cases = workbench.of_desk(who(request), now)
        key = key_in(object_id)
        found = cases.filter(pk=key).first() if key else None
        if found is None:
            raise Http404
        return cases.get(pk=found.pk) if caught_up(found, now) else found
