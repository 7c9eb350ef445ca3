"""Breakfasts in the admin: the calendar as the centre keeps it. What is done at one is on its own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from enterprises.admin import breakfast_pages, breakfast_promise, breakfast_room
from enterprises.breakfasts.stages import tell_of_move
from enterprises.breakfasts.turns import keep_skips, turns
from enterprises.models import Breakfast, Seat, Standing
from servicedesk.desk.admin.register import DeskAdmin, GuardedForm, nobody, who
from servicedesk.desk.site import keeping

PLACE = Q(sign_ups__standing__in=[Standing.SELECTED, Standing.ATTENDED, Standing.ABSENT])
# By these the places are given.
RULES = ("industries", "closes_at", "months_between")
MOVES = frozenset({"starts_at", "place"})


FIELDS = (
    "number",
    "theme",
    "industries",
    "starts_at",
    "place",
    "seat",
    "quota",
    "closes_at",
    "months_between",
    "published",
)


class BreakfastForm(GuardedForm):
    """Whose turn it is stands beside the host; passing somebody over asks for the reason."""

    skip_reason = forms.CharField(
        label=gettext_lazy("why the host next in turn is passed over"), max_length=300, required=False
    )

    class Meta:
        model = Breakfast
        fields = FIELDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.is_over():
            del self.fields["skip_reason"]
        skip = self.instance.skips.first() if self.instance.pk else None
        if skip is not None:
            self.initial["skip_reason"] = skip.reason
        if "seat" in self.fields:
            order = turns(self.instance.starts_at or timezone.now(), self.instance.pk)
            names = " → ".join(seat.title() for seat in order)
            self.fields["seat"].help_text = _("In turn: %(order)s") % {"order": names}

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        seat, starts_at = given.get("seat"), given.get("starts_at")
        closes_at = given.get("closes_at") or self.instance.closes_at
        if starts_at and closes_at and starts_at < closes_at:
            self.add_error("starts_at", _("Sign-up must close before the breakfast begins."))
        if seat and starts_at and not given.get("skip_reason", "").strip():
            order = turns(starts_at, self.instance.pk)
            if order and order[0] != seat:
                said = _("It is the turn of %(seat)s. Say why it is passed over.") % {"seat": order[0]}
                self.add_error("skip_reason", said)
        return given


@admin.register(Seat)
class SeatAdmin(DeskAdmin):
    list_display = ("name", "code", "position")
    deletes = staticmethod(nobody)


@admin.register(Breakfast)
class BreakfastAdmin(DeskAdmin):
    """Called off rather than deleted: who signed up and who was passed over is part of the record."""

    form = BreakfastForm
    deletes = staticmethod(nobody)
    fields = [
        *FIELDS[:6],
        "skip_reason",
        *FIELDS[6:],
    ]
    list_display = ("theme", "number", "seat", "starts_at", "stage", "places", "signed_up", "sheet")
    list_select_related = ("seat",)
    list_filter = ("stage", "seat")
    search_fields = ("theme", "place", "=number")
    autocomplete_fields = ("industries",)
    date_hierarchy = None
    ordering = ("-starts_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Breakfast]:
        return (
            super()
            .get_queryset(request)
            .annotate(
                taken=Count("sign_ups", filter=PLACE, distinct=True), asked=Count("sign_ups", distinct=True)
            )
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Breakfast | None = None) -> list[str]:
        """By what the places were given is not rewritten afterwards. What has been held or called off is
        history; only whether it is shown may still change."""
        if obj is not None and obj.is_over():
            return [name for name in FIELDS if name != "published"]
        return [*RULES] if obj is not None and obj.stage == Breakfast.Stage.SELECTED else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fields(request, obj)
        is_over = obj is not None and obj.is_over()
        frozen = is_over or not self.has_change_permission(request, obj)
        return [name for name in shown if name != "skip_reason"] if frozen else shown

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        last = Breakfast.objects.order_by("-number").values_list("number", flat=True).first() or 0
        return {"number": last + 1, "seat": next(iter(turns(timezone.now())), None)}

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        at = timezone.now()
        if "skip_reason" in form.cleaned_data:
            keep_skips(form.instance, form.cleaned_data["skip_reason"].strip(), by=who(request), at=at)
        if change and MOVES & set(form.changed_data):
            tell_of_move(form.instance, by=who(request), at=at)

    def get_urls(self) -> list[URLPattern]:
        view, one = self.admin_site.admin_view, breakfast_promise.promise
        return [
            # /desk/enterprises/breakfast/<key>/…  the list of companies, the room, the sheet for the host
            path("<int:pk>/sheet/", view(breakfast_pages.sheet), name="breakfast-sheet"),
            path("<int:pk>/sheet/<slug:verb>/", keeping(view(breakfast_pages.act)), name="breakfast-act"),
            path("<int:pk>/briefing.pdf", view(breakfast_pages.briefing), name="breakfast-briefing"),
            path("<int:pk>/room/", keeping(view(breakfast_room.room)), name="breakfast-room"),
            path("<int:pk>/room/promise/", keeping(view(one)), name="breakfast-promise"),
            path(
                "<int:pk>/room/promise/<int:key>/",
                keeping(view(one)),
                name="breakfast-promise-change",
            ),
            *super().get_urls(),
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Hosts and industries are chosen here; they are changed on pages of their own."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for name in ("can_add_related", "can_change_related", "can_view_related", "can_delete_related"):
            if field is not None and hasattr(field.widget, name):
                setattr(field.widget, name, False)
        return field

    @admin.display(description=gettext_lazy("places"))
    def places(self, breakfast: Any) -> str:
        return f"{breakfast.taken} / {breakfast.quota}"

    @admin.display(description=pgettext_lazy("number of companies", "signed up"))
    def signed_up(self, breakfast: Any) -> int:
        return int(breakfast.asked)

    @admin.display(description=gettext_lazy("page"))
    def sheet(self, breakfast: Breakfast) -> SafeString:
        url = reverse("admin:breakfast-sheet", args=[breakfast.pk])
        return format_html('<a href="{}">{}</a>', url, _("Open the list"))
