"""Case numbers: unique and without gaps, because the counter row is locked until the case is committed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from servicedesk.desk.models import NumberSeries

# Crockford-like: no I, L, O, U, 0 or 1, so that a secret can be read over the telephone.
SECRET_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH = 10  # 30^10 ≈ 5.9e14


def next_number(series: str, at: datetime) -> str:
    """Return "ZT-2026-000318": the next number of `series` in the local year of `at`.

    Call it last in the transaction: the row stays locked until the commit, and a rollback gives it back."""
    year = timezone.localtime(at).year
    mine = NumberSeries.objects.filter(series=series, year=year)
    if not mine.update(last=F("last") + 1):
        NumberSeries.objects.get_or_create(series=series, year=year)
        mine.update(last=F("last") + 1)
    return f"{series}-{year}-{mine.values_list('last', flat=True).get():06d}"


def new_secret() -> str:
    return "".join(secrets.choice(SECRET_ALPHABET) for _ in range(SECRET_LENGTH))
