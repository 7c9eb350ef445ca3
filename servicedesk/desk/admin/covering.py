"""Pages of registers that show personal data masked, until whoever may change it gives a reason."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from servicedesk.desk.admin.register import who
from servicedesk.desk.errors import BadInput
from servicedesk.desk.privacy.unmasking import is_uncovered, uncover, unmask
from servicedesk.desk.sieve import key_in


def name_of(row: Any) -> str:
    """How the record of looking calls a row: "desk.party:17"."""
    return f"{row._meta.label_lower}:{row.pk}"


class Covered:
    """Of a model's page: the fields in `covered` are masked, and cannot be changed unseen."""

    covered: ClassVar[Mapping[str, str]] = MappingProxyType({})
    change_form_template: Any = "admin/desk/covered_form.html"

    def is_covered(self, request: HttpRequest, obj: Any) -> bool:
        """A row that is just being made is open to whoever makes it."""
        if obj is None:
            return False
        may = self.has_change_permission(request, obj)  # type: ignore[attr-defined]
        return not (may and is_uncovered(request, name_of(obj), timezone.now()))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_fields(request, obj))  # type: ignore[misc]
        if not self.is_covered(request, obj):
            return fields
        return [f"masked_{name}" if name in self.covered else name for name in fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))  # type: ignore[misc]
        covers = [f"masked_{name}" for name in self.covered] if self.is_covered(request, obj) else []
        return [*fields, *(name for name in covers if name not in fields)]

    def get_urls(self) -> list[Any]:
        site: Any = self.admin_site  # type: ignore[attr-defined]
        view = site.admin_view(self.uncover_view)
        return [path("<path:object_id>/uncover/", view), *super().get_urls()]  # type: ignore[misc]

    def uncover_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the reason, write it down, and show the row in full for a while."""
        row = self.get_queryset(request).filter(pk=key_in(object_id) or 0).first()  # type: ignore[attr-defined]
        if row is None:
            raise Http404
        if request.method != "POST" or not self.has_change_permission(request, row):  # type: ignore[attr-defined]
            raise PermissionDenied
        at = timezone.now()
        try:
            reason = request.POST.get("reason", "")
            unmask(name_of(row), self.covered, by=who(request), at=at, reason=reason)
            uncover(request, name_of(row), at)
        except BadInput:
            messages.error(request, _("Say why you need to see it."))
        return redirect("../change/")

    def render_change_form(
        self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        row = kwargs.get("obj")
        may = row is not None and self.has_change_permission(request, row)  # type: ignore[attr-defined]
        context["may_uncover"] = may and self.is_covered(request, row)
        return super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
