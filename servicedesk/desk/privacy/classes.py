"""What every field of our models holds, in five classes. Each room says it of its own models in a module
`privacy`, found as the kinds are; only fields that may hold words need to be named.

public      anybody may read it
internal    of the house
personal    tells who somebody is or how to reach them, or holds the words of a person
sensitive   its leak would hurt a person (个人信息保护法 28): numbers of identity, answers of an application
secret      opens something: a password, a token, a code; only hashed or sealed, and shown to nobody

A class may name after a colon how staff see the field until they give a reason (`masks.masked`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.db import models

OURS = ("accounts", "desk", "enterprises", "approvals", "reports", "portal")
# Fields of these types hold words, or numbers that are read as such.
WORDED = (
    models.CharField,
    models.TextField,
    models.JSONField,
    models.BinaryField,
    models.FileField,
    models.UUIDField,
    models.GenericIPAddressField,
)


class Level(StrEnum):
    PUBLIC = "public"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SECRET = "secret"


SECRET = Level.SECRET.value
ERASED = frozenset({Level.PERSONAL, Level.SENSITIVE})


@dataclass(frozen=True)
class Held:
    """What a field holds, and how it is masked ("" where it is not)."""

    level: Level
    mask: str = ""


_said: dict[str, Held] = {}


def classify(model: str, **fields: str) -> None:
    """Say the classes of a model's fields: classify("desk.Party", phone="personal:phone"). Raises ValueError
    for an unknown class, and where something else was said before."""
    for name, words in fields.items():
        level, _colon, mask = words.partition(":")
        held = Held(Level(level), mask)
        if _said.setdefault(f"{model}.{name}", held) != held:
            raise ValueError(f"{model}.{name} is classed twice.")


def needs_saying(field: models.Field) -> bool:
    """Whether only its own room can know what the field holds. Keys, relations, dates, numbers, switches
    and choices are of the house."""
    told = field.primary_key or field.is_relation or bool(field.choices)
    return isinstance(field, WORDED) and not told


def class_of(field: models.Field) -> Held:
    """What the field holds. Raises LookupError where nobody said it and its type does not tell."""
    name = f"{field.model._meta.label}.{field.name}"
    if name in _said:
        return _said[name]
    if needs_saying(field):
        raise LookupError(f"What does {name} hold? Say it in the module `privacy` of its room.")
    return Held(Level.INTERNAL)


def our_fields() -> Iterator[models.Field]:
    """Every stored field of our own models."""
    for app in apps.get_app_configs():
        if app.label in OURS:
            for model in app.get_models():
                yield from model._meta.local_concrete_fields


def unsaid() -> list[str]:
    """Fields nobody has classed."""
    return [
        f"{field.model._meta.label}.{field.name}"
        for field in our_fields()
        if needs_saying(field) and f"{field.model._meta.label}.{field.name}" not in _said
    ]


def stale() -> list[str]:
    """What is classed and no longer there."""
    there = {f"{field.model._meta.label}.{field.name}" for field in our_fields()}
    return sorted(name for name in _said if name not in there and name.split(".")[0] in OURS)


def erasable(model: type[models.Model], *, contact: bool) -> Iterator[models.Field]:
    """Fields of the model that are emptied when a term is over: those that reach people (which have a mask),
    or all others that hold their words."""
    for field in model._meta.concrete_fields:
        held = class_of(field)
        if held.level in ERASED and bool(held.mask) == contact:
            yield field
