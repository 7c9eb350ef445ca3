"""What was told to whom, and what is still to ring. Whoever keeps the machine sees that, not what it says."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from servicedesk.desk import delivery
from servicedesk.desk.admin.register import LookAdmin, Untold, either, holding, keepers, who
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Alarm, Notice
from servicedesk.desk.permissions import Role

watchers = either(keepers, holding(Role.SYSTEM))


@admin.register(Notice)
class NoticeAdmin(Untold, LookAdmin):
    against = "event__case__against"
    sees = staticmethod(watchers)
    list_filter = ("state", "channel", "sort")
    list_select_related = ("recipient",)
    ordering = ("-created_at", "-pk")
    actions = ("try_again",)

    def get_list_display(self, request: HttpRequest) -> Any:
        told = ["subject"] if keepers(who(request), timezone.now()) else ["pk"]
        return [*told, "whom", "channel", "state", "attempts", "next_try_at", "sent_at", "last_error"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        told = ["subject", "body"] if keepers(who(request), timezone.now()) else []
        way = [
            "whom",
            "channel",
            "sort",
            "state",
            "attempts",
            "revived",
            "created_at",
            "next_try_at",
            "sent_at",
            "delivered_at",
            "instead_of",
            "last_error",
        ]
        return [*told, *way]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), "whom"]

    @admin.display(description=_("recipient"), ordering="recipient")
    def whom(self, notice: Notice) -> str:
        """A person by name; whoever has no account by an address nobody can copy."""
        if notice.recipient is not None:
            person = notice.recipient
            return str(person) if person.is_staff else masked(person.name, "name")
        return masked(notice.address, "email" if "@" in notice.address else "phone")

    @admin.action(description=_("Try again what was given up"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        now = timezone.now()
        count = sum(delivery.try_again(notice, now) for notice in queryset)
        again = ngettext("%(n)d notice is sent again.", "%(n)d notices are sent again.", count) % {"n": count}
        messages.success(request, again)


class Fate(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("Failed, tried again")), ("pending", _("Pending")), ("settled", _("Settled"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Alarm]) -> QuerySet[Alarm]:
        match self.value():
            case "failed":
                return queryset.filter(settled_at=None, attempts__gt=0)
            case "pending":
                return queryset.filter(settled_at=None)
            case "settled":
                return queryset.filter(settled_at__isnull=False)
        return queryset


@admin.register(Alarm)
class AlarmAdmin(Untold, LookAdmin):
    against = "clock__case__against"
    sees = staticmethod(watchers)
    list_display = (
        "matter",
        "clock_code",
        "rule",
        "rings_at",
        "settled_at",
        "fate",
        "attempts",
        "last_error",
    )
    list_filter = (Fate,)
    list_select_related = ("clock__case", "rule")
    ordering = ("-rings_at", "-pk")
    fields = (
        "matter",
        "clock_code",
        "rule",
        "rung",
        "rings_at",
        "settled_at",
        "fate",
        "attempts",
        "next_try_at",
        "last_error",
    )
    readonly_fields = ("matter", "clock_code")

    @admin.display(description=_("case"))
    def matter(self, alarm: Alarm) -> str:
        return str(alarm.clock.case)

    @admin.display(description=_("clock"))
    def clock_code(self, alarm: Alarm) -> str:
        return str(alarm.clock)
