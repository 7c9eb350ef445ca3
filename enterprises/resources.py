"""Import and export of the company register: the natural key is the USCC, every refusal is a sentence."""

from __future__ import annotations

from typing import Any, ClassVar

import tablib
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields, resources
from import_export.instance_loaders import ModelInstanceLoader
from import_export.results import RowResult

from enterprises.columns import CompanyCell, DateCell, NumberCell, RegisterCell, TextCell, UsccCell
from enterprises.models import Company, CompanyYear, Industry, Tag, TagSort, Town
from enterprises.outcome import Change, Outcome
from enterprises.spreadsheets import SheetError, defused, plain
from servicedesk.desk import finding
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Party
from servicedesk.desk.trail import chain_of_row, changes, record, row_facts
from servicedesk.desk.wording import in_every_language

# How a masked name ends.
MASKED = " *"


class LockedRows(ModelInstanceLoader):
    """Whatever a row of the file changes is held until the import ends, as a form holds it."""

    def get_queryset(self) -> Any:
        return super().get_queryset().select_for_update(of=("self",))


class RegisterResource(resources.ModelResource):
    """Columns are named by their codes or, in any language of the interface, by their labels. Each row that
    changes something is one event in the chain of its company, in the transaction of the whole import."""

    labels: ClassVar[dict[str, Promise]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    personal: ClassVar[frozenset[str]] = frozenset()

    class Meta:
        instance_loader_class = LockedRows
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    @classmethod
    def get_result_class(cls) -> type[Outcome]:
        return type("Outcome", (Outcome,), {"labels": cls.labels})

    @classmethod
    def get_diff_class(cls) -> type[Change]:
        return Change

    def names(self) -> dict[str, str]:
        """Every name a column may bear → its code."""
        known = {code: code for code in self.labels}
        for code, label in self.labels.items():
            known |= {text.casefold(): code for text in in_every_language(label).values()}
        return known

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        try:
            dataset.headers = self._codes([plain(header) for header in dataset.headers or []])
        except SheetError:
            dataset.wipe()
            raise
        self.seen: dict[tuple[str, ...], int] = {}
        self.at = timezone.now()

    def _codes(self, headers: list[str]) -> list[str]:
        names = self.names()
        unknown = [header for header in headers if header.casefold() not in names]
        codes = [names.get(header.casefold(), "") for header in headers]
        missing = [str(self.labels[code]) for code in self.required if code not in codes]
        if missing:
            raise SheetError(_("The column “%(name)s” is missing.") % {"name": missing[0]})
        if unknown:
            raise SheetError(_("The column “%(name)s” is not known.") % {"name": unknown[0][:40]})
        if len(set(codes)) < len(codes):
            raise SheetError(_("A column stands there twice."))
        return codes

    def import_row(self, row: dict[str, Any], instance_loader: Any, **kwargs: Any) -> RowResult:
        if any(map(plain, row.values())):
            return super().import_row(row, instance_loader, **kwargs)
        blank = self.get_row_result_class()()
        blank.import_type = RowResult.IMPORT_TYPE_SKIP
        return blank

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        # A new row is never "unchanged", even one that brings nothing but its key.
        return instance.pk is not None and super().skip_row(instance, original, row, import_validation_errors)

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        """Read the key before the library looks for it, so that a bad one is a sentence of its own row."""
        faults, key = {}, []
        for name in self.get_import_id_fields():
            try:
                key.append(str(self.fields[name].clean(row)))
            except ValueError as error:
                faults[name] = str(error)
        if faults:
            raise ValidationError(faults)
        number = kwargs["row_number"] + 1
        first = self.seen.setdefault(tuple(key), number)
        if first != number:
            raise ValidationError(_("This repeats row %(row)s.") % {"row": first})

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        self.was = None if new else self._values(instance)

    def _values(self, instance: Any) -> dict[str, Any]:
        return {name: field.get_value(instance) for name, field in self.fields.items()}

    def after_save_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        if kwargs["dry_run"]:
            return
        was, new = self.was or {}, self._values(instance)
        given = {name: (was.get(name), value) for name, value in new.items() if was.get(name) != value}
        fields = changes(given, self.personal)
        chain, verb, params = self.event_of(instance, "change" if self.was else "add", fields)
        params["file"] = kwargs.get("sha256", "")
        record(chain, verb, at=self.at, by=kwargs.get("user"), params=params)

    def event_of(self, row: Any, did: str, fields: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        """Chain, verb and params of what an imported row did."""
        return chain_of_row(row), f"register_{did}", {"fields": fields}

    def export_field(self, field: fields.Field, instance: Any, **kwargs: Any) -> Any:
        """A table leaves the house: the names of people are masked in it."""
        value = super().export_field(field, instance, **kwargs)
        return defused(masked(str(value), "name") if value and field.column_name in self.personal else value)

    def import_field(self, field: fields.Field, instance: Any, row: Any, *args: Any, **kwargs: Any) -> None:
        """A masked name that comes back from an export says nothing new."""
        if field.column_name in self.personal and plain(row.get(field.column_name)).endswith(MASKED):
            return
        super().import_field(field, instance, row, *args, **kwargs)

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return [str(self.labels[field.column_name]) for field in self.get_export_fields(selected_fields)]

    def get_diff_headers(self) -> list[str]:
        return [str(self.labels[field.column_name]) for field in self.get_import_fields()]


def _column(name: str, cell: Any, attribute: str | None = None) -> fields.Field:
    return fields.Field(attribute=attribute or name, column_name=name, widget=cell)


class CompanyResource(RegisterResource):
    labels: ClassVar[dict[str, Promise]] = {
        "uscc": gettext_lazy("unified social credit code"),
        "name": gettext_lazy("name"),
        "legal_representative": gettext_lazy("legal representative"),
        "registered_address": gettext_lazy("registered address"),
        "business_address": gettext_lazy("business address"),
        "town": gettext_lazy("town"),
        "industry": gettext_lazy("industry"),
        "registered_on": gettext_lazy("registered on"),
        "uscc_override_reason": gettext_lazy("why the code stands although its check digit fails"),
    }
    required = ("uscc",)
    personal = frozenset({"legal_representative"})

    uscc = _column("uscc", UsccCell(), "party__number")
    name = _column("name", TextCell(), "party__name")
    legal_representative = _column("legal_representative", TextCell())
    registered_address = _column("registered_address", TextCell())
    business_address = _column("business_address", TextCell())
    town = _column("town", RegisterCell(Town, "name", gettext_lazy("There is no town “%(text)s”.")))
    industry = _column(
        "industry",
        RegisterCell(Industry, "code", gettext_lazy("GB/T 4754-2017 has no industry “%(text)s”.")),
    )
    registered_on = _column("registered_on", DateCell())
    uscc_override_reason = _column("uscc_override_reason", TextCell())

    class Meta:
        model = Company
        name = gettext_lazy("companies")
        fields = (
            "uscc",
            "name",
            "legal_representative",
            "registered_address",
            "business_address",
            "town",
            "industry",
            "registered_on",
            "uscc_override_reason",
        )
        import_id_fields = ("uscc",)

    def get_queryset(self) -> Any:
        return Company.objects.named()

    def init_instance(self, row: Any = None) -> Company:
        """A new company, on the party of this number if one is there already without an entry."""
        number = self.fields["uscc"].clean(row)
        known = Party.objects.filter(number=number).first()
        return Company(party=known or Party(sort=Party.Sort.COMPANY, number=number))

    def validate_instance(
        self, instance: Company, import_validation_errors: Any = None, validate_unique: bool = True
    ) -> None:
        errors: dict[str, Any] = dict(import_validation_errors or {})
        for part, apart in ((instance, {"party"}), (instance.party, {"number"})):
            try:
                part.full_clean(exclude=apart | errors.keys())
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def do_instance_save(self, instance: Company, is_create: bool) -> None:
        instance.party.save()
        instance.party = instance.party
        instance.save(force_insert=is_create)
        if not is_create:
            finding.keep_party(instance.party)


class OfCompanyResource(RegisterResource):
    """Rows that hang on a company: its own lock and chain come first."""

    def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
        super().before_import_row(row, **kwargs)
        Company.objects.lock(self.fields["uscc"].clean(row).pk)

    def event_of(self, row: Any, did: str, fields: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        facts = row_facts(row._meta.model_name, row.pk, did, fields)
        return chain_of_row(row.company), "register_change", {"rows": [facts]}


class CompanyYearResource(OfCompanyResource):
    labels: ClassVar[dict[str, Promise]] = {
        "uscc": gettext_lazy("unified social credit code"),
        "year": gettext_lazy("year"),
        "staff": gettext_lazy("staff"),
        "income": gettext_lazy("operating income (10,000 yuan)"),
        "assets": gettext_lazy("total assets (10,000 yuan)"),
    }
    required = ("uscc", "year")

    uscc = _column("uscc", CompanyCell(), "company")
    year = _column("year", NumberCell())
    staff = _column("staff", NumberCell())
    income = _column("income", NumberCell(places=2))
    assets = _column("assets", NumberCell(places=2))

    class Meta:
        model = CompanyYear
        name = gettext_lazy("figures by year")
        fields = ("uscc", "year", "staff", "income", "assets")
        import_id_fields = ("uscc", "year")

    def get_queryset(self) -> Any:
        return CompanyYear.objects.select_related("company__party")


class TagResource(OfCompanyResource):
    labels: ClassVar[dict[str, Promise]] = {
        "uscc": gettext_lazy("unified social credit code"),
        "tag": gettext_lazy("tag"),
        "issuer": gettext_lazy("issuer"),
        "valid_from": gettext_lazy("valid from"),
        "valid_until": gettext_lazy("valid until"),
        "evidence": gettext_lazy("evidence"),
    }
    required = ("uscc", "tag", "valid_from")

    uscc = _column("uscc", CompanyCell(), "company")
    tag = _column("tag", RegisterCell(TagSort, "name", gettext_lazy("There is no tag “%(text)s”.")), "sort")
    issuer = _column("issuer", TextCell())
    valid_from = _column("valid_from", DateCell())
    valid_until = _column("valid_until", DateCell())
    evidence = _column("evidence", TextCell())

    class Meta:
        model = Tag
        name = gettext_lazy("tags")
        fields = ("uscc", "tag", "issuer", "valid_from", "valid_until", "evidence")
        import_id_fields = ("uscc", "tag", "valid_from")

    def get_queryset(self) -> Any:
        return Tag.objects.select_related("company__party", "sort")
