"""Companies in the admin, with their contacts, figures and tags."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from enterprises.admin.merge import merge_two
from enterprises.admin.sheet import SheetAdmin
from enterprises.models import (
    Company,
    CompanyYear,
    Contact,
    Industry,
    ServiceManager,
    Tag,
    TagSort,
    method_on,
)
from enterprises.resources import CompanyResource
from enterprises.uscc import UsccField, require
from servicedesk.accounts.models import User
from servicedesk.desk import finding
from servicedesk.desk.admin.covering import Covered, name_of
from servicedesk.desk.admin.register import DeskAdmin, DeskInline, GuardedForm, nobody, print_of
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Party
from servicedesk.desk.privacy.unmasking import is_uncovered


class CompanyForm(GuardedForm):
    """Name and code stand on the company's party and are kept here as if they were its own."""

    name = forms.CharField(label=_("name"), max_length=120)
    number = UsccField(strict=False)

    class Meta:
        model = Company
        fields = (
            "legal_representative",
            "registered_address",
            "business_address",
            "town",
            "industry",
            "registered_on",
            "uscc_override_reason",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial = {**self.initial, "name": self.instance.name, "number": self.instance.number}

    def print_of(self, row: Any) -> str:
        return print_of(row, row.name, row.number)

    def clean_number(self) -> str:
        """The code, if it is free or belongs to a party that has no entry in the register yet."""
        number = self.cleaned_data["number"]
        other = Party.objects.filter(number=number).exclude(pk=self.instance.party_id).first()
        if other and (self.instance.pk or Company.objects.filter(party=other).exists()):
            raise forms.ValidationError(_("A company with this code is already registered."))
        if other:
            self.instance.party = other
        return number

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "number" in given:
            try:
                require(given["number"], given.get("uscc_override_reason", ""))
            except forms.ValidationError as error:
                self.add_error("number", error)
                self.add_error(
                    "uscc_override_reason", _("If the licence says so, write why the code stands.")
                )
        if not self.instance.party_id:
            self.instance.party = Party(sort=Party.Sort.COMPANY)
        if not self.errors:
            self.instance.party.number, self.instance.party.name = given["number"], given["name"]
        return given


class ContactInline(DeskInline):
    """Masked until a reason was given on the company's page; only then changed, and added to."""

    model = Contact

    def is_open(self, request: HttpRequest, obj: Any) -> bool:
        may = self.has_change_permission(request, obj)
        return may and (obj is None or is_uncovered(request, name_of(obj), timezone.now()))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and self.is_open(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and self.is_open(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if self.is_open(request, obj):
            return ["name", "phone", "role", "row_print"]
        printed = ["row_print"] if self.has_change_permission(request, obj) else []
        return ["masked_name", "masked_phone", "role", *printed]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [] if self.is_open(request, obj) else ["masked_name", "masked_phone"]

    @admin.display(description=_("name"))
    def masked_name(self, contact: Contact) -> str:
        return masked(contact.name, "name")

    @admin.display(description=_("telephone"))
    def masked_phone(self, contact: Contact) -> str:
        return masked(contact.phone, "phone")


class YearInline(DeskInline):
    model = CompanyYear


class TagInline(DeskInline):
    model = Tag

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).select_related("sort")


class ServiceManagerInline(DeskInline):
    model = ServiceManager
    fields = ("user", "since", "until")
    deletes = staticmethod(nobody)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.staff().order_by("name")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class SectionFilter(admin.SimpleListFilter):
    title = _("industry")
    parameter_name = "section"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        sections = Industry.objects.filter(level=Industry.Level.SECTION)
        return [(section.code, str(section)) for section in sections]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Company]) -> QuerySet[Company]:
        return queryset.filter(industry__section=self.value()) if self.value() else queryset


class TagFilter(admin.SimpleListFilter):
    title = _("tag")
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(sort.code, sort.title()) for sort in TagSort.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Company]) -> QuerySet[Company]:
        """Companies whose tag holds today; an expired one is none."""
        if not self.value():
            return queryset
        held = Tag.objects.current(timezone.localdate()).filter(sort__code=self.value())
        return queryset.filter(pk__in=held.values("company"))


def size_column() -> Callable[[Company], str]:
    """A column with the size class by the method in force today, which is read when the first row asks."""
    method = SimpleLazyObject(lambda: method_on(timezone.localdate()))

    @admin.display(description=_("size"))
    def size(company: Company) -> str:
        return str(company.size(method).label)  # type: ignore[arg-type]

    return size


@admin.register(Company)
class CompanyAdmin(Covered, SheetAdmin, DeskAdmin):
    """Matters, figures and tags of years hang on an entry; it is corrected, never deleted."""

    form = CompanyForm
    deletes = staticmethod(nobody)
    personal = frozenset({"legal_representative", "contact.name", "contact.phone"})
    covered = MappingProxyType({"legal_representative": "name", "contacts": "name"})
    resource_classes: ClassVar[list[type]] = [CompanyResource]
    search_fields: ClassVar[list[str]] = ["party__name", "party__number"]
    search_help_text = _("Name or unified social credit code")
    list_filter: ClassVar[list[Any]] = ["town", SectionFilter, TagFilter]
    autocomplete_fields: ClassVar[list[str]] = ["industry"]
    inlines: ClassVar[list[type]] = [ServiceManagerInline, ContactInline, YearInline, TagInline]
    ordering = ("-pk",)
    actions = (merge_two,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        return Company.objects.named().prefetch_related("years", "service_managers__user")

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [
            "company_name",
            "code",
            "town",
            "industry",
            size_column(),
            "representative",
            "registered_on",
            "service_manager",
        ]

    def get_fields(self, request: HttpRequest, obj: Company | None = None) -> list[Any]:
        if self.has_change_permission(request, obj):
            names: tuple[str, ...] = CompanyForm.Meta.fields
            if self.is_covered(request, obj):
                names = tuple(name.replace("legal_representative", "representative") for name in names)
            return ["name", "number", *names, "row_print"]
        shown = [name for name in CompanyForm.Meta.fields if name != "legal_representative"]
        return ["company_name", "code", "representative", *shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Company | None = None) -> list[str]:
        if self.has_change_permission(request, obj):
            return ["representative"] if self.is_covered(request, obj) else []
        return ["company_name", "code", "representative"]

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:
        # Of a party that is there already only this: its telephone may be changing on another page.
        obj.party.save(update_fields=["name", "number"] if obj.party.pk else None)
        obj.party = obj.party
        super().save_model(request, obj, form, change)
        if {"name", "number"} & set(form.changed_data):
            finding.keep_party(obj.party)

    @admin.display(description=_("name"), ordering="party__name")
    def company_name(self, company: Company) -> str:
        return company.name

    @admin.display(description=_("unified social credit code"), ordering="party__number")
    def code(self, company: Company) -> str:
        return company.number

    @admin.display(description=_("service manager"))
    def service_manager(self, company: Company) -> str:
        return str(company.manager(timezone.localdate()) or "")

    @admin.display(description=_("legal representative"))
    def representative(self, company: Company) -> str:
        return company.masked_representative
