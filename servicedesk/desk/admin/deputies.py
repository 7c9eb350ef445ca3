"""Deputies for leave, and handing everything over when somebody goes."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.accounts.models import Deputy, Office, User
from servicedesk.desk import deputising
from servicedesk.desk.actions import handing
from servicedesk.desk.admin.register import ByPost, either, holding, nobody, who
from servicedesk.desk.errors import DeskError
from servicedesk.desk.permissions import Role, holds, is_dispatcher, reach, today
from servicedesk.desk.verb_fields import Reason


def staff_of(user: User) -> QuerySet[User]:
    """People whom the user may choose: those serving where the user leads, everybody for the centre."""
    on = timezone.localdate()
    found = User.objects.staff()
    if not holds(user, Role.MANAGER, on) and not is_dispatcher(user, on):
        found = found.filter(posts__office__in=reach(user, deputising.LEADS, on))
    return found.distinct().order_by("name", "pk")


class DeputyForm(forms.ModelForm):
    by: User

    class Meta:
        model = Deputy
        fields = ("user", "deputy", "since", "until", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in ("user", "deputy"):
            if name in fields:
                fields[name].queryset = staff_of(self.by) if name == "user" else _deputies()

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not self.errors:
            row = Deputy(**{name: given[name] for name in self.Meta.fields})
            try:
                deputising.refuse_wrong(row, self.by, timezone.now())
            except DeskError as error:
                self.add_error(error.field if error.field in self.fields else None, str(error))
        return given


def _deputies() -> QuerySet[User]:
    return User.objects.staff().filter(is_superuser=False).order_by("name", "pk")


class HandOverForm(forms.Form):
    office = forms.ModelChoiceField(Office.objects.none(), label=gettext_lazy("Office"))
    leaving = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who hands over"))
    taking = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who takes over"))
    leaves = forms.BooleanField(
        label=gettext_lazy("They leave this office: their posts here end today"), required=False
    )
    reason = Reason(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It stays in the record, with your name and the time."),
    )

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on = timezone.localdate()
        centre = is_dispatcher(by, on) or holds(by, Role.MANAGER, on)
        offices = (
            Office.objects.all()
            if centre
            else Office.objects.filter(pk__in=reach(by, frozenset({Role.HEAD}), on))
        )
        fields: Any = self.fields
        fields["office"].queryset = offices.order_by("code")
        fields["leaving"].queryset = User.objects.filter(is_staff=True).order_by("name", "pk")
        fields["taking"].queryset = _deputies()

    def plan(self) -> handing.HandOver:
        given = self.cleaned_data
        return handing.HandOver(given["office"], given["leaving"], given["taking"], given["reason"])


@admin.register(Deputy)
class DeputyAdmin(ByPost, admin.ModelAdmin):
    """Who stands in for whom: appointed and ended, never rewritten."""

    form = DeputyForm
    sees = staticmethod(either(deputising.may_appoint, holding(Role.SECURITY, Role.AUDITOR)))
    adds = staticmethod(deputising.may_appoint)
    changes = deletes = staticmethod(nobody)
    fields = ("user", "deputy", "since", "until", "reason")
    list_display = ("user", "deputy", "since", "until", "reason", "granted_by", "ended_at")
    list_select_related = ("user", "deputy", "granted_by")
    list_filter: ClassVar[Any] = (("ended_at", admin.EmptyFieldListFilter),)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("end",)
    change_list_template = "admin/accounts/deputy/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Deputy]:
        """Those of the offices the user leads, and the user's own; all for the centre and who keeps watch."""
        rows: QuerySet[Deputy] = super().get_queryset(request)
        user, on = who(request), timezone.localdate()
        if any(holds(user, role, on) for role in (Role.MANAGER, Role.SECURITY, Role.AUDITOR)):
            return rows
        mine = staff_of(user).values("pk")
        return rows.filter(user__in=mine)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.hand_over)
        return [path("hand-over/", view, name="hand-over"), *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = who(request)
        return form

    def save_model(self, request: HttpRequest, obj: Deputy, form: Any, change: bool) -> None:
        deputising.appoint(obj, by=who(request), at=timezone.now())

    def has_end_permission(self, request: HttpRequest) -> bool:
        return deputising.may_appoint(who(request), timezone.now())

    @admin.action(description=gettext_lazy("End now"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Deputy]) -> None:
        for row in queryset.select_related("user", "deputy"):
            try:
                deputising.end(row, by=who(request), at=timezone.now())
            except DeskError as error:
                messages.error(request, f"{row}: {error}")

    def hand_over(self, request: HttpRequest) -> HttpResponse:
        """Choose, look at the list, hand over: the last page is the sheet to print."""
        user, at = who(request), timezone.now()
        centre = is_dispatcher(user, today(at)) or holds(user, Role.MANAGER, today(at))
        if not centre and not reach(user, frozenset({Role.HEAD}), today(at)):
            raise PermissionDenied
        form = HandOverForm(user, request.POST if request.method == "POST" else None)
        context: dict[str, Any] = {"form": form, "title": _("Hand matters over")}
        status = 200
        if form.is_bound:
            status = 422
            if form.is_valid():
                try:
                    context |= self._sheet(request, form, user)
                    status = 200
                except DeskError as error:
                    form.add_error(error.field if error.field in form.fields else None, str(error))
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, "now": at, **context}
        return TemplateResponse(request, "admin/accounts/deputy/hand_over.html", context, status=status)

    def _sheet(self, request: HttpRequest, form: HandOverForm, user: User) -> dict[str, Any]:
        plan, at = form.plan(), timezone.now()
        if "confirm" in request.POST:
            rows = handing.hand_over(plan, by=user, at=at, leaves=form.cleaned_data["leaves"])
            return {"plan": plan, "sheet": rows}
        handing.refuse_wrong(plan, user, at)
        return {"plan": plan, "cases": list(handing.open_of(plan.leaving, plan.office, user, at))}
