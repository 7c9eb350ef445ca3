"""A form as JSON Schema (2020-12): what a machine has to send, in the words a person reads.

A field that knows better says so itself: `json_schema()` returns what is to be added or replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceField

from servicedesk.desk import asking
from servicedesk.desk.forms import FilesField
from servicedesk.desk.verb_fields import Pick

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
# A longer list is no choice any more: its keys are looked up elsewhere.
MOST_CHOICES = 300
# Sent otherwise than in the body: the version stands in `If-Match`.
ELSEWHERE = frozenset({"version"})

SORTS: tuple[tuple[type[forms.Field], Schema], ...] = (
    (forms.BooleanField, {"type": "boolean"}),
    (forms.IntegerField, {"type": "integer"}),
    (forms.DateTimeField, {"type": "string", "format": "date-time"}),
    (forms.DateField, {"type": "string", "format": "date"}),
    (forms.EmailField, {"type": "string", "format": "email"}),
    (forms.ModelMultipleChoiceField, {"type": "array", "items": {"type": ["integer", "string"]}}),
    (ModelChoiceField, {"type": ["integer", "string"]}),
    (forms.MultipleChoiceField, {"type": "array", "items": {"type": "string"}}),
    (forms.TypedChoiceField, {"type": ["integer", "string"]}),
    (Pick, {"type": ["integer", "string"]}),
)


def form_of(form: forms.BaseForm | type[forms.BaseForm], title: Any = "") -> Schema:
    """{"fields": the schema of its answers, "files": the files it takes}. A form class is described as it is
    declared, a form as it stands: with the choices there are now."""
    fields = asking.fields(form) if isinstance(form, type) else form.fields
    rules: Mapping[str, Any] = getattr(form, "rules", {})
    return parts_of(fields, title, sometimes=frozenset(rules))


def parts_of(
    fields: Mapping[str, forms.Field], title: Any = "", sometimes: frozenset[str] = frozenset()
) -> Schema:
    """`sometimes` are questions that do not always apply, and so are not always required. Numbers may always
    be sent as texts, as forms do."""
    asked = {name: field for name, field in fields.items() if name not in ELSEWHERE}
    files = {name: field for name, field in asked.items() if isinstance(field, forms.FileField)}
    plain = {name: field for name, field in asked.items() if name not in files}
    schema: Schema = {
        "$schema": DIALECT,
        "type": "object",
        "properties": {name: question(field) for name, field in plain.items()},
        "required": [name for name, field in plain.items() if field.required and name not in sometimes],
        "additionalProperties": False,
    }
    if title:
        schema["title"] = str(title)
    return {
        "fields": schema,
        "files": [
            {
                "name": name,
                "label": str(field.label or ""),
                "required": field.required and name not in sometimes,
                "many": isinstance(field, FilesField),
            }
            for name, field in files.items()
        ],
    }


def question(field: forms.Field) -> Schema:
    found: Schema = {"title": str(field.label or "")}
    if field.help_text:
        found["description"] = str(field.help_text)
    found |= next((dict(schema) for sort, schema in SORTS if isinstance(field, sort)), {"type": "string"})
    found |= _bounds(field)
    own = getattr(field, "json_schema", None)
    return found | (own() if own is not None else _choices(field))


def _bounds(field: forms.Field) -> Schema:
    names = {"max_length": "maxLength", "min_value": "minimum", "max_value": "maximum"}
    known = {word: getattr(field, name, None) for name, word in names.items()}
    return {word: value for word, value in known.items() if isinstance(value, int)}


def _choices(field: forms.Field) -> Schema:
    """The values offered, each with its words, where they are known and few enough."""
    given = getattr(field, "choices", None)
    if given is None or (isinstance(field, ModelChoiceField) and not _is_short(field.queryset)):
        return {}
    offered = [{"const": value, "title": words} for value, words in _flat(given)]
    if not offered or len(offered) > MOST_CHOICES:
        return {}
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return {"items": {"oneOf": offered}}
    return {"oneOf": offered if field.required else [*offered, {"const": ""}, {"const": None}]}


def _is_short(rows: QuerySet[Any] | None) -> bool:
    return rows is not None and len(rows[: MOST_CHOICES + 1]) <= MOST_CHOICES


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, str]]:
    """Value and words of each choice, those of groups included, the empty one left out."""
    for value, words in choices:
        if isinstance(words, list | tuple):
            yield from _flat(words)
        elif value not in ("", None):
            plain = getattr(value, "value", value)
            yield plain if isinstance(plain, int | str) else str(plain), str(words)
