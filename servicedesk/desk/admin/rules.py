"""Dated rows an official changes by order: limits, alarm rules, who signs."""

from __future__ import annotations

from django.contrib import admin

from servicedesk.desk.admin.register import DeskAdmin
from servicedesk.desk.models import AlarmRule, Limit, SignOffRule


@admin.register(Limit)
class LimitAdmin(DeskAdmin):
    list_display = ("subject", "clock", "term", "unit", "basis", "valid_from", "valid_until")
    list_filter = ("subject", "unit")
    search_fields = ("subject", "clock", "basis")
    ordering = ("subject", "clock", "-valid_from")


@admin.register(AlarmRule)
class AlarmRuleAdmin(DeskAdmin):
    list_display = (
        "rung",
        "subject",
        "clock",
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
class SignOffRuleAdmin(DeskAdmin):
    list_display = ("subject", "office", "whom", "valid_from", "valid_until")
    list_select_related = ("office",)
    list_filter = ("subject", "whom")
    ordering = ("subject", "office", "-valid_from")
