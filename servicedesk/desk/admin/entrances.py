"""Who is in, who was let in by whom: sessions, recoveries of second factors, emergency entrances."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from servicedesk.accounts import recovery, sittings
from servicedesk.accounts.models import BrokenGlass, Recovery, Sitting, User
from servicedesk.desk.admin.register import Asks, ByPost, LookAdmin, either, holding, nobody, who
from servicedesk.desk.permissions import Role
from servicedesk.desk.registry import Words

security: Asks = holding(Role.SECURITY)
watchers: Asks = either(security, holding(Role.AUDITOR))

REFUSALS: dict[str, Words] = {
    "own": gettext_lazy("Nobody decides about their own second factor."),
    "alone": gettext_lazy("Whoever asked cannot approve: another security administrator does."),
    "open": gettext_lazy("This is asked for already and waits for another security administrator."),
    "decided": gettext_lazy("This is over: decided, or older than 24 hours. Ask for it again."),
}


class RecoveryForm(forms.ModelForm):
    keeper: User

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        user = given.get("user")
        if user is not None and user.pk == self.keeper.pk:
            raise forms.ValidationError(str(REFUSALS["own"]))
        open_now = Recovery.objects.open(timezone.now())
        if user is not None and open_now.filter(user=user).exists():
            raise forms.ValidationError(str(REFUSALS["open"]))
        return given


@admin.register(Recovery)
class RecoveryAdmin(ByPost, admin.ModelAdmin):
    """One security administrator asks, another approves within a day; rows are never rewritten."""

    form = RecoveryForm
    sees = staticmethod(watchers)
    adds = staticmethod(security)
    changes = deletes = staticmethod(nobody)
    fields = ("user", "reason")
    autocomplete_fields = ("user",)
    list_display = ("user", "reason", "asked_by", "asked_at", "decided_by", "decided_at", "is_approved")
    list_select_related = ("user", "asked_by", "decided_by")
    list_filter = ("is_approved",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions = ("approve", "refuse")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return security(who(request), timezone.now())

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.list_display if obj else self.fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.keeper = who(request)
        return form

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().add_view(request, *args, **kwargs)
        except recovery.Refused as error:
            # Somebody else asked between this form's check and its row.
            messages.error(request, str(REFUSALS[str(error)]))
            return HttpResponseRedirect(reverse("admin:accounts_recovery_changelist"))

    def save_model(self, request: HttpRequest, obj: Recovery, form: Any, change: bool) -> None:
        row = recovery.ask(obj.user, by=who(request), reason=obj.reason, at=timezone.now())
        obj.pk = row.pk

    @admin.action(description=gettext_lazy("Approve: the person enrols anew"), permissions=["decide"])
    def approve(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> None:
        self._decide(request, queryset, approve=True)

    @admin.action(description=gettext_lazy("Refuse"), permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Recovery]) -> None:
        self._decide(request, queryset, approve=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[Recovery], *, approve: bool) -> None:
        at = timezone.now()
        for row in queryset.select_related("user"):
            try:
                recovery.decide(row, by=who(request), at=at, approve=approve)
            except recovery.Refused as error:
                messages.error(request, f"{row.user}: {REFUSALS[str(error)]}")
            else:
                said = _("%(who)s enrols anew.") if approve else _("%(who)s keeps the second factor.")
                messages.success(request, said % {"who": row.user})


@admin.register(Sitting)
class SittingAdmin(LookAdmin):
    """Sessions that were opened; security ends those that should not go on."""

    sees = staticmethod(either(watchers, holding(Role.SYSTEM)))
    fields = list_display = ("user", "how", "address", "device", "began_at", "seen_at", "ended_at")
    list_select_related = ("user",)
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "user__is_staff")
    search_fields = ("user__username", "user__name")
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return security(who(request), timezone.now())

    @admin.action(description=gettext_lazy("End these sessions"), permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[Sitting]) -> None:
        keys = list(queryset.values_list("pk", flat=True))
        count = sittings.end(Sitting.objects.filter(pk__in=keys), timezone.now(), who(request))
        done = ngettext("%(n)d session ended.", "%(n)d sessions ended.", count) % {"n": count}
        messages.success(request, done)


@admin.register(BrokenGlass)
class BrokenGlassAdmin(LookAdmin):
    """Opened on the machine alone; here it is only seen."""

    sees = staticmethod(watchers)
    fields = list_display = ("user", "reason", "opened_by", "opened_at", "until")
    list_select_related = ("user",)
