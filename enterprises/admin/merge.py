"""Merging two entries of one company: which two, what would move, why; and the way back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from enterprises.admin.breakfast_pages import framed
from enterprises.claims import merging
from enterprises.models import Company, CompanyMerge
from servicedesk.desk.admin.register import LookAdmin, keepers, who
from servicedesk.desk.drafting import without_nulls
from servicedesk.desk.errors import DeskError
from servicedesk.desk.site import keeping
from servicedesk.desk.verb_fields import Reason, Sentence
from servicedesk.desk.views.door import typed


class EntryField(Sentence):
    """An entry of the register by its code, or by its whole name where no other has it."""

    def clean(self, value: Any) -> Company:
        text = super().clean(value)
        found = list(
            (Company.objects.of_number(text) | Company.objects.filter(party__name=text)).distinct()[:2]
        )
        if len(found) != 1:
            raise forms.ValidationError(_("The register has no single entry with this code or name."))
        return found[0]


class MergeForm(forms.Form):
    survivor = EntryField(
        label=gettext_lazy("Entry that stays"),
        max_length=120,
        help_text=gettext_lazy("Its code, or its whole name."),
    )
    duplicate = EntryField(label=gettext_lazy("Entry that is merged away"), max_length=120)
    reason = Reason(label=gettext_lazy("Reason"), max_length=300)


class UndoForm(forms.Form):
    reason = Reason(label=gettext_lazy("Why they are two companies after all"), max_length=300)


def require(request: HttpRequest, at: datetime) -> None:
    """404 for whoever does not keep the registers."""
    if not keepers(who(request), at):
        raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest) -> HttpResponse:
    """Which two; then what moves, and a second press does it."""
    at = timezone.now()
    require(request, at)
    context: dict[str, Any] = {"title": _("Merge duplicate companies")}
    template = "enterprises/claims/admin_merge.html"
    if request.method != "POST":
        kept = typed(request)
        given = without_nulls(kept) if kept else request.GET
        named = {name: given.get(name, "") for name in MergeForm.base_fields}
        return framed(request, template, context | {"form": MergeForm(initial=named)})
    form = MergeForm(without_nulls(request.POST))
    context["form"] = form
    if not form.is_valid():
        return framed(request, template, context, 422)
    two = form.cleaned_data
    if "sure" not in request.POST:
        cases = merging.matters_of(two["duplicate"].party)
        moving = merging.preview(two["survivor"], two["duplicate"])
        return framed(request, template, context | {"shown": two, "cases": cases, "moving": moving})
    try:
        row = merging.merge(two["survivor"], two["duplicate"], by=who(request), at=at, reason=two["reason"])
    except DeskError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return framed(request, template, context, error.status)
    messages.success(request, _("The two entries are one now. For thirty days there is a way back."))
    return redirect("admin:enterprises_companymerge_change", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Why; or the sentence that says what stands in the way."""
    at = timezone.now()
    require(request, at)
    row = get_object_or_404(CompanyMerge.objects.select_related("survivor__party", "duplicate__party"), pk=pk)
    form = UndoForm(without_nulls(request.POST) if request.method == "POST" else None)
    context: dict[str, Any] = {
        "title": _("Undo the merge"),
        "row": row,
        "form": form,
        "is_late": not merging.may_undo(row, at),
        "obstacle": merging.in_the_way(row) if merging.may_undo(row, at) else "",
    }
    template = "enterprises/claims/admin_unmerge.html"
    if request.method != "POST":
        return framed(request, template, context)
    if not form.is_valid():
        return framed(request, template, context, 422)
    try:
        merging.undo(row, by=who(request), at=at, reason=form.cleaned_data["reason"])
    except DeskError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return framed(request, template, context, error.status)
    messages.success(request, _("They are two companies again."))
    return redirect("admin:enterprises_companymerge_change", row.pk)


@admin.action(description=gettext_lazy("Merge these two, one being a duplicate"), permissions=["change"])
def merge_two(page: Any, request: HttpRequest, rows: Any) -> HttpResponse | None:
    """Lead from two chosen companies to the page that merges them, the older one staying."""
    chosen = list(rows.order_by("pk")[:3])
    if len(chosen) != 2:
        messages.error(request, _("Choose exactly two entries."))
        return None
    asked = urlencode({"survivor": chosen[0].number, "duplicate": chosen[1].number})
    return redirect(f"{reverse('admin:company-merge')}?{asked}")


@admin.register(CompanyMerge)
class CompanyMergeAdmin(LookAdmin):
    list_display = ("at", "survivor", "duplicate", "reason", "by", "undone_at", "way_back")
    fields = (
        "survivor",
        "duplicate",
        "reason",
        "by",
        "at",
        "undone_at",
        "undone_by",
        "undone_reason",
        "way_back",
    )
    readonly_fields = ("way_back",)
    list_select_related = ("survivor__party", "duplicate__party", "by")
    search_fields = ("survivor__party__name", "duplicate__party__name", "=duplicate__party__number")
    change_list_template = "enterprises/claims/admin_merges.html"
    ordering = ("-at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            # /desk/enterprises/companymerge/…  merge two entries; undo it
            path("merge/", keeping(view(merge)), name="company-merge"),
            path("<int:pk>/undo/", keeping(view(undo)), name="company-unmerge"),
            *super().get_urls(),
        ]

    @admin.display(description=gettext_lazy("way back"))
    def way_back(self, row: CompanyMerge) -> SafeString | str:
        if not merging.may_undo(row, timezone.now()):
            return ""
        return format_html('<a href="{}">{}</a>', reverse("admin:company-unmerge", args=[row.pk]), _("Undo"))
