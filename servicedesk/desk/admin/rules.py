"""Dated rows an official changes by order: limits, alarm rules, who signs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.admin.register import DeskAdmin
from servicedesk.desk.models import AlarmRule, Limit, SignOffRule
from servicedesk.desk.registry import Words, kinds


class SubjectFilter(admin.SimpleListFilter):
    title = _("subject")
    parameter_name = "subject"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.code, kind.label) for kind in kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(subject=self.value()) if self.value() else queryset


class RuleAdmin(DeskAdmin):
    """Rules name kinds and clocks by their codes; the list calls them by their names where it knows them."""

    @admin.display(description=_("subject"), ordering="subject")
    def of_kind(self, row: Any) -> Words:
        known = {kind.code: kind.label for kind in kinds()}
        return known.get(row.subject, row.subject) or _("All")

    @admin.display(description=_("clock"), ordering="clock")
    def of_clock(self, row: Any) -> Words:
        clocks = [clock for kind in kinds() if isinstance(kind.clocks, tuple) for clock in kind.clocks]
        known = {clock.limit_code: clock.label for clock in clocks}
        return known.get(row.clock, row.clock) or _("All")


@admin.register(Limit)
class LimitAdmin(RuleAdmin):
    list_display = ("of_kind", "of_clock", "term", "unit", "basis", "valid_from", "valid_until")
    list_filter = (SubjectFilter, "unit")
    search_fields = ("subject", "clock", "basis")
    ordering = ("subject", "clock", "-valid_from")


@admin.register(AlarmRule)
class AlarmRuleAdmin(RuleAdmin):
    list_display = (
        "rung",
        "of_kind",
        "of_clock",
        "clock_unit",
        "offset",
        "unit",
        "effect",
        "whom",
        "digest",
        "valid_from",
        "valid_until",
    )
    list_filter = ("effect", "whom", "clock_unit")
    search_fields = ("subject", "clock")


@admin.register(SignOffRule)
class SignOffRuleAdmin(RuleAdmin):
    list_display = ("of_kind", "office", "whom", "valid_from", "valid_until")
    list_select_related = ("office",)
    list_filter = (SubjectFilter, "whom")
    ordering = ("subject", "office", "-valid_from")
