"""Papers and licences of the matters a person of the desk may see, to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.documents import chinese, licences
from approvals.models import Document, Licence
from servicedesk.desk.admin.register import LookAdmin, who
from servicedesk.desk.permissions import visible_to
from servicedesk.desk.wording import spoken

STANDINGS = {
    licences.VALID: pgettext_lazy("licence", "valid"),
    licences.NOT_YET: pgettext_lazy("licence", "not yet valid"),
    licences.EXPIRED: pgettext_lazy("licence", "expired"),
    licences.LAPSED: pgettext_lazy("licence", "lapsed by law"),
    licences.REVOKED: pgettext_lazy("licence", "revoked"),
    licences.REPLACED: pgettext_lazy("licence", "replaced"),
}


class OfVisibleCases(LookAdmin):
    """Rows of the matters the person may see, and no others."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        cases = visible_to(who(request), timezone.now())
        return super().get_queryset(request).filter(case__in=cases)


def link(name: str, key: int) -> SafeString:
    return format_html('<a href="{}">PDF</a>', reverse(name, args=[key]))


@admin.register(Document)
class DocumentAdmin(OfVisibleCases):
    list_display = ("paper", "case", "sort", "office", "issued_at", "file")
    list_filter = ("sort",)
    list_select_related = ("case", "office")
    search_fields = ("case__number__startswith",)
    search_help_text = _("The beginning of a case number")
    fields = ("paper", "case", "sort", "office", "issued_at", "file", "digest", "sha256", "size")
    readonly_fields = ("paper", "file")

    @admin.display(description=_("number"))
    def paper(self, document: Document) -> str:
        return f"{chinese.title(document)} {chinese.number(document)}"

    @admin.display(description="PDF")
    def file(self, document: Document) -> SafeString:
        return link("approvals:document", document.pk)


@admin.register(Licence)
class LicenceAdmin(OfVisibleCases):
    list_display = ("licence", "number", "holder", "office", "valid_from", "valid_until", "standing", "file")
    search_fields = ("number__startswith", "holder__name__contains")
    search_help_text = _("The beginning of a licence number, or a name")
    fields = (
        "licence",
        "number",
        "holder",
        "office",
        "case",
        "valid_from",
        "valid_until",
        "standing",
        "revoked_on",
        "revoked_why",
        "replaced_by",
        "file",
    )
    readonly_fields = ("licence", "standing", "file")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Licence]:
        return super().get_queryset(request).select_related("holder", "office", "case", "life", "replaced_by")

    @admin.display(description=_("name"))
    def licence(self, licence: Licence) -> str:
        return spoken(licence.name)

    @admin.display(description=_("state"))
    def standing(self, licence: Licence) -> Any:
        return STANDINGS[licences.standing_of(licence, timezone.now()).state]

    @admin.display(description="PDF")
    def file(self, licence: Licence) -> SafeString:
        return link("approvals:licence", licence.pk)
