"""Words kept in every interface language, so that a snapshot can be read in any of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, override

Labels = dict[str, str]


def in_every_language(text: str | Promise) -> Labels:
    """Return `text` as it reads in each language of the interface, keyed by language code."""
    spoken: Labels = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            spoken[code] = str(text)
    return spoken


def spoken(labels: Mapping[str, Any], language: str | None = None) -> str:
    """Return the wording in `language` (the active one by default), Chinese where that is missing."""
    code = (language or get_language() or settings.LANGUAGE_CODE).lower()
    return str(labels.get(code) or labels.get(settings.LANGUAGE_CODE) or next(iter(labels.values()), ""))
