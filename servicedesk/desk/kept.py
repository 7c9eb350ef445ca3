"""Where a draft keeps what was typed into a field of its form: in the column of that name, and raw in the
JSON `answers` of the detail where there is no such column. Who asks here need not know which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.http import QueryDict

from servicedesk.desk import asking
from servicedesk.desk.masks import masked

# Of a text without a limit in the database this much is kept in a draft, and so many rows or choices of a
# list, whatever its form allows.
MOST_KEPT = 100_000
MOST_ROWS = 200


def column(detail: models.Model, name: str) -> models.Field[Any, Any] | None:
    try:
        found = detail._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return found if isinstance(found, models.Field) and found.concrete else None


def answers(detail: models.Model) -> dict[str, Any]:
    found = getattr(detail, "answers", None)
    return found if isinstance(found, dict) else {}


def value(detail: models.Model, name: str) -> Any:
    """What is kept of the field, as a form takes it for data; None where nothing is."""
    held = column(detail, name)
    return answers(detail).get(name) if held is None else held.value_from_object(detail)


def touched(detail: models.Model, name: str) -> bool:
    """Whether the field was ever sent: an answer may be blank and yet have been given."""
    return name in answers(detail) if column(detail, name) is None else bool(value(detail, name))


def sent(form: forms.BaseForm | type[forms.BaseForm], posted: QueryDict) -> dict[str, Any]:
    """What `posted` holds for the fields of the form, by their names and as it was typed."""
    fields = asking.fields(form) if isinstance(form, type) else form.fields
    return {
        name: field.widget.value_from_datadict(posted, {}, name)
        for name, field in fields.items()
        if not field.widget.value_omitted_from_data(posted, {}, name)
    }


def keep(detail: models.Model, name: str, field: forms.Field, raw: Any) -> None:
    """Keep what was typed, valid or not, as far as its place can hold it."""
    held = column(detail, name)
    if held is None:
        detail.answers = answers(detail) | {name: cut(raw)}  # type: ignore[attr-defined]
    elif isinstance(held, models.TextField):
        setattr(detail, name, str(raw)[:MOST_KEPT])
    elif isinstance(held, models.CharField):
        setattr(detail, name, str(raw)[: held.max_length])
    else:
        try:
            setattr(detail, name, field.clean(raw))
        except ValidationError:
            return  # it cannot stand in the column; the page still shows it as it was typed


def cut(raw: Any) -> Any:
    """`raw` as JSON holds it, and no longer than anybody types on purpose."""
    if isinstance(raw, Mapping):
        return {str(key): cut(each) for key, each in raw.items()}
    if isinstance(raw, list | tuple):
        return [cut(each) for each in raw[:MOST_ROWS]]
    if raw is None or isinstance(raw, bool | int):
        return raw
    return str(raw)[:MOST_KEPT]


def label(detail: models.Model, name: str, field: forms.Field | None) -> str:
    """What the answer is called when its question is not asked: the column's name, else the question."""
    held = column(detail, name)
    if held is not None:
        return str(held.verbose_name)
    return str(field.label) if field is not None and field.label else name


def words(detail: models.Model, name: str, field: forms.Field | None, mask: str = "") -> str:
    """The answer in words, masked as `mask` says. A field may say its own by `words(raw, mask)`."""
    raw = value(detail, name)
    said = getattr(field, "words", None)
    if said is not None and column(detail, name) is None:
        return str(said(raw, mask))
    display = getattr(detail, f"get_{name}_display", None)
    shown = display() if display else getattr(detail, name) if column(detail, name) is not None else raw
    text = "" if shown is None else str(shown)
    return masked(text, mask) if mask else text
