"""Who stands where: rows with enough promises in the order of their rates, the others after them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from servicedesk.reports.models import ReportMinimum
from servicedesk.reports.monthly.gathering import Row

Ranked = list[tuple[int | None, Row]]


def minimums(on: date) -> dict[str, int]:
    """The minimum that holds on that day for each use; of several rows the one that began last."""
    rows = ReportMinimum.objects.valid(on).order_by("valid_from", "pk")
    return dict.fromkeys(ReportMinimum.What.values, 1) | {row.what: row.number for row in rows}


def ranked(rows: Sequence[Row], minimum: int) -> Ranked:
    """(place, row): by the share kept on the last date, then on the first; equal ones share a place. Rows
    with fewer promises due than `minimum` follow without a place."""
    able = [row for row in rows if row.number("due") >= minimum]
    able.sort(key=_merit)
    found: Ranked = []
    for place, row in enumerate(able, start=1):
        same = found and found[-1][0] is not None and _rates(found[-1][1]) == _rates(row)
        found.append((found[-1][0] if same else place, row))
    return found + [(None, row) for row in rows if row.number("due") < minimum]


def _rates(row: Row) -> tuple[float, float]:
    return _exact(row, "broken"), _exact(row, "broken_first")


def _exact(row: Row, broken: str) -> float:
    return row.number(broken) / row.number("due")


def _merit(row: Row) -> tuple[float, float, int]:
    """The more promises stand behind the same rates, the earlier it is named."""
    return *_rates(row), -row.number("due")
