"""The offices of the city as they ship; what officials change later is left alone."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from servicedesk.accounts.models import Office

TABLE = Path(__file__).parent / "data" / "offices.csv"


def rows() -> list[dict[str, str]]:
    """Rows of the shipped table, an office before those below it."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_offices() -> int:
    """Create the offices that are missing, by code; return how many were."""
    known = {office.code: office for office in Office.objects.all()}
    missing = [row for row in rows() if row["code"] not in known]
    for row in missing:
        known[row["code"]] = _create(row, known.get(row["parent"]))
    return len(missing)


def _create(row: dict[str, str], parent: Office | None) -> Office:
    return Office.objects.create(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        name_ru=row["name_ru"],
        sort=row["sort"],
        parent=parent,
        is_vertical=row["vertical"] == "1",
        duties=row["duties"],
        phone=row["phone"],
    )
