"""Orders, circulars and briefs in the admin; the rows about complaints, bodies outside and the ladder."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enterprises.models import (
    Circular,
    ComplaintRoute,
    EscalationBrief,
    EscalationLevel,
    OutsideBody,
    OversightOrder,
)
from enterprises.oversight import complaints, escalation, orders
from enterprises.oversight.forms import CircularForm, IssueForm, RecogniseForm
from servicedesk.accounts.models import Post
from servicedesk.desk.admin.register import DeskAdmin, LookAdmin, either, holding, keepers, who
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import Case
from servicedesk.desk.permissions import SUPERVISOR, capacities, subject_to, today, visible_to
from servicedesk.desk.queue import cases_of_desk

SUPERVISES = holding(Post.Role.SUPERVISOR)


class OfVisible(LookAdmin):
    """Rows about cases: only those whose case the reader may see. `path` leads from the row to the case."""

    of = "case"

    def get_queryset(self, request: HttpRequest) -> Any:
        known = visible_to(who(request), timezone.now()).submitted().values("pk")
        return super().get_queryset(request).filter(**{f"{self.of}__in": known})


def asked(
    site: admin.AdminSite, request: HttpRequest, form: forms.Form, title: Any, opts: Any, button: Any
) -> HttpResponse:
    """The page of a form of its own, with 422 where what was typed does not stand."""
    context = {**site.each_context(request), "title": title, "form": form, "opts": opts, "button": button}
    page = "enterprises/admin/oversight_form.html"
    return render(request, page, context, status=422 if form.is_bound else 200)


def refuse(form: forms.Form, error: DeskError) -> None:
    form.add_error(error.field if error.field in form.fields else None, str(error.message))


def to_case(case: Case) -> HttpResponseRedirect:
    return redirect("admin:desk_case_change", case.pk)


@admin.register(OversightOrder)
class OversightOrderAdmin(OfVisible):
    list_display = ("number", "matter_number", "office", "level", "cause", "state")
    list_filter = ("level", "cause", "case__state")
    list_select_related = ("case__office", "matter")
    search_fields = ("case__number", "matter__number", "demand")
    exclude = ("case",)
    change_list_template = "enterprises/admin/oversight_orders.html"

    def get_urls(self) -> list[URLPattern]:
        issued = path(
            "issue/", self.admin_site.admin_view(self.issued), name="enterprises_oversightorder_issue"
        )
        return [issued, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may = {"may_issue": SUPERVISES(who(request), timezone.now())}
        return super().changelist_view(request, {**(extra_context or {}), **may})

    @admin.display(description=_("number"), ordering="case__number")
    def number(self, row: OversightOrder) -> str:
        place = reverse("admin:desk_case_change", args=[row.case_id])
        return format_html('<a href="{}">{}</a>', place, row.case.number)

    @admin.display(description=_("about the matter"))
    def matter_number(self, row: OversightOrder) -> str:
        return str(row.matter)

    @admin.display(description=_("office"))
    def office(self, row: OversightOrder) -> str:
        return str(row.case.office)

    @admin.display(description=_("state"))
    def state(self, row: OversightOrder) -> str:
        return row.case.get_state_display()

    def issued(self, request: HttpRequest) -> HttpResponse:
        """Issue an order about a matter the supervisor sees."""
        user, at = who(request), timezone.now()
        if not SUPERVISES(user, at):
            raise PermissionDenied
        visible = cases_of_desk(user, at)
        form = IssueForm(visible, request.POST or None, initial={"number": request.GET.get("number", "")})
        if form.is_valid():
            given = dict(form.cleaned_data)
            try:
                case = orders.issue(given.pop("number"), by=user, at=at, **given)
            except DeskError as error:
                refuse(form, error)
            else:
                messages.success(
                    request, _("The order %(number)s has been issued.") % {"number": case.number}
                )
                return to_case(case)
        return asked(
            self.admin_site, request, form, _("Issue an oversight order"), self.model._meta, _("Issue")
        )


@admin.register(Circular)
class CircularAdmin(OfVisible):
    of = "order__case"
    list_display = ("at", "office", "order", "text")
    list_filter = ("office",)
    list_select_related = ("office", "order__case")
    search_fields = ("order__case__number", "text")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.issued)
        return [path("issue/<int:pk>/", view, name="enterprises_circular_issue"), *super().get_urls()]

    def issued(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Issue a circular about an order that was not answered in time."""
        user, at = who(request), timezone.now()
        case = cases_of_desk(user, at).filter(pk=pk, kind=orders.KIND).first()
        if case is None:
            raise Http404
        if SUPERVISOR not in capacities(user, case, at):
            raise PermissionDenied
        form = CircularForm(request.POST or None)
        if form.is_valid():
            try:
                orders.circulate(case, by=user, at=at, text=form.cleaned_data["text"])
            except DeskError as error:
                refuse(form, error)
            else:
                messages.success(request, _("The circular has been issued."))
                return to_case(case)
        return asked(self.admin_site, request, form, _("Issue a circular"), self.model._meta, _("Issue"))


@admin.register(EscalationBrief)
class EscalationBriefAdmin(OfVisible):
    list_display = ("at", "case", "level", "title", "by", "as_paper")
    list_filter = ("level",)
    list_select_related = ("case", "level", "by")
    search_fields = ("case__number", "title")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.paper)
        return [path("<int:pk>/paper/", view, name="enterprises_escalationbrief_paper"), *super().get_urls()]

    @admin.display(description=_("paper"))
    def as_paper(self, row: EscalationBrief) -> str:
        place = reverse("admin:enterprises_escalationbrief_paper", args=[row.pk])
        return format_html('<a href="{}">PDF</a>', place)

    def paper(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The brief as one page."""
        brief = self.get_queryset(request).filter(pk=pk).select_related("case__office", "level", "by").first()
        if brief is None:
            raise Http404
        name = f"{brief.case.number}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
        return HttpResponse(escalation.paper(brief), content_type="application/pdf", headers=headers)


@admin.register(ComplaintRoute)
class ComplaintRouteAdmin(DeskAdmin):
    """Who handles complaints. Nobody says so of the office they serve at themselves."""

    changes = adds = deletes = staticmethod(either(SUPERVISES, keepers))
    list_display = ("__str__", "office", "handled_by", "valid_from", "valid_until")
    list_select_related = ("office", "handled_by")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.recognised)
        return [
            path("recognise/<int:pk>/", view, name="enterprises_complaintroute_recognise"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not self._own(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not self._own(request, obj)

    def _own(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None or obj.office is None:
            return False
        return obj.office.pk in subject_to(who(request), today(timezone.now()))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if self._own(request, obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def recognised(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Treat a direct-line matter as a complaint about an office."""
        user, at = who(request), timezone.now()
        matter = cases_of_desk(user, at).filter(pk=pk).first()
        if matter is None:
            raise Http404
        if not complaints.may_recognise(user, matter, at):
            raise PermissionDenied
        form = RecogniseForm(request.POST or None)
        if form.is_valid():
            try:
                complaint = complaints.recognise(matter, by=user, at=at, office=form.cleaned_data["office"])
            except DeskError as error:
                refuse(form, error)
            else:
                said = _("It goes on as the complaint %(number)s.") % {"number": complaint.number}
                messages.success(request, said)
                return to_case(complaint)
        title = _("Treat as a complaint about an office")
        return asked(self.admin_site, request, form, title, self.model._meta, _("Treat as a complaint"))


@admin.register(OutsideBody)
class OutsideBodyAdmin(DeskAdmin):
    formfield_overrides: ClassVar[dict[Any, dict[str, Any]]] = {models.URLField: {"assume_scheme": "https"}}
    list_display = ("name", "code", "what_for", "phone", "valid_from", "valid_until", "position")
    search_fields = ("name", "code", "what_for")


@admin.register(EscalationLevel)
class EscalationLevelAdmin(DeskAdmin):
    list_display = ("name", "code", "office", "role", "raised_by", "needs_brief", "named_only", "is_valid")
    list_select_related = ("office",)
    search_fields: ClassVar[list[str]] = ["name", "code"]
