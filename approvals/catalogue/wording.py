"""Words as they stand in a file ({zh, en, ru}) and as rows keep them ({"zh-hans", "en", "ru"})."""

from __future__ import annotations

from typing import Any

OUTSIDE = {"zh": "zh-hans", "en": "en", "ru": "ru"}
INSIDE = {code: short for short, code in OUTSIDE.items()}


def inward(value: Any) -> Any:
    """`value` of a file with every {zh, en, ru} in it keyed by the languages of the interface."""
    return _renamed(value, OUTSIDE)


def outward(value: Any) -> Any:
    return _renamed(value, INSIDE)


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    if value and all(key in names for key in value):
        return {names[key]: each for key, each in value.items()}
    return {key: _renamed(each, names) for key, each in value.items()}
