"""How long data is kept, lists of what is to be erased, and people who want their account closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.desk.actions import erasing, forgetting
from servicedesk.desk.admin.register import ByPost, either, holding, nobody, who
from servicedesk.desk.admin.rules import RuleAdmin
from servicedesk.desk.errors import DeskError
from servicedesk.desk.masks import masked
from servicedesk.desk.models import AccountClosing, Case, Erasure, RetentionRule
from servicedesk.desk.permissions import Role
from servicedesk.desk.registry import kind_of
from servicedesk.desk.sieve import key_in
from servicedesk.desk.verb_fields import Reason

auditors = holding(Role.AUDITOR)
SHOWN = 50


@admin.register(RetentionRule)
class RetentionRuleAdmin(RuleAdmin):
    """A term is changed by a row from a day on; what held before stays on record."""

    sees = staticmethod(either(erasing.may_erase, forgetting.may_close, auditors))
    adds = changes = staticmethod(erasing.may_erase)
    deletes = staticmethod(nobody)
    list_display = ("of_kind", "what", "months", "basis", "valid_from", "valid_until")
    list_filter = ("what",)
    ordering = ("subject", "what", "-valid_from")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["subject", "what", "months", "valid_from"] if obj else []


class ReasonForm(forms.Form):
    reason = Reason(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It stays in the record, with your name and the time."),
    )


class Decided(ByPost, admin.ModelAdmin):
    """A table whose rows are decided on a page of their own, never written here."""

    adds = deletes = staticmethod(nobody)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions: Any = None
    form_class = ReasonForm

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of a row; sent back, what was decided with its reason."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_queryset(request).filter(pk=key_in(object_id) or 0).first()
        if row is None:
            raise Http404
        form = self.form_class(request.POST if request.method == "POST" else None)
        status = 200
        if request.method == "POST":
            if not self.has_change_permission(request):
                raise PermissionDenied
            status = 422
            if form.is_valid():
                try:
                    said = self.decide(request, row, form.cleaned_data["reason"], timezone.now())
                    messages.success(request, said)
                    return redirect(request.path)
                except DeskError as error:
                    form.add_error(None, str(error))
                    status = error.status
        return self._page(request, row, form, status)

    def _page(self, request: HttpRequest, row: Any, form: forms.Form, status: int) -> HttpResponse:
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(row),
            "row": row,
            "form": form,
            "may": self.has_change_permission(request),
            **self.more(request, row),
        }
        template = f"admin/desk/{self.opts.model_name}/decide.html"
        return TemplateResponse(request, template, context, status=status)

    def decide(self, request: HttpRequest, row: Any, reason: str, at: datetime) -> str:
        raise NotImplementedError

    def more(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {}


@admin.register(Erasure)
class ErasureAdmin(Decided):
    """What is past its term: read it, then erase it or not. A very long list needs two people."""

    sees = staticmethod(either(erasing.may_erase, auditors))
    changes = staticmethod(erasing.may_erase)
    list_display = ("prepared_at", "count", "stage", "by", "second", "settled_at")
    list_select_related = ("by", "second")
    list_filter = ("stage",)

    def decide(self, request: HttpRequest, row: Any, reason: str, at: datetime) -> str:
        if "drop" in request.POST:
            erasing.drop(row, by=who(request), at=at, reason=reason)
            return _("Nothing is erased. What is past its term comes with the next list.")
        row = erasing.confirm(row, by=who(request), at=at, reason=reason)
        if row.stage == Erasure.Stage.SECOND:
            return _("A second person has to confirm this list.")
        erasing.carry_on(at)
        return _("It is being erased; a long list goes on by itself.")

    def more(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        items = row.items.select_related("case").order_by("due_on", "pk")
        sums = items.order_by().values("case__kind", "what").annotate(number=Count("pk"))
        labels = dict(RetentionRule.What.choices)
        return {
            "open": row.stage in erasing.OPEN,
            "mine": row.stage == Erasure.Stage.SECOND and row.by_id == who(request).pk,
            "brake": row.count > erasing.BRAKE,
            "items": list(items[:SHOWN]),
            "sums": [
                (kind_of(each["case__kind"]).label, labels[each["what"]], each["number"])
                for each in sums.order_by("case__kind", "what")
            ],
        }


@admin.register(AccountClosing)
class AccountClosingAdmin(Decided):
    """Somebody wants to be forgotten: told what stays, closed or refused with a reason."""

    sees = staticmethod(either(forgetting.may_close, auditors))
    changes = staticmethod(forgetting.may_close)
    list_display = ("asked_at", "masked_user", "stage", "by", "decided_at")
    list_select_related = ("user", "by")
    list_filter: ClassVar[Any] = ("stage",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccountClosing]:
        return super().get_queryset(request).select_related("user", "by")

    @admin.display(description=gettext_lazy("user"))
    def masked_user(self, row: AccountClosing) -> str:
        return masked(row.user.name, "name")

    def decide(self, request: HttpRequest, row: Any, reason: str, at: datetime) -> str:
        if "refuse" in request.POST:
            forgetting.refuse_closing(row, by=who(request), at=at, reason=reason)
            return _("Refused; the person reads the reason on their page.")
        forgetting.close_account(row, by=who(request), at=at, reason=reason)
        return _("The account is closed and its data erased.")

    def more(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        return {
            "open": row.stage == AccountClosing.Stage.ASKED,
            "under_way": forgetting.under_way(row.user),
            "filed": Case.objects.filter(opened_by=row.user).count(),
        }
