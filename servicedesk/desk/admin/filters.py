"""By what the queue is filtered: its tabs, and what the kinds say they may be grouped by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office
from servicedesk.desk import sieve
from servicedesk.desk.admin.register import who
from servicedesk.desk.models import Case
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.permissions import sees_all, today
from servicedesk.desk.queue import Tab, offices_of, tabs_of
from servicedesk.desk.registry import kinds

# A dimension with more values than fit a list is no filter of the sidebar.
MOST_CHOICES = 60
CHOICES_KEPT_SECONDS = 60

Pairs = list[tuple[str, Any]]


def tabs_for(request: HttpRequest) -> list[Tab]:
    """The tabs of whoever asks, made once for a request: its parts ask for them many times."""
    kept = vars(request)
    if "_desk_tabs" not in kept:
        kept["_desk_tabs"] = tabs_of(who(request), timezone.now())
    tabs: list[Tab] = kept["_desk_tabs"]
    return tabs


def chosen_tab(request: HttpRequest) -> Tab:
    """The tab asked for. A bare address opens the person's own; whoever filters or searches looks in all."""
    tabs = {tab.code: tab for tab in tabs_for(request)}
    own = "office" if "office" in tabs else "all"
    asked = request.GET.get("tab") or (own if not request.GET else "all")
    return tabs.get(asked, tabs["all"])


class TabFilter(admin.SimpleListFilter):
    """Drawn as tabs above the list, not in the sidebar."""

    title = _("tab")
    parameter_name = "tab"
    template = "admin/desk/case/silent_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(chosen_tab(request).holds)


class OfficerFilter(admin.SimpleListFilter):
    """By officer, for links from figures; a list of all officers would be too long."""

    title = _("officer")
    parameter_name = "officer"
    template = "admin/desk/case/silent_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [("none", _("nobody"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return sieve.by_officer(cast(CaseQuerySet, queryset), self.value())


class KindFilter(admin.SimpleListFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [(kind.code, kind.label) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class OfficeFilter(admin.SimpleListFilter):
    """Offices this person looks after; whoever sees everything chooses among all."""

    title = _("office")
    parameter_name = "office"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        now = timezone.now()
        mine = offices_of(who(request), now)
        if sees_all(who(request), today(now)):
            return [(code, title) for _pk, code, title in _offices()]
        return [] if len(mine) < 2 else [(code, title) for pk, code, title in _offices() if pk in mine]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(office__code=self.value()) if self.value() else queryset


class OverdueFilter(admin.SimpleListFilter):
    title = _("limits")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return [("1", _("A limit has passed")), ("0", _("Everything in time"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return sieve.by_limits(cast(CaseQuerySet, queryset), self.value(), timezone.now())


class DimensionFilter(admin.SimpleListFilter):
    """By one dimension a kind declares; a subclass a dimension, made by `dimension_filters`."""

    path = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Pairs:
        return choices_of(self.path)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return sieve.by_dimension(cast(CaseQuerySet, queryset), self.path, self.value())


def dimension_filters() -> Iterator[type[DimensionFilter]]:
    """A filter for every dimension of every kind, the same name once."""
    known: set[str] = set()
    for kind in kinds():
        for name, path, label in kind.dimensions:
            if name not in known and choices_of(path):
                known.add(name)
                facts = {"parameter_name": name, "path": path, "title": label}
                yield type(f"{name.title()}Filter", (DimensionFilter,), facts)


def choices_of(path: str) -> Pairs:
    """Values of a dimension; none where there are too many to list. Kept a minute: they seldom change."""
    key = f"desk.choices.{path}.{get_language()}"
    found: Pairs | None = cache.get(key)
    if found is None:
        found = _read_choices(path)
        cache.set(key, found, CHOICES_KEPT_SECONDS)
    return found


def _offices() -> list[tuple[int, str, str]]:
    """Key, code and name of every office; kept as long."""
    key = f"desk.choices.offices.{get_language()}"
    found: list[tuple[int, str, str]] | None = cache.get(key)
    if found is None:
        found = [(row.pk, row.code, row.title()) for row in Office.objects.order_by("sort", "code")]
        cache.set(key, found, CHOICES_KEPT_SECONDS)
    return found


def _read_choices(path: str) -> Pairs:
    model: type[Model] = Case
    for part in path.split("__"):
        related = model._meta.get_field(part).related_model
        if not isinstance(related, type):
            return []
        model = related
    rows = list(model._default_manager.all()[: MOST_CHOICES + 1])
    return [(str(row.pk), str(row)) for row in rows] if len(rows) <= MOST_CHOICES else []
