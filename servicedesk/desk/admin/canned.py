"""Ready texts: the centre keeps those for all, a head those of their own offices."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk.admin.register import DeskAdmin, GuardedForm, either, holding, keepers, who
from servicedesk.desk.canned import WITHOUT
from servicedesk.desk.models import CannedText
from servicedesk.desk.permissions import Role, reach, today
from servicedesk.desk.registry import kinds
from servicedesk.desk.verb_fields import Text
from servicedesk.desk.verb_forms import FORMS
from servicedesk.desk.verbs import button_words


def headed(user: User, at: datetime) -> set[int]:
    return reach(user, frozenset({Role.HEAD}), today(at))


def verbs() -> list[tuple[str, Any]]:
    """Verbs whose form has room for a text."""
    found = [
        verb
        for verb, form in FORMS.items()
        if verb not in WITHOUT and any(isinstance(field, Text) for field in form.base_fields.values())
    ]
    return [(verb, button_words(verb)) for verb in found]


class CannedTextForm(GuardedForm):
    verb = forms.ChoiceField(label=_("for what"), required=False)
    kind = forms.ChoiceField(label=_("kind"), required=False)

    class Meta:
        model = CannedText
        fields = ("title", "text", "verb", "kind", "office", "position", "is_valid")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("All"))]
        if "verb" in self.fields:
            self.fields["verb"].choices = [*every, *verbs()]  # type: ignore[attr-defined]
            self.fields["kind"].choices = [*every, *((kind.code, kind.label) for kind in kinds())]  # type: ignore[attr-defined]


@admin.register(CannedText)
class CannedTextAdmin(DeskAdmin):
    form = CannedTextForm
    adds = staticmethod(either(keepers, holding(Role.HEAD)))
    list_display = ("title", "of_verb", "of_kind", "office", "position", "is_valid")
    list_filter = ("is_valid",)
    list_select_related = ("office",)
    search_fields = ("title", "text")
    ordering = ("position", "pk")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The centre any row; a head the rows of their own offices."""
        user, at = who(request), timezone.now()
        if keepers(user, at):
            return True
        mine = headed(user, at)
        return bool(mine) if obj is None else obj.office_id in mine

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        user, at = who(request), timezone.now()
        if db_field.name == "office" and field is not None and not keepers(user, at):
            field.queryset = Office.objects.filter(pk__in=headed(user, at))
            field.required = True
        return field

    @admin.display(description=_("for what"), ordering="verb")
    def of_verb(self, row: CannedText) -> Any:
        return button_words(row.verb) if row.verb in FORMS else _("All")

    @admin.display(description=_("kind"), ordering="kind")
    def of_kind(self, row: CannedText) -> Any:
        return next((kind.label for kind in kinds() if kind.code == row.kind), row.kind or _("All"))
