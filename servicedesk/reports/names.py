"""What the values a report is grouped by are called, and in which order they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from servicedesk.accounts.models import Office, User
from servicedesk.desk.models import Case
from servicedesk.desk.registry import kinds
from servicedesk.reports.load import OFFICER
from servicedesk.reports.scope import KIND, OFFICE

if TYPE_CHECKING:
    from servicedesk.reports.counting import Limit


def register_of(path: str) -> type[Model] | None:
    """The model a lookup path on Case ends at; None where it ends at a plain value."""
    model: type[Model] = Case
    for part in path.split("__"):
        related = model._meta.get_field(part).related_model
        if not isinstance(related, type):
            return None
        model = related
    return model


def names_of(path: str, keys: list[Any]) -> dict[Any, str]:
    """The name of each value, in the order of its register; what has none reads as it is written."""
    if path == OFFICE:
        rows = Office.objects.filter(pk__in=keys).order_by("sort", "code")
        return {row.pk: row.title() for row in rows}
    if path == KIND:
        labels = {kind.code: str(kind.label) for kind in kinds()}
        return {key: labels.get(key, key) for key in sorted(keys)}
    if path == OFFICER:
        people = {row.pk: str(row) for row in User.objects.filter(pk__in=keys).order_by("name", "pk")}
        return people | {key: _("nobody yet") for key in keys if key is None}
    register = register_of(path)
    given = [key for key in keys if key is not None]
    if register is None:
        found = {key: str(key) or _("not said") for key in sorted(given)}
    else:
        found = {row.pk: str(row) for row in register._default_manager.filter(pk__in=given)}
    return found | {key: _("not said") for key in keys if key is None}


def value_of(path: str, text: str) -> Any:
    """The value an address means: a key where the path ends at a register. Raises ValueError."""
    register = None if path == KIND else register_of(path)
    if register is None:
        return text
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise ValueError(text)
    return int(text)


def names_of_limits(limits: Sequence[Limit]) -> dict[str, str]:
    """What each promise is called, by its key: with its kind before it where several kinds make promises."""
    labels = {kind.code: str(kind.label) for kind in kinds()}
    several = len({limit.kind for limit in limits}) > 1
    return {
        limit.key: f"{labels.get(limit.kind, limit.kind)} · {limit.name}" if several else limit.name
        for limit in limits
    }
