"""Registers as tables: import with a dry run, export."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.results import Result
from import_export.tmp_storages import MediaStorage

from enterprises.spreadsheets import Csv, SheetError, Xlsx

FORMATS = (Xlsx, Csv)


class UploadForm(ImportForm):
    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            most = filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": most})
        return file


class ConfirmForm(ConfirmImportForm):
    format = forms.ChoiceField(
        choices=[(str(index), index) for index in range(len(FORMATS))], widget=forms.HiddenInput
    )

    def clean_resource(self) -> str:
        # Every register has one resource; whatever was sent, it is meant.
        return "0"


def digest_of(kept: str) -> str:
    """SHA-256 of an upload that waits for its confirmation."""
    return hashlib.sha256(MediaStorage(name=kept).read()).hexdigest()


class SheetAdmin(ImportExportMixin):
    """Import and export of a register; whoever may change it may do both (names of people go out masked)."""

    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    export_form_class = ExportForm
    import_template_name = "enterprises/admin/import.html"
    tmp_storage_class = MediaStorage
    formats: ClassVar[list[type]] = list(FORMATS)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        kept = kwargs["form"].cleaned_data.get("import_file_name")
        given = {"rollback_on_validation_errors": True, "sha256": digest_of(kept) if kept else ""}
        return super().get_import_data_kwargs(**kwargs) | given

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = super().import_action(request, **kwargs)
        return self._with_labels(response, self.get_import_resource_classes(request))

    def _with_labels(self, response: HttpResponse, listed: Iterable[Any]) -> HttpResponse:
        """The library lists the codes of the columns; people know them by their labels."""
        context = getattr(response, "context_data", None)
        if context is not None:
            context["fields_list"] = [
                (each.get_display_name(), list(map(str, each.labels.values()))) for each in listed
            ]
        return response

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        said = str(e) if isinstance(e, SheetError) else _("This file cannot be read as a table.")
        form.add_error("import_file", said)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)
        except (OSError, SheetError):
            messages.error(request, _("The uploaded file is no longer there. Please upload it again."))
            return HttpResponseRedirect(self._url("import"))

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if not (result.has_errors() or result.has_validation_errors()):
            return super().process_result(result, request)
        # The register changed between the dry run and the confirmation; all of it was rolled back.
        for sentence in result.sentences()[:20]:
            messages.error(request, sentence)
        return HttpResponseRedirect(self._url("import"))

    def export_action(self, request: HttpRequest) -> HttpResponse:
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            response = super().export_action(request)
            return self._with_labels(response, self.get_export_resource_classes(request))
        except IncorrectLookupParameters:
            return HttpResponseRedirect(self._url("changelist") + "?e=1")

    def _url(self, page: str) -> str:
        return reverse("admin:{}_{}_{}".format(*self.get_model_info(), page))
