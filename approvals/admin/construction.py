"""Building projects, the stages of their permits and what must hold for each: rows the city keeps."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from approvals.models import PermitLife, Project, StageCondition, StageRule
from servicedesk.desk.admin.register import DeskAdmin, DeskInline, GuardedForm, LookAdmin, nobody

LANGUAGES = {"name_zh": "zh-hans", "name_en": "en", "name_ru": "ru"}


class NamedForm(GuardedForm):
    """A row whose label is kept in every language of the interface."""

    name_zh = forms.CharField(label=_("name"), max_length=200)
    name_en = forms.CharField(label=_("name in English"), max_length=200)
    name_ru = forms.CharField(label=_("name in Russian"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, language in LANGUAGES.items():
            self.initial[name] = (self.instance.label or {}).get(language, "")

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.instance.label = {language: given.get(name, "") for name, language in LANGUAGES.items()}
        return given


class Named:
    """Shows the names of a row to whoever may only look."""

    @admin.display(description=_("name"))
    def name_zh(self, row: Any) -> str:
        return str(row.label.get("zh-hans", ""))

    @admin.display(description=_("name in English"))
    def name_en(self, row: Any) -> str:
        return str(row.label.get("en", ""))

    @admin.display(description=_("name in Russian"))
    def name_ru(self, row: Any) -> str:
        return str(row.label.get("ru", ""))


class ConditionInline(Named, DeskInline):
    model = StageCondition
    form = NamedForm
    fields = (
        "position", "code", *LANGUAGES, "basis", "needs_paper", "may_be_promised", "may_not_apply",
    )  # fmt: skip


@admin.register(StageRule)
class StageRuleAdmin(Named, DeskAdmin):
    """A stage ends with its last day and is never deleted: projects rest on its code."""

    form = NamedForm
    deletes = staticmethod(nobody)
    fields = ("staging", "code", *LANGUAGES, "suffix", "position", "valid_from", "valid_until")
    list_display = ("__str__", "staging", "code", "suffix", "valid_from", "valid_until")
    list_filter = ("staging",)
    inlines = (ConditionInline,)


@admin.register(Project)
class ProjectAdmin(DeskAdmin):
    """The owner enters a project on the portal; what its permits rest on does not change under them."""

    adds = deletes = staticmethod(nobody)
    list_display = ("name", "code", "owner", "staging", "contractor", "opened_at")
    list_select_related = ("owner",)
    list_filter = ("staging",)
    search_fields = ("name", "code", "owner__name", "contractor")
    fields = (
        "timeline", "code", "owner", "name", "site", "area", "amount", "category", "staging", "contractor",
        "contractor_number", "supervisor", "opened_at",
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = ("timeline", "code", "owner", "opened_at")
        return (*fixed, "staging", "category") if obj and obj.applications.exists() else fixed

    @admin.display(description=_("stages and permits"))
    def timeline(self, project: Project) -> SafeString:
        path = reverse("approvals:project", args=[project.code])
        return format_html('<a href="{}">{}</a>', path, _("Show the timeline"))


@admin.register(PermitLife)
class PermitLifeAdmin(LookAdmin):
    list_display = ("number", "project", "stage_code", "delivered_at", "works_began_on", "matter")
    list_select_related = ("project", "case")
    search_fields = ("number", "project__code", "project__name")

    @admin.display(description=_("case"))
    def matter(self, permit: PermitLife) -> SafeString:
        path = reverse("admin:desk_case_change", args=[permit.case_id])
        return format_html('<a href="{}">{}</a>', path, permit.case)
