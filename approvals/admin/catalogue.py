"""The catalogue in the admin: to look at, to take away as a file, to bring in from one, to publish a draft.
Nothing is edited in place: a change is a new edition, so that running cases keep what they rest on."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from approvals.admin import catalogue_pages as pages
from approvals.catalogue.cells import written
from approvals.catalogue.facts import FIELD, PAPER
from approvals.catalogue.writing import chain_of
from approvals.models import Bundle, BundleItem, ItemField, ItemLaw, ItemPaper, ServiceItem, Stage
from servicedesk.desk.admin.register import LookAdmin, ReadOnly
from servicedesk.desk.models import Event, Limit
from servicedesk.desk.wording import spoken
from servicedesk.desk.words import term_words


def languages(words: dict[str, str]) -> SafeString | str:
    """Words in every language they are kept in, a line each."""
    lines = [(code, text) for code, text in words.items() if text]
    return format_html_join("", '<p lang="{}">{}</p>', lines) or "—"


def lines(text: Any) -> SafeString | str:
    return format_html_join("", "<p>{}</p>", ((line,) for line in str(text).splitlines())) or "—"


class LookInline(ReadOnly, admin.TabularInline):
    template = "approvals/admin/rows.html"
    extra = 0
    can_delete = False


class LawInline(LookInline):
    model = ItemLaw
    fields = ("title", "number", "article")


class PaperInline(LookInline):
    model = ItemPaper
    fields = readonly_fields = ("code", "named", "need", "form", "source", "only_if", "sample")

    @admin.display(description=_("name"))
    def named(self, paper: ItemPaper) -> SafeString | str:
        return languages(paper.name)

    @admin.display(description=_("condition"))
    def only_if(self, paper: ItemPaper) -> str:
        return written(PAPER["condition"][0], "papers", "condition", paper.condition) or "—"


class FieldInline(LookInline):
    model = ItemField
    fields = readonly_fields = ("code", "section", "asked", "sort", "is_required", "check_as", "more", "mask")

    @admin.display(description=_("question"))
    def asked(self, field: ItemField) -> SafeString | str:
        return languages(field.label)

    @admin.display(description=_("choices, columns, bounds, condition"))
    def more(self, field: ItemField) -> SafeString | str:
        names = ("choices", "columns", "bounds", "condition")
        found = [written(FIELD[name][0], "fields", name, getattr(field, name)) for name in names]
        return lines("\n".join(filter(None, found)))


class PartInline(LookInline):
    model = BundleItem
    fields = readonly_fields = ("item_code", "waits_for", "is_optional")

    @admin.display(description=_("waits for"))
    def waits_for(self, part: BundleItem) -> str:
        return ", ".join(part.after) or "—"


class EditionAdmin(LookAdmin):
    """Rows that have editions."""

    change_list_template = "approvals/admin/editions.html"
    change_form_template = "approvals/admin/edition.html"
    list_select_related = ("office",)
    search_fields = ("code", "name__zh-hans", "name__en", "name__ru")
    search_help_text = _("Code or name")
    ordering = ("position", "code", "-edition")
    # Words shown in every language, by the names of their columns.
    worded: ClassVar[tuple[str, ...]] = ()

    def get_urls(self) -> list[Any]:
        of = self.opts.model_name
        own = [
            path("import/", self.admin_site.admin_view(self.bring_in), name=f"approvals_{of}_import"),
            path(
                "export/<slug:form>/",
                self.admin_site.admin_view(self.take_out),
                name=f"approvals_{of}_export",
            ),
            path(
                "<int:pk>/publish/", self.admin_site.admin_view(self.publish), name=f"approvals_{of}_publish"
            ),
        ]
        return own + super().get_urls()

    def bring_in(self, request: HttpRequest) -> HttpResponse:
        return pages.bring_in(self, request)

    def take_out(self, request: HttpRequest, form: str) -> HttpResponse:
        return pages.take_out(self, request, form)

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        return pages.publish(self, request, pk)

    def get_urls_of(self) -> dict[str, str]:
        """Addresses of the pages beside the stock ones."""
        of = f"admin:approvals_{self.opts.model_name}"
        return {
            "import_url": reverse(f"{of}_import"),
            "xlsx_url": reverse(f"{of}_export", args=["xlsx"]),
            "yaml_url": reverse(f"{of}_export", args=["yaml"]),
        }

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        mine = {**self.get_urls_of(), "may_keep": pages.may_keep(request)}
        return super().changelist_view(request, {**mine, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        mine: dict[str, Any] = {}
        if row is not None:
            waits = row.stage == Stage.DRAFT and pages.may_keep(request)
            mine["publish_url"] = (
                reverse(f"admin:approvals_{self.opts.model_name}_publish", args=[row.pk]) if waits else ""
            )
            published = row.stage != Stage.DRAFT
            mine["guide_url"] = reverse("approvals:guide", args=[row.code]) if published else ""
            mine["events"] = Event.objects.filter(chain=chain_of(row.code)).select_related("by")
            mine["events"] = mine["events"].order_by("-seq")[:20]
            mine["limits"] = [limit_row(limit) for limit in self.limits_of(row)]
        return super().change_view(request, object_id, form_url, {**mine, **(extra_context or {})})

    def limits_of(self, row: Any) -> QuerySet[Limit]:
        """Limits of the code and, of a bundle, of its items in it; past ones too."""
        rows = Limit.objects.filter(subject=row.code) | Limit.objects.filter(
            subject__startswith=f"{row.code}/"
        )
        return rows.order_by("subject", "clock", "valid_from")

    @admin.display(description=_("name"), ordering="name")
    def named(self, row: Any) -> str:
        return str(row)

    @admin.display(description=_("sections of the form"))
    def sectioned(self, row: Any) -> str:
        return ", ".join(f"{spoken(each['label'])} ({each['code']})" for each in row.sections) or "—"

    @admin.display(description=_("special procedures"))
    def special_ones(self, row: Any) -> str:
        return ", ".join(row.special) or "—"


def limit_row(limit: Limit) -> dict[str, Any]:
    return {"row": limit, "term": term_words(limit.term, limit.unit)}


def worded(name: str) -> Any:
    """A column with the words of `name` in every language."""

    def shown(self: EditionAdmin, row: Model) -> SafeString | str:
        return languages(getattr(row, name))

    return shown


@admin.register(ServiceItem)
class ServiceItemAdmin(EditionAdmin):
    list_display = (
        "named",
        "code",
        "edition",
        "stage",
        "office",
        "life",
        "valid_from",
        "valid_until",
    )
    list_filter = ("stage", "life", "procedure", ("office", admin.RelatedOnlyFieldListFilter), "is_online")
    inlines: ClassVar[list[type]] = [LawInline, PaperInline, FieldInline]
    fieldsets = (
        (None, {"fields": ("code", ("edition", "stage"), ("valid_from", "valid_until"), "office")}),
        (_("Words"), {"fields": ("in_words", "in_sentence", "conditions_said", "fee_said", "result_said")}),
        (
            _("Handling"),
            {
                "fields": (
                    ("sort", "handling"),
                    ("procedure", "extension"),
                    "special_ones",
                    ("life", "applicants"),
                    ("is_licensed", "licence_months"),
                    ("is_delivered", "is_online", "is_part_only"),
                    "visits",
                    "sectioned",
                    ("task_code", "implementation_code"),
                )
            },
        ),
    )
    readonly_fields = (
        "in_words",
        "in_sentence",
        "conditions_said",
        "fee_said",
        "result_said",
        "special_ones",
        "sectioned",
    )
    in_words = admin.display(description=_("name"))(worded("name"))
    in_sentence = admin.display(description=_("in a sentence"))(worded("summary"))
    conditions_said = admin.display(description=_("conditions"))(worded("conditions"))
    fee_said = admin.display(description=_("fee"))(worded("fee"))
    result_said = admin.display(description=_("result"))(worded("result"))


@admin.register(Bundle)
class BundleAdmin(EditionAdmin):
    list_display = ("named", "code", "edition", "stage", "office", "life", "valid_from", "valid_until")
    list_filter = ("stage", "life")
    inlines: ClassVar[list[type]] = [PartInline]
    fieldsets = (
        (None, {"fields": ("code", ("edition", "stage"), ("valid_from", "valid_until"), "office", "life")}),
        (_("Words"), {"fields": ("in_words", "in_sentence", "basis", "sectioned")}),
    )
    readonly_fields = ("in_words", "in_sentence", "sectioned")
    in_words = admin.display(description=_("name"))(worded("name"))
    in_sentence = admin.display(description=_("in a sentence"))(worded("summary"))
