"""Hand-overs of shifts as a register: looked at by dispatchers and managers, written on the board."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enterprises.models import HandOver
from servicedesk.desk.admin.register import LookAdmin, keepers


@admin.register(HandOver)
class HandOverAdmin(LookAdmin):
    """The words of the matters stand on the sheet itself, for whoever may know of them."""

    sees = staticmethod(keepers)
    list_display = ("until", "since", "by", "taken_by", "taken_at", "sheet")
    list_select_related = ("by", "taken_by")
    search_fields = ("note",)
    exclude = ("snapshot",)

    @admin.display(description=_("sheet"))
    def sheet(self, row: HandOver) -> Any:
        return format_html('<a href="{}">{}</a>', reverse("board:sheet", args=[row.pk]), row)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
