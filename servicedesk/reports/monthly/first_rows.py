"""The minimums the reports begin with. All are the city's own defaults: an official changes them by a new row
from a day on."""

from __future__ import annotations

from datetime import date
from typing import Any

FROM = date(2026, 1, 1)
RANKED = "本市默认，可调整：到期承诺件数太少，一件就能改变名次"
SHOWN = "本市默认，可调整：人数或件数太少的数据不单独公开，以免认出当事人"
MINIMUMS: tuple[tuple[str, int, str], ...] = (
    ("offices", 10, RANKED),
    ("towns", 10, RANKED),
    ("open", 5, SHOWN),
)


def load_minimums(apps: Any) -> None:
    rows = apps.get_model("reports", "ReportMinimum")
    for what, number, basis in MINIMUMS:
        rows.objects.get_or_create(what=what, valid_from=FROM, defaults={"number": number, "basis": basis})
