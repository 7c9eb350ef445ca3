"""How every register of the desk is kept: rights by posts, no silent overwriting, every change in a chain."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.desk.permissions import holds, may_register, subject_to, today
from servicedesk.desk.trail import chain_of_row, changes, record, row_facts

Asks = Callable[[User, datetime], bool]


def who(request: HttpRequest) -> User:
    """The person behind a request the site has let in: always a member of staff."""
    return cast(User, request.user)


def readers(user: User, at: datetime) -> bool:
    return may_register(user, "view", at)


def keepers(user: User, at: datetime) -> bool:
    return may_register(user, "change", at)


def nobody(user: User, at: datetime) -> bool:
    return False


def holding(*roles: str) -> Asks:
    """Whoever holds one of these roles on the day."""
    return lambda user, at: any(holds(user, role, today(at)) for role in roles)


def either(*questions: Asks) -> Asks:
    return lambda user, at: any(asks(user, at) for asks in questions)


def print_of(row: models.Model, *more: str) -> str:
    """A short hash of everything a row holds, and of what its page shows besides: two different states never
    look alike."""
    fields = [field for field in row._meta.concrete_fields if field.name not in {"password", "last_login"}]
    facts = [*((field.name, str(field.value_from_object(row))) for field in fields), *more]
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:32]


class GuardedForm(forms.ModelForm):
    """Knows which state of the row the page was made from, and refuses to overwrite another unseen."""

    row_print = forms.CharField(label="", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.overtaken = False
        if self.instance.pk:
            self.initial["row_print"] = self.print_of(self.instance)

    def print_of(self, row: Any) -> str:
        return print_of(row)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.instance.pk:
            self._refuse_overwriting()
        return given

    def _refuse_overwriting(self) -> None:
        # Locked until the end of the transaction the admin saves in.
        rows = type(self.instance)._default_manager.select_for_update()
        now = rows.get(pk=self.instance.pk)
        if self.data.get(self.add_prefix("row_print")) == self.print_of(now):
            return
        self.overtaken = True
        # What was typed stays; sent once more, knowingly, it holds.
        typed: Any = self.data.copy()  # type: ignore[attr-defined]
        typed[self.add_prefix("row_print")] = self.print_of(now)
        self.data = typed
        self.add_error(None, self._overtaken_words(now))

    def _overtaken_words(self, now: models.Model) -> str:
        mine = [name for name in self.changed_data if name in self.fields and hasattr(now, name)]
        stands = " · ".join(f"{self.fields[name].label or name} {getattr(now, name)}" for name in mine)
        said = _("Somebody else changed this row after you opened it. What you typed stands below, unsaved.")
        if not stands:
            return said
        return " ".join([said, _("The row now holds: %(stands)s.") % {"stands": stands}])


class ByPost:
    """Rights of an admin page by the posts a person holds, never by Django's permission rows or superuser."""

    sees: Asks = staticmethod(readers)
    adds: Asks = staticmethod(keepers)
    changes: Asks = staticmethod(keepers)
    deletes: Asks = staticmethod(keepers)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.sees(who(request), timezone.now()) or self.has_change_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.adds(who(request), timezone.now())

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.changes(who(request), timezone.now())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletes(who(request), timezone.now())


class ReadOnly(ByPost):
    """A page that only shows."""

    adds = changes = deletes = staticmethod(nobody)


class Trailed:
    """Writes every change into the row's own chain, in the transaction that makes it: what was and what is,
    and of personal fields only that they changed (“contact.phone”: of a row below)."""

    personal: ClassVar[frozenset[str]] = frozenset()

    def chain_of(self, row: models.Model) -> str:
        return chain_of_row(row)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)  # type: ignore[misc]
        params: dict[str, Any] = {"fields": self.changes_of(form)}
        if rows := [row for formset in formsets for row in self._rows_of(formset)]:
            params["rows"] = rows
        if not change or params["fields"] or rows:
            self.log(request, form.instance, "register_change" if change else "register_add", params)

    def changes_of(self, form: Any, of: str = "") -> dict[str, Any]:
        """{field: [before, after]} of what the form changed."""
        names = [name for name in form.changed_data if name not in {"row_print", "DELETE"}]
        given = {name: (form.initial.get(name), form.cleaned_data.get(name)) for name in names}
        return changes(given, self.personal, of)

    def _rows_of(self, formset: Any) -> Iterator[dict[str, Any]]:
        model = formset.model._meta.model_name
        forms_of = {id(form.instance): form for form in formset.forms}
        for row in formset.new_objects:
            yield row_facts(model, row.pk, "add", self.changes_of(forms_of[id(row)], f"{model}."))
        for row, _names in formset.changed_objects:
            yield row_facts(model, row.pk, "change", self.changes_of(forms_of[id(row)], f"{model}."))
        for row in formset.deleted_objects:
            # Deleting took the key from the row itself.
            key = forms_of[id(row)].fields[formset._pk_field.name].initial
            yield row_facts(model, key, "delete", self.lost_of(row, f"{model}."))

    def lost_of(self, row: models.Model, of: str = "") -> dict[str, Any]:
        """{field: [before, None]} of a row that goes."""
        fields = [field for field in row._meta.concrete_fields if not field.primary_key]
        return changes({f.name: (f.value_from_object(row), None) for f in fields}, self.personal, of)

    def delete_model(self, request: HttpRequest, obj: models.Model) -> None:
        with transaction.atomic():
            self.log(request, obj, "register_delete", {"fields": self.lost_of(obj)})
            super().delete_model(request, obj)  # type: ignore[misc]

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        with transaction.atomic():
            for row in queryset.select_for_update():
                self.delete_model(request, row)

    def log(self, request: HttpRequest, row: models.Model, verb: str, params: dict[str, Any]) -> None:
        record(self.chain_of(row), verb, at=timezone.now(), by=who(request), params=params)


class Guarded:
    """The page of a guarded form: it carries the print of the row it was made from."""

    form: Any = GuardedForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The declared fields, or all, and the print of the row the page is made from."""
        fields = super().get_fields(request, obj)  # type: ignore[misc]
        shown = [name for name in fields if name != "row_print"]
        may_change = self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        return [*shown, "row_print"] if may_change else shown


class DeskAdmin(Guarded, ByPost, Trailed, admin.ModelAdmin):
    """A register of the desk."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    save_on_top = False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().changeform_view(request, *args, **kwargs)
        page = getattr(response, "context_data", None) or {}
        shown = [getattr(page.get("adminform"), "form", None)]
        shown += [form for inline in page.get("inline_admin_formsets", ()) for form in inline.formset.forms]
        if any(getattr(form, "overtaken", False) for form in shown):
            response.status_code = 409
        return response


class DeskInline(Guarded, ByPost, admin.TabularInline):
    """Rows kept on the page of what they hang on, each guarded by itself."""

    extra = 0


class Untold:
    """Leaves out what concerns complaints about an office of the reader's own, or one above it. `against` is
    the path from a row to the complained-of office."""

    against: ClassVar[str] = "case__against"

    def get_queryset(self, request: HttpRequest) -> Any:
        offices = subject_to(who(request), today(timezone.now()))
        rows = super().get_queryset(request)  # type: ignore[misc]
        about_another = Q((f"{self.against}__isnull", True)) | ~Q((f"{self.against}__in", offices))
        return rows.filter(about_another) if offices else rows


class LookAdmin(ReadOnly, admin.ModelAdmin):
    """A table of the desk that is only looked at."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions: Any = None
