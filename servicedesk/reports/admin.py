"""The rules of the reports that an official changes by rows from a day on."""

from __future__ import annotations

from django.contrib import admin

from servicedesk.desk.admin.register import DeskAdmin, nobody
from servicedesk.reports.models import ReportMinimum


@admin.register(ReportMinimum)
class ReportMinimumAdmin(DeskAdmin):
    deletes = staticmethod(nobody)
    list_display = ("what", "number", "basis", "valid_from", "valid_until")
    list_filter = ("what",)
    ordering = ("what", "-valid_from")
