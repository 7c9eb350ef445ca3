"""The rules of the reports that an official changes by rows from a day on."""

from __future__ import annotations

from typing import cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from servicedesk.accounts.models import User
from servicedesk.desk.admin.register import DeskAdmin, nobody
from servicedesk.reports.models import ReportMinimum
from servicedesk.reports.readers import reader_of


@admin.register(ReportMinimum)
class ReportMinimumAdmin(DeskAdmin):
    deletes = staticmethod(nobody)
    list_display = ("what", "number", "basis", "valid_from", "valid_until")
    list_filter = ("what",)
    ordering = ("what", "-valid_from")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """In the menu of those who read reports: its heading leads to these."""
        reader = reader_of(cast(User, request.user), timezone.now())
        return super().has_module_permission(request) and reader.may_read
