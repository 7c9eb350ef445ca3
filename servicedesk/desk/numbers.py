"""Case numbers: unique and without gaps, because the counter row is locked until the case is committed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection
from django.utils import timezone

from servicedesk.desk.models import NumberSeries

# Crockford-like: no I, L, O, U, 0 or 1, so that a secret can be read over the telephone.
SECRET_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_LENGTH = 10  # 30^10 ≈ 5.9e14


def next_number(series: str, at: datetime) -> str:
    """Return "ZT-2026-000318": the next number of `series` in the local year of `at`.

    Call it last in the transaction: the row stays locked until the commit, and a rollback gives it back."""
    return next_numbers(series, timezone.localtime(at).year, 1)[0]


def next_numbers(series: str, year: int, count: int) -> list[str]:
    """The next `count` numbers of a series in a year, of which the same holds."""
    last = _counted(series, year, count)
    while last is None:
        NumberSeries.objects.get_or_create(series=series, year=year)
        last = _counted(series, year, count)
    return [f"{series}-{year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def _counted(series: str, year: int, count: int) -> int | None:
    """Count on and return where the counter stands now, in one statement; None where there is none yet."""
    table = NumberSeries._meta.db_table
    statement = f'UPDATE "{table}" SET last = last + %s WHERE series = %s AND year = %s RETURNING last'  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [count, series, year])
        rows = cursor.fetchall()
    return int(rows[0][0]) if rows else None


def new_secret() -> str:
    return "".join(secrets.choice(SECRET_ALPHABET) for _ in range(SECRET_LENGTH))
