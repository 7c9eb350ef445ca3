"""Files of the catalogue in the admin: out as xlsx or YAML; in by upload, dry run, confirmation."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from import_export.tmp_storages import MediaStorage

from approvals.catalogue import xlsx_out, yaml_out
from approvals.catalogue.exporting import catalogue_now
from approvals.catalogue.reading import UnreadableFile, catalogue_in
from approvals.catalogue.telling import told_change, told_fields
from approvals.catalogue.writing import Report, bring
from approvals.catalogue.writing import publish as publish_row
from approvals.models import Stage
from servicedesk.desk.admin.register import keepers, readers, who

SALT = "approvals.catalogue.import"
# A dry run is confirmed on the day it was made, or made again.
LASTS = 24 * 3600
MOST_FAULTS = 100
WRITERS = {
    "xlsx": (
        xlsx_out.workbook_of,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "yaml": (yaml_out.text_of, "application/yaml; charset=utf-8"),
}


class UploadForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("file (xlsx or YAML)"))
    on = forms.DateField(
        label=gettext_lazy("changes hold from"),
        help_text=gettext_lazy("For rows that name no day of their own."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            most = filesizeformat(settings.UPLOAD_MAX_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": most})
        return file

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on < timezone.localdate():
            raise forms.ValidationError(_("The day from which the changes hold cannot lie in the past."))
        return on


def may_keep(request: HttpRequest) -> bool:
    return keepers(who(request), timezone.now())


def _page(admin: Any, request: HttpRequest, template: str, **shown: Any) -> TemplateResponse:
    context = {**admin.admin_site.each_context(request), "opts": admin.opts, "title": _("Import"), **shown}
    return TemplateResponse(request, f"approvals/admin/{template}.html", context)


def _list_url(admin: Any) -> str:
    return reverse(f"admin:approvals_{admin.opts.model_name}_changelist")


def take_out(admin: Any, request: HttpRequest, form: str) -> HttpResponse:
    """The whole catalogue as a file."""
    if not readers(who(request), timezone.now()):
        raise PermissionDenied
    if form not in WRITERS:
        raise Http404
    writer, sort = WRITERS[form]
    today = timezone.localdate()
    answer = HttpResponse(writer(catalogue_now(today)), content_type=sort)
    answer["Content-Disposition"] = f'attachment; filename="catalogue-{today.isoformat()}.{form}"'
    return answer


def bring_in(admin: Any, request: HttpRequest) -> HttpResponse:
    """Upload, then what it would change, then the change."""
    if not may_keep(request):
        raise PermissionDenied
    if request.method != "POST":
        return _page(admin, request, "import", form=UploadForm(initial={"on": timezone.localdate()}))
    if "confirm" in request.POST:
        return _confirmed(admin, request)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(admin, request, "import", form=form)
    return _dry_run(admin, request, form)


def _dry_run(admin: Any, request: HttpRequest, form: UploadForm) -> HttpResponse:
    data, on = form.cleaned_data["file"].read(), form.cleaned_data["on"]
    try:
        report = bring(catalogue_in(data), at=timezone.now(), on=on, dry_run=True)
    except UnreadableFile as error:
        form.add_error("file", str(error))
        return _page(admin, request, "import", form=form)
    kept = ""
    if report.changes and not report.faults:
        storage = MediaStorage()
        storage.save(data)
        facts = {"name": storage.name, "sha256": hashlib.sha256(data).hexdigest(), "on": on.isoformat()}
        kept = signing.dumps(facts, salt=SALT)
    return _page(admin, request, "plan", **_told(report), kept=kept, on=on)


def _told(report: Report) -> dict[str, Any]:
    return {
        "faults": report.faults[:MOST_FAULTS],
        "more": len(report.faults) - MOST_FAULTS,
        "changes": [(told_change(each), told_fields(each)) for each in report.changes],
        "unchanged": report.unchanged,
    }


def _confirmed(admin: Any, request: HttpRequest) -> HttpResponse:
    try:
        facts = signing.loads(request.POST["confirm"], salt=SALT, max_age=LASTS)
        storage = MediaStorage(name=facts["name"])
        data = storage.read()
        if hashlib.sha256(data).hexdigest() != facts["sha256"]:
            raise UnreadableFile
        on = max(date.fromisoformat(facts["on"]), timezone.localdate())
        at = timezone.now()
        report = bring(catalogue_in(data), at=at, on=on, by=who(request), sha256=facts["sha256"])
    except (signing.BadSignature, OSError, UnreadableFile):
        messages.error(request, _("The uploaded file is no longer there. Please upload it again."))
        return HttpResponseRedirect(request.path)
    if report.faults:
        # The catalogue changed between the dry run and the confirmation.
        return _page(admin, request, "plan", **_told(report), kept="", on=on)
    storage.remove()
    count = len(report.changes)
    told = ngettext("%(n)d change was made.", "%(n)d changes were made.", count) % {"n": count}
    messages.success(request, told)
    return HttpResponseRedirect(_list_url(admin))


def publish(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft the edition in force."""
    if not may_keep(request) or request.method != "POST":
        raise PermissionDenied
    row = get_object_or_404(admin.model, pk=pk, stage=Stage.DRAFT)
    report = publish_row(row, at=timezone.now(), by=who(request))
    for sentence in report.faults[:MOST_FAULTS]:
        messages.error(request, sentence)
    if report.faults:
        return HttpResponseRedirect(reverse(f"admin:approvals_{admin.opts.model_name}_change", args=[pk]))
    if not report.changes:
        messages.warning(request, _("The draft says what is in force already."))
    for change in report.changes:
        messages.success(request, told_change(change))
    return HttpResponseRedirect(_list_url(admin))
