"""The trail, for the auditor: who did what when, sealed. The words themselves stay with the case."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicedesk.desk.admin.register import LookAdmin, Untold, holding
from servicedesk.desk.models import ChainRoot, Event
from servicedesk.desk.permissions import Role
from servicedesk.desk.verbs import WORDS, said_words

auditors = holding(Role.AUDITOR)


class ChainSort(admin.SimpleListFilter):
    title = _("chain")
    parameter_name = "of"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("case:", _("Cases")), ("register:", _("Registers")), ("user:", _("Users"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:
        value = self.value() or ""
        known = value in {code for code, _words in self.lookup_choices}
        return queryset.filter(chain__startswith=value) if known else queryset


@admin.register(Event)
class EventAdmin(Untold, LookAdmin):
    sees = staticmethod(auditors)
    list_display = ("at", "chain", "seq", "did", "by", "effective_at", "erased_at")
    list_filter = (ChainSort,)
    list_select_related = ("by",)
    search_fields = ("chain__exact", "verb__exact", "by__username__exact")
    search_help_text = _("A whole chain (case:17), a verb, or a log-in name")
    ordering = ("-at", "-pk")
    fields = (
        "chain",
        "seq",
        "verb",
        "by",
        "at",
        "effective_at",
        "click",
        "public",
        "params",
        "erased_at",
        "seal",
        "digest",
    )

    @admin.display(description=_("verb"))
    def did(self, event: Event) -> str:
        """The code by which one searches, behind the words people know it by."""
        return f"{said_words(event.verb)} · {event.verb}" if event.verb in WORDS else event.verb


@admin.register(ChainRoot)
class ChainRootAdmin(LookAdmin):
    sees = staticmethod(auditors)
    list_display = ("day", "chains", "root", "signature")
