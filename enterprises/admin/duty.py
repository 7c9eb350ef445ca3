"""Whose duty what is: rules, their trial, rulings and the short lists beside them."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from enterprises.direct_line.dispatching import month_before, trial
from enterprises.models import DispatchRule, ReturnReason, Ruling, Urgency
from enterprises.models.duty import rules_in_force
from servicedesk.desk.admin.register import DeskAdmin, LookAdmin, keepers, who
from servicedesk.desk.permissions import visible_to


@admin.register(Urgency, ReturnReason)
class ListedAdmin(DeskAdmin):
    list_display = ("name", "code", "position", "is_valid")
    list_filter = ("is_valid",)
    search_fields = ("name", "code")


class TrialForm(forms.Form):
    since = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        since, until = given.get("since"), given.get("until")
        if since and until and until < since:
            self.add_error("until", _("It cannot end before it begins."))
        return given


@admin.register(DispatchRule)
class DispatchRuleAdmin(DeskAdmin):
    list_display = ("__str__", "topic", "town", "industry", "office", "position", "valid_from", "valid_until")
    list_select_related = ("topic", "town", "industry", "office")
    list_filter = ("office", "topic")
    search_fields = ("office__name", "topic__name", "town__name", "source")
    autocomplete_fields: ClassVar[list[str]] = ["industry"]
    filter_horizontal = ("assists",)
    change_list_template = "enterprises/admin/dispatch_rules.html"

    def get_urls(self) -> list[URLPattern]:
        tried = path("trial/", self.admin_site.admin_view(self.tried), name="enterprises_dispatchrule_trial")
        return [tried, *super().get_urls()]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        today = timezone.localdate()
        return {"valid_from": today, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: DispatchRule, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ruling = request.GET.get("ruling", "")
        if not change and ruling.isdecimal():
            Ruling.objects.filter(pk=int(ruling), rule=None).update(rule=obj)

    def tried(self, request: HttpRequest) -> HttpResponse:
        """What the rules of today would have done to the matters of a period, last month by default."""
        user, at = who(request), timezone.now()
        if not keepers(user, at):
            raise PermissionDenied
        today = timezone.localdate(at)
        since, until = month_before(today)
        asked = TrialForm(request.GET if "since" in request.GET else {"since": since, "until": until})
        found = None
        if asked.is_valid():
            days: dict[str, date] = asked.cleaned_data
            found = trial(days["since"], days["until"], rules_in_force(today), visible_to(user, at))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try the dispatch rules"),
            "form": asked,
            "trial": found,
            "opts": self.model._meta,
        }
        page = "enterprises/admin/dispatch_trial.html"
        return render(request, page, context, status=200 if found is not None else 422)


@admin.register(Ruling)
class RulingAdmin(LookAdmin):
    list_display = ("ruled_on", "case", "topic", "town", "office", "as_rule")
    list_select_related = ("case", "topic", "town", "office", "rule")
    list_filter = ("office", "topic")
    search_fields = ("case__number", "reason")

    def get_queryset(self, request: HttpRequest) -> Any:
        visible = visible_to(who(request), timezone.now())
        return super().get_queryset(request).filter(case__in=visible.values("pk"))

    @admin.display(description=_("rule made of it"))
    def as_rule(self, row: Ruling) -> str:
        if row.rule is not None:
            place = reverse("admin:enterprises_dispatchrule_change", args=[row.rule.pk])
            return format_html('<a href="{}">{}</a>', place, row.rule)
        criteria = {"topic": row.topic_id, "town": row.town_id, "office": row.office_id, "ruling": row.pk}
        asked = "&".join(f"{name}={value}" for name, value in criteria.items() if value)
        place = f"{reverse('admin:enterprises_dispatchrule_add')}?{asked}&source={row.case.number}"
        return format_html('<a href="{}">{}</a>', place, _("Make a rule of it"))
