"""How long things took: the time under which half, four fifths and nineteen of twenty lie.

PostgreSQL computes `percentile_cont`; elsewhere the same interpolation is done here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Aggregate, Count, Field, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from servicedesk.desk.reckon import USUAL_DAY
from servicedesk.desk.words import time_words
from servicedesk.reports.shares import DASH

FRACTIONS = {"p50": 0.5, "p80": 0.8, "p95": 0.95}
Key = tuple[Any, ...]


class PercentileCont(Aggregate):
    """All fractions at once, as a list: the values are sorted only once."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[%(fractions)s]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = Field()


@dataclass(frozen=True)
class Times:
    """Working seconds at each fraction, of `n` clocks; all None without any."""

    n: int = 0
    p50: float | None = None
    p80: float | None = None
    p95: float | None = None

    @property
    def all(self) -> list[float | None]:
        return [self.p50, self.p80, self.p95]


def times_by(clocks: QuerySet[Any], *paths: str) -> dict[Key, Times]:
    """Times of the clocks by the values of `paths`, in one query."""
    if connections[clocks.db].vendor == "postgresql":
        return _asked(clocks, paths)
    return _computed(clocks, paths)


def _asked(clocks: QuerySet[Any], paths: Sequence[str]) -> dict[Key, Times]:
    fractions = PercentileCont("used", fractions=", ".join(str(each) for each in FRACTIONS.values()))
    wanted: dict[str, Any] = {"n": Count("pk"), "fractions": fractions}
    if not paths:
        row = clocks.aggregate(**wanted)
        return {(): Times(row["n"], *row["fractions"])} if row["n"] else {}
    rows: Any = clocks.order_by().values(*paths).annotate(**wanted)
    return {tuple(row[path] for path in paths): Times(row["n"], *row["fractions"]) for row in rows}


def _computed(clocks: QuerySet[Any], paths: Sequence[str]) -> dict[Key, Times]:
    found: dict[Key, list[int]] = defaultdict(list)
    for *key, used in clocks.order_by("used").values_list(*paths, "used"):
        found[tuple(key)].append(used)
    return {
        key: Times(len(values), *(percentile(values, fraction) for fraction in FRACTIONS.values()))
        for key, values in found.items()
    }


def percentile(values: Sequence[int], fraction: float) -> float:
    """`percentile_cont` of sorted values: linear between the two nearest ranks."""
    place = fraction * (len(values) - 1)
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def used_words(seconds: float | None) -> str:
    """“2.1 working days” of the usual office day; hours and minutes below one day; “—” for nothing."""
    if seconds is None:
        return DASH
    if seconds < USUAL_DAY:
        return time_words(int(seconds)) if seconds >= 60 else _("under a minute")
    days = round(seconds / USUAL_DAY, 1)
    return ngettext("%(n)s working day", "%(n)s working days", 1 if days == 1 else 2) % {
        "n": number_format(days, 1)
    }
