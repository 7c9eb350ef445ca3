"""The texts of short messages the desk starts with; the provider's ids are entered when they are approved."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "data" / "sms-templates.csv"


def load_sms_templates(apps: Any) -> int:
    """Create the texts that are missing, by code; return how many were. What officials edited stays."""
    model = apps.get_model("accounts", "SmsTemplate")
    known = set(model.objects.values_list("code", flat=True))
    with TEXTS.open(encoding="utf-8", newline="") as file:
        missing = [row for row in csv.DictReader(file) if row["code"] not in known]
    model.objects.bulk_create([model(**row) for row in missing])
    return len(missing)
