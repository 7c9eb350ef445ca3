"""`manage.py check --database default` says what `manage.py check_catalogue` says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import DatabaseError
from django.utils import timezone

from approvals.catalogue.checking import catalogue_faults


@register(Tags.database)
def check_catalogue(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """A warning for each fault; nothing where the tables are not there yet."""
    if not databases:
        return []
    try:
        found = catalogue_faults(timezone.localdate())
    except DatabaseError:
        return []
    hint = "Correct it by import, or enter the limit that is missing."
    return [Warning(sentence, hint, id="approvals.W001") for sentence in found]
