"""What hangs on a company, and the small registers companies are described with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from enterprises.admin.sheet import SheetAdmin
from enterprises.models import (
    Company,
    CompanyYear,
    Industry,
    SizeBound,
    SizeScope,
    Tag,
    TagSort,
    Topic,
    Town,
)
from enterprises.resources import CompanyYearResource, TagResource
from servicedesk.desk.admin.register import DeskAdmin, GuardedForm
from servicedesk.desk.trail import row_facts


class RowForm(GuardedForm):
    """Locks the company before the row, as every writer of its chain does."""

    def clean(self) -> dict[str, Any]:
        company = self.instance.company_id or getattr(self.cleaned_data.get("company"), "pk", None)
        Company.objects.lock(company)
        return super().clean()


class OfCompany(SheetAdmin, DeskAdmin):
    """A row of a company: what happens to it stands in the company's chain, and it moves to no other."""

    form = RowForm
    list_select_related: ClassVar[tuple[str, ...]] = ("company__party",)
    autocomplete_fields: ClassVar[list[str]] = ["company"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["company"] if obj else []

    def chain_of(self, row: Any) -> str:
        return super().chain_of(row.company)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        with transaction.atomic():
            Company.objects.lock(obj.company_id)
            super().delete_model(request, obj)

    def log(self, request: HttpRequest, row: Any, verb: str, params: dict[str, Any]) -> None:
        did = verb.removeprefix("register_")
        facts = row_facts(row._meta.model_name, row.pk, did, params["fields"])
        super().log(request, row, "register_change", {"rows": [facts]})


@admin.register(CompanyYear)
class CompanyYearAdmin(OfCompany):
    resource_classes: ClassVar[list[type]] = [CompanyYearResource]
    list_display = ("company", "year", "staff", "income", "assets")
    list_filter = ("year",)
    search_fields = ("company__party__name", "company__party__number")


@admin.register(Tag)
class TagAdmin(OfCompany):
    resource_classes: ClassVar[list[type]] = [TagResource]
    list_display = ("company", "sort", "issuer", "valid_from", "valid_until")
    list_filter = ("sort",)
    list_select_related: ClassVar[tuple[str, ...]] = ("company__party", "sort")
    search_fields = ("company__party__name", "company__party__number", "evidence")


@admin.register(Industry)
class IndustryAdmin(DeskAdmin):
    list_display = ("code", "name", "level", "section")
    list_filter = ("level", "section")
    search_fields = ("=code", "code", "name")
    autocomplete_fields = ("parent",)


@admin.register(Town)
class TownAdmin(DeskAdmin):
    list_display = ("name", "code", "region", "sort", "position")
    search_fields = ("name", "code", "region")


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    list_display = ("name", "code", "parent", "is_valid", "position")
    list_select_related = ("parent",)
    list_filter = ("is_valid",)
    search_fields = ("name", "code")


@admin.register(TagSort)
class TagSortAdmin(DeskAdmin):
    list_display = ("name", "code", "term_years", "basis", "position")
    search_fields = ("name", "code")


@admin.register(SizeScope)
class SizeScopeAdmin(DeskAdmin):
    list_display = ("code", "sector", "basis", "valid_from", "valid_until")
    list_filter = ("sector",)


@admin.register(SizeBound)
class SizeBoundAdmin(DeskAdmin):
    list_display = ("sector", "indicator", "large", "medium", "small", "basis", "valid_from", "valid_until")
    list_filter = ("sector",)
