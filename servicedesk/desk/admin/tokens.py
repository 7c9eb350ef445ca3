"""API tokens of offices: granted here, drawn by their holders, who alone ever see them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from servicedesk.accounts.models import User
from servicedesk.desk import tokens
from servicedesk.desk.admin.register import DeskAdmin, GuardedForm, either, holding, nobody, who
from servicedesk.desk.errors import DeskError
from servicedesk.desk.models import ApiToken
from servicedesk.desk.permissions import Role


class TokenForm(GuardedForm):
    """A new token; what may not be granted is said at its field, by the function that grants."""

    by: User

    class Meta:
        model = ApiToken
        fields = ("name", "user", "office", "may_read", "may_submit", "may_act", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "office" in self.fields:
            self.fields["office"].required = True
        if "expires_at" in self.fields:
            self.fields["expires_at"].initial = timezone.now() + tokens.LONGEST / 2

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and self.instance.pk is None:
            for name in self.Meta.fields:
                setattr(self.instance, name, given[name])
            try:
                tokens.refuse_wrong(self.instance, self.by, timezone.now())
            except DeskError as error:
                self.add_error(error.field if error.field in self.fields else None, str(error))
        return given


@admin.register(ApiToken)
class TokenAdmin(DeskAdmin):
    form = TokenForm
    sees = staticmethod(either(tokens.may_grant, holding(Role.AUDITOR)))
    adds = staticmethod(tokens.may_grant)
    changes = deletes = staticmethod(nobody)
    list_display = ("name", "user", "whose", "scopes", "hint", "expires_at", "last_used_at", "stands")
    list_select_related = ("user", "office", "party")
    search_fields = ("name", "user__name", "hint")
    autocomplete_fields = ("user",)
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> Any:
        if obj is None:
            return [*TokenForm.Meta.fields, "row_print"]
        shown = [*TokenForm.Meta.fields, "party", "hint", "granted_by", "granted_at", "drawn_at"]
        return [*shown, "last_used_at", "revoked_at"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = who(request)
        return form

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        tokens.grant(obj, by=who(request), at=timezone.now())
        said = _("Granted. %(holder)s was told, and draws it on the page “API tokens”.")
        messages.info(request, said % {"holder": obj.user})

    def log(self, request: HttpRequest, row: Any, verb: str, params: dict[str, Any]) -> None:
        """Nothing more: granting wrote it into the holder's chain."""

    @admin.display(description=gettext_lazy("acts for"))
    def whose(self, token: ApiToken) -> str:
        return str(token.whose)

    @admin.display(description=gettext_lazy("scope"))
    def scopes(self, token: ApiToken) -> str:
        return tokens.scope_words(token)

    @admin.display(description=gettext_lazy("state"))
    def stands(self, token: ApiToken) -> str:
        return tokens.stands(token, timezone.now())

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return tokens.may_grant(who(request), timezone.now())

    @admin.action(description=gettext_lazy("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        done = 0
        for token in queryset.filter(office__isnull=False, revoked_at=None):
            try:
                tokens.revoke(token, by=who(request), at=timezone.now())
            except DeskError as error:
                messages.warning(request, str(error))
            else:
                done += 1
        said = ngettext("%(n)d token was revoked.", "%(n)d tokens were revoked.", done) % {"n": done}
        messages.success(request, said)
