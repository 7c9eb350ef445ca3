"""Service managers of companies, dated, by hand or from a table."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from enterprises.admin.sheet import SheetAdmin
from enterprises.models import ServiceManager
from enterprises.resources_people import ServiceManagerResource
from servicedesk.accounts.models import User
from servicedesk.desk.admin.register import DeskAdmin, nobody
from servicedesk.desk.trail import chain_of_row


@admin.register(ServiceManager)
class ServiceManagerAdmin(SheetAdmin, DeskAdmin):
    """Who looked after whom, when, is part of the record: a row is ended, not deleted."""

    deletes = staticmethod(nobody)
    resource_classes: ClassVar[list[type]] = [ServiceManagerResource]
    fields = ("company", "user", "since", "until")
    list_display = ("company", "user", "since", "until")
    list_select_related = ("company__party", "user")
    search_fields = ("company__party__name", "=company__party__number", "user__name", "=user__username")
    autocomplete_fields = ("company",)
    ordering = ("-since", "-pk")

    def chain_of(self, row: models.Model) -> str:
        """The company's own chain, where the rows of an import stand as well."""
        assert isinstance(row, ServiceManager)
        return chain_of_row(row.company)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["company", "user", "since"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.staff().order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
