"""Offices, users and posts. Users and posts are the security administrator's, who holds no case rights."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.admin.calendar import HoursInline, notice_for
from servicedesk.desk.admin.covering import Covered
from servicedesk.desk.admin.register import DeskAdmin, GuardedForm, either, holding, keepers, nobody, who
from servicedesk.desk.masks import masked
from servicedesk.desk.permissions import Role
from servicedesk.desk.trail import chain_of_user

security = holding(Role.SECURITY)


def tree() -> list[tuple[int, int]]:
    """(key, depth) of every office, each right below what it belongs to."""
    below: dict[int | None, list[int]] = {}
    for pk, parent in Office.objects.order_by("sort", "code").values_list("pk", "parent"):
        below.setdefault(parent, []).append(pk)
    found: list[tuple[int, int]] = []
    todo = [(pk, 0) for pk in reversed(below.get(None, []))]
    while todo:
        pk, depth = todo.pop()
        found.append((pk, depth))
        todo.extend((child, depth + 1) for child in reversed(below.get(pk, [])))
    return found


def tree_of(request: Any) -> list[tuple[int, int]]:
    """The tree, read once a request."""
    if not hasattr(request, "office_tree"):
        request.office_tree = tree()
    found: list[tuple[int, int]] = request.office_tree
    return found


@admin.register(Office)
class OfficeAdmin(DeskAdmin):
    list_display = ("indented", "code", "sort", "is_vertical", "is_open", "phone")
    list_filter = ("sort", "is_open", "is_vertical")
    list_per_page = 200
    search_fields = ("name", "name_en", "code")
    deletes = staticmethod(nobody)
    inlines = (HoursInline,)
    sortable_by = ()

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["desk/workbench.css"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Office]:
        depth = [When(pk=pk, then=Value(deep)) for pk, deep in tree_of(request)]
        deep = Case(*depth, default=Value(0), output_field=IntegerField())
        return super().get_queryset(request).annotate(depth=deep)

    def get_ordering(self, request: HttpRequest) -> Any:
        places = [When(pk=pk, then=Value(place)) for place, (pk, _depth) in enumerate(tree_of(request))]
        return [Case(*places, default=Value(len(places)), output_field=IntegerField()), "pk"]

    @admin.display(description=gettext_lazy("office"))
    def indented(self, office: Any) -> SafeString:
        return format_html('<span class="depth-{}">{}</span>', min(office.depth, 4), office.title())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = formset.save(commit=False)
        if rows:
            notice_for(rows, str(form.instance)).enter(rows)


class UserForm(GuardedForm):
    class Meta:
        model = User
        fields = ("username", "name", "phone", "email", "wecom_id", "language", "is_staff", "is_active")

    def clean_phone(self) -> str | None:
        return self.cleaned_data["phone"] or None


@admin.register(User)
class UserAdmin(Covered, DeskAdmin):
    """People log in with a password they choose themselves by “forgotten password”; none is ever shown."""

    form = UserForm
    sees = staticmethod(either(security, holding(Role.SYSTEM, Role.AUDITOR)))
    adds = changes = staticmethod(security)
    deletes = staticmethod(nobody)
    personal = frozenset({"username", "name", "phone", "email"})
    covered = MappingProxyType({"phone": "phone", "email": "email"})
    fields = ("username", "name", "phone", "email", "wecom_id", "language", "is_staff", "is_active")
    list_display = ("username", "name", "masked_phone", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", "is_demo")
    search_fields = ("username", "name", "=phone")
    ordering = ("username",)
    actions = ("ask_recovery",)

    def chain_of(self, row: Any) -> str:
        return chain_of_user(row)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        mine = obj is not None and obj.pk == request.user.pk
        covers = super().get_readonly_fields(request, obj)
        return [*covers, *(["is_staff", "is_active"] if mine else [])]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
            obj.joined_at = timezone.now()
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("mobile number"))
    def masked_phone(self, user: User) -> str:
        return masked(user.phone or "", "phone")

    @admin.display(description=gettext_lazy("e-mail"))
    def masked_email(self, user: User) -> str:
        return masked(user.email, "email")

    @admin.action(description=gettext_lazy("Ask for a new second factor"), permissions=["change"])
    def ask_recovery(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """For a lost telephone: one asks with a reason, another security administrator approves."""
        chosen = list(queryset[:2])
        if len(chosen) > 1:
            messages.error(request, _("One person at a time: each has a reason of their own."))
            return None
        address = reverse("admin:accounts_recovery_add")
        return HttpResponseRedirect(f"{address}?{urlencode({'user': chosen[0].pk})}") if chosen else None


class PostForm(GuardedForm):
    keeper: Any = None

    def clean_user(self) -> User:
        user: User = self.cleaned_data["user"]
        if user.pk == self.keeper.pk:
            raise forms.ValidationError(
                _("Nobody may grant a post to themselves. Ask another security administrator.")
            )
        return user


@admin.register(Post)
class PostAdmin(DeskAdmin):
    """Posts are granted and ended, never rewritten: who served where, when, is part of the record."""

    form = PostForm
    sees = staticmethod(either(security, holding(Role.AUDITOR), keepers))
    adds = changes = staticmethod(security)
    deletes = staticmethod(nobody)
    fields = ("user", "office", "role", "since", "until", "granted_by")
    list_display = ("user", "office", "role", "since", "until", "granted_by")
    list_select_related = ("user", "office", "granted_by")
    list_filter = ("role", "office")
    search_fields = ("user__username", "user__name", "office__name")
    autocomplete_fields = ("user",)
    ordering = ("-since", "-pk")

    def chain_of(self, row: Any) -> str:
        return chain_of_user(row.user_id)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        mine = obj is not None and obj.user_id == request.user.pk
        return not mine and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["granted_by", *(["user", "office", "role", "since"] if obj else [])]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.keeper = who(request)
        return form

    def save_model(self, request: HttpRequest, obj: Post, form: Any, change: bool) -> None:
        if not change:
            obj.granted_by = who(request)
        super().save_model(request, obj, form, change)
