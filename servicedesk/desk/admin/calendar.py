"""The working-day calendar: notices are entered, never changed; a later one corrects an earlier one."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from servicedesk.desk.admin import calendar_file
from servicedesk.desk.admin.register import ByPost, DeskAdmin, nobody
from servicedesk.desk.models import CalendarDay, CalendarNotice, OfficeHours
from servicedesk.desk.notice_files.announcing import Announced
from servicedesk.desk.notice_files.checking import faults
from servicedesk.desk.notice_files.reading import Row

SEGMENT = re.compile(r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")
FOREVER = gettext_lazy(
    "What is entered stays as it is: dates already told rest on it. A later notice corrects it."
)


class SegmentsField(forms.CharField):
    """“09:00-12:00, 13:30-17:00” as the list the engine keeps; nothing means closed."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = [part.strip() for part in re.split(r"[,，\s]+", value or "") if part.strip()]
        ends = [end for part in parts for end in part.split("-")]
        if not all(SEGMENT.match(part) for part in parts) or ends != sorted(set(ends)):
            raise forms.ValidationError(
                _("Write office hours as 09:00-12:00, 13:30-17:00, one after the other.")
            )
        return parts

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data)


class HoursForm(forms.ModelForm):
    weekday = forms.TypedChoiceField(label=gettext_lazy("weekday"), coerce=int, choices=())
    segments = SegmentsField(
        label=gettext_lazy("office hours"),
        required=False,
        help_text=gettext_lazy("09:00-12:00, 13:30-17:00; nothing means closed."),
    )

    class Meta:
        model = OfficeHours
        fields = ("office", "weekday", "segments", "valid_from")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "weekday" in self.fields:
            self.fields["weekday"].choices = [("", "---------"), *weekdays()]  # type: ignore[attr-defined]


def weekdays() -> list[tuple[int, str]]:
    names = (
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    )
    return list(enumerate(names))


def typed_faults(notice: CalendarNotice, rows: list[Row]) -> list[str]:
    assert notice.year is not None
    words = (notice.title, notice.number, notice.source)
    return faults(Announced(notice.year, *words, notice.published_on, tuple(rows)))


def notice_for(hours: list[OfficeHours], about: str) -> CalendarNotice:
    """A notice without a year, which brings these hours and nothing else."""
    return CalendarNotice(
        title=_("Office hours: %(about)s, from %(day)s") % {"about": about, "day": hours[0].valid_from},
        source=_("Entered in the register"),
        published_on=timezone.localdate(),
    )


class EnteredOnce(DeskAdmin):
    """A register whose rows are entered and then stay as they are."""

    changes = staticmethod(nobody)
    deletes = staticmethod(nobody)


class DayFormSet(forms.BaseInlineFormSet):
    """The days of a notice that is typed: refused for what a file is refused for."""

    def clean(self) -> None:
        super().clean()
        notice: CalendarNotice = self.instance
        if any(self.errors) or notice.pk or notice.published_on is None:
            return
        given = [form.cleaned_data for form in self.forms if form.cleaned_data.get("day")]
        rows = [Row(place, each["day"], each["works"], each["name"]) for place, each in enumerate(given, 1)]
        if rows and notice.year is None:
            raise forms.ValidationError(_("Say which year the days are for."))
        if rows and (wrong := typed_faults(notice, rows)):
            raise forms.ValidationError(wrong)


class DayInline(ByPost, admin.TabularInline):
    model = CalendarDay
    formset = DayFormSet
    extra = 3
    changes = staticmethod(nobody)
    deletes = staticmethod(nobody)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_add_permission(request, obj)


@admin.register(CalendarNotice)
class CalendarNoticeAdmin(EnteredOnce):
    list_display = ("version", "title", "year", "number", "published_on", "provisional")
    search_fields = ("title", "number", "source")
    ordering = ("-version",)
    exclude = ("version",)
    inlines = (DayInline,)
    fieldsets = None
    change_list_template = "admin/desk/calendarnotice/change_list.html"
    change_form_template = "admin/desk/calendarnotice/change_form.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            # /desk/desk/calendarnotice/load/  a notice from a file; <key>/moved/  what it moved
            path("load/", view(calendar_file.load), name="calendar-load"),
            path("<int:pk>/moved/", view(calendar_file.moved), name="calendar-moved"),
            *super().get_urls(),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["version"] if obj else []

    def save_model(self, request: HttpRequest, obj: CalendarNotice, form: Any, change: bool) -> None:
        obj.enter()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        return super().add_view(request, form_url, {"subtitle": FOREVER, **(extra_context or {})})


@admin.register(OfficeHours)
class OfficeHoursAdmin(EnteredOnce):
    form = HoursForm
    list_display = ("office", "day", "hours", "valid_from", "version")
    list_select_related = ("office",)
    list_filter = ("office",)
    ordering = ("office", "-valid_from", "weekday")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["office", "weekday", "segments", "valid_from"]

    def save_model(self, request: HttpRequest, obj: OfficeHours, form: Any, change: bool) -> None:
        notice_for([obj], str(obj.office or _("every office"))).enter([obj])

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:
        return super().add_view(request, form_url, {"subtitle": FOREVER, **(extra_context or {})})

    @admin.display(description=gettext_lazy("weekday"), ordering="weekday")
    def day(self, row: OfficeHours) -> str:
        return dict(weekdays())[row.weekday]

    @admin.display(description=gettext_lazy("office hours"))
    def hours(self, row: OfficeHours) -> str:
        return ", ".join(row.segments) or pgettext("office hours", "closed")


class HoursInline(ByPost, admin.TabularInline):
    """An office's own hours: new rows are added, the old ones stay for the dates that rest on them."""

    model = OfficeHours
    form = HoursForm
    fields = ("weekday", "segments", "valid_from")
    extra = 1
    changes = staticmethod(nobody)
    deletes = staticmethod(nobody)
