"""An older system's requests from a file: put it up, say which column is what, see the faults, take it in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.desk.admin.register import ByPost, keepers, nobody, who
from servicedesk.desk.errors import BadInput
from servicedesk.desk.history import Fault, HistoryDef, histories, history_of
from servicedesk.desk.history.mapping import checked_mapping, guessed_mapping, mapped
from servicedesk.desk.history.sheets import Sheet
from servicedesk.desk.history.taking import sentence
from servicedesk.desk.history.uploads import (
    AT_ONCE,
    begin,
    carry_on,
    choose,
    discard,
    keep,
    sheets_in,
    taking_of,
    told,
)
from servicedesk.desk.models import HistoryImport
from servicedesk.desk.registry import kind_of
from servicedesk.desk.sieve import key_in

Stage = HistoryImport.Stage
# Sentences a page shows; the counts beside them say how many there are.
SHOWN = 200


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What the rows become"))
    file = forms.FileField(
        label=gettext_lazy("File (xlsx or csv)"),
        help_text=gettext_lazy("One row a request; the headings may stand below a title."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(each.kind, kind_of(each.kind).label) for each in histories()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            most = filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": most})
        return file


class ColumnsForm(forms.Form):
    """A select box a field, over the headings of the file."""

    def __init__(self, declared: HistoryDef, sheets: Sequence[Sheet], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.declared = declared
        found = dict.fromkeys(column for sheet in sheets for column in sheet.columns())
        choices = [("", _("not in the file")), *((column, column) for column in found)]
        for name, each in declared.every_field().items():
            box = forms.ChoiceField(label=str(each.label), choices=choices, required=each.required)
            self.fields[name] = box

    def clean(self) -> dict[str, Any]:
        given = {name: column for name, column in (super().clean() or {}).items() if column}
        if not self.errors:
            try:
                checked_mapping(given, self.declared)
            except BadInput as error:
                raise forms.ValidationError(str(error)) from error
        return given


@admin.register(HistoryImport)
class HistoryImportAdmin(ByPost, admin.ModelAdmin):
    sees = adds = changes = staticmethod(keepers)
    deletes = staticmethod(nobody)
    list_display = ("name", "matter", "by", "at", "stage", "imported", "left_out")
    list_select_related = ("by",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions: Any = None

    @admin.display(description=gettext_lazy("kind"))
    def matter(self, job: HistoryImport) -> str:
        return str(kind_of(job.kind).label)

    @admin.display(description=gettext_lazy("imported"))
    def imported(self, job: HistoryImport) -> Any:
        return job.report.get("imported", "")

    @admin.display(description=gettext_lazy("left out"))
    def left_out(self, job: HistoryImport) -> Any:
        return job.report.get("left_out", "")

    # --- the pages ---------------------------------------------------------------------------------

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Put a file up; what cannot be read as a table is refused here."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            file = form.cleaned_data["file"]
            try:
                job = keep(
                    file.read(), file.name, form.cleaned_data["kind"], by=who(request), at=timezone.now()
                )
                return redirect("admin:desk_historyimport_change", job.pk)
            except BadInput as error:
                form.add_error("file", str(error))
        status = 422 if form.is_bound and form.errors else 200
        context = {"title": _("Import an older system's requests"), "form": form}
        return self._page(request, "upload", context, status)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Which column is what, what that finds, and how far it is."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        job = HistoryImport.objects.filter(pk=key_in(object_id) or 0).first()
        if job is None:
            raise Http404
        if job.stage != Stage.WAITING:
            return self._page(request, "import", _progress(job))
        if "discard" in request.POST:
            discard(job)
            return redirect("admin:desk_historyimport_changelist")
        try:
            return self._columns(request, job, sheets_in(job))
        except BadInput as error:
            return self._page(request, "import", {"job": job, "title": job.name, "said": str(error)}, 410)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return redirect("admin:desk_historyimport_change", object_id)

    def _columns(self, request: HttpRequest, job: HistoryImport, sheets: list[Sheet]) -> HttpResponse:
        declared = history_of(job.kind)
        guessed = job.mapping or guessed_mapping(sheets, declared)
        form = ColumnsForm(declared, sheets, request.POST or None, initial=guessed)
        context: dict[str, Any] = {"job": job, "title": job.name, "form": form}
        if request.method != "POST" or not form.is_valid():
            return self._page(request, "import", context, 422 if form.is_bound else 200)
        now = timezone.now()
        try:
            mapped(sheets, form.cleaned_data)
            before = job.mapping
            choose(job, form.cleaned_data)
            # Only what was seen is taken in: other columns are looked at first.
            if "begin" in request.POST and before == job.mapping:
                begin(job, by=who(request), at=now)
                carry_on(job.pk, now, AT_ONCE)
                return redirect("admin:desk_historyimport_change", job.pk)
            report = told(taking_of(job, now, sheets).report)
        except BadInput as error:
            form.add_error(None, str(error))
            return self._page(request, "import", context, 422)
        return self._page(request, "import", context | {"seen": report, **_sentences(report)})

    def _page(
        self, request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"admin/desk/historyimport/{name}.html", context, status=status)


def _progress(job: HistoryImport) -> dict[str, Any]:
    report = job.report
    return {"job": job, "title": job.name, "report": report, **_sentences(report)}


def _sentences(report: dict[str, Any]) -> dict[str, Any]:
    """The first faults and remarks as sentences, and how many there are of each."""
    faults = [*report.get("faults", []), *report.get("failed", [])]
    remarks = report.get("remarks", [])
    return {
        "faults": [sentence(Fault(**each)) for each in faults[:SHOWN]],
        "remarks": [sentence(Fault(**each)) for each in remarks[:SHOWN]],
        "more_faults": max(len(faults) - SHOWN, 0),
        "more_remarks": max(len(remarks) - SHOWN, 0),
    }
