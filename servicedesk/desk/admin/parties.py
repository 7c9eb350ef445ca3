"""For whom matters are, and who may act for them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import User
from servicedesk.desk.admin.covering import Covered
from servicedesk.desk.admin.register import DeskAdmin, GuardedForm, ReadOnly, nobody
from servicedesk.desk.masks import masked
from servicedesk.desk.models import Membership, Party
from servicedesk.desk.verb_fields import Reason


class MembershipInline(ReadOnly, admin.TabularInline):
    model = Membership
    extra = 0
    fields = ("acting", "role", "since", "until")
    readonly_fields = ("acting",)

    @admin.display(description=_("user"))
    def acting(self, member: Membership) -> str:
        return masked(member.user.name, "name")


@admin.register(Party)
class PartyAdmin(Covered, DeskAdmin):
    """Names and numbers of companies are kept with the company; here is how to reach them."""

    adds = deletes = staticmethod(nobody)
    personal = frozenset({"email", "phone"})
    covered = MappingProxyType({"email": "email", "phone": "phone"})
    fields = ("named", "sort", "code", "email", "phone", "language")
    readonly_fields = ("named", "sort", "code")
    list_display = ("named", "sort", "code", "language")
    list_filter = ("sort",)
    search_fields = ("name", "=number")
    ordering = ("name",)
    inlines = (MembershipInline,)

    @admin.display(description=_("name"), ordering="name")
    def named(self, party: Party) -> str:
        """A company in full; of a natural person enough to recognise them."""
        return party.name if party.sort == Party.Sort.COMPANY else masked(party.name, "name")

    @admin.display(description=_("number"))
    def code(self, party: Party) -> str:
        """Of a person only a hash is kept, which tells nobody anything."""
        return (party.number or "") if party.sort == Party.Sort.COMPANY else ""

    @admin.display(description=_("e-mail"))
    def masked_email(self, party: Party) -> str:
        return masked(party.email, "email")

    @admin.display(description=_("telephone"))
    def masked_phone(self, party: Party) -> str:
        return masked(party.phone, "phone")


class LogInName(forms.ModelChoiceField):
    """A user by log-in name, typed: the register of users is not offered for browsing."""

    widget = forms.TextInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {"invalid_choice": _("Nobody has this log-in name.")})
        super().__init__(User.objects.filter(is_active=True), to_field_name="username", **kwargs)


class MembershipForm(GuardedForm):
    user = LogInName(label=_("log-in name"))
    reason = Reason(
        label=_("Reason"), max_length=300, help_text=_("It stays in the record, with your name and the time.")
    )

    class Meta:
        model = Membership
        fields = ("user", "party", "role", "since", "until", "is_confirmed")


@admin.register(Membership)
class MembershipAdmin(DeskAdmin):
    """Who acted for whom, when, is part of the record: a membership is ended, not deleted."""

    form = MembershipForm
    deletes = staticmethod(nobody)
    fields = ("user", "party", "role", "since", "until", "is_confirmed", "reason")
    list_display = ("party", "acting", "role", "since", "until", "is_confirmed")
    list_select_related = ("party", "user")
    list_filter = ("role", "is_confirmed")
    search_fields = ("party__name", "=party__number", "user__username", "user__name")
    autocomplete_fields = ("party",)
    ordering = ("-since", "-pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["user", "acting", "party", "since"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = super().get_fields(request, obj)
        return ["acting" if name == "user" and obj else name for name in shown]

    @admin.display(description=_("user"), ordering="user__name")
    def acting(self, member: Membership) -> str:
        return masked(member.user.name, "name")
