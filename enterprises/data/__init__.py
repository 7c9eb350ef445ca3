"""The rows the register starts with, as CSV beside this file; a loader may run again and adds nothing twice.

Loaders take the registry of apps, so that a migration hands in its historical models and anybody else
`django.apps.apps`. Rows that exist are left as officials have edited them.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone

FOLDER = Path(__file__).parent
Row = dict[str, Any]


def rows(name: str) -> list[Row]:
    """Rows of `<name>.csv`; an empty cell of a number or a code that may be missing is read as text ""."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load(model: type[models.Model], found: list[Row], key: Sequence[str], empty: Sequence[str] = ()) -> int:
    """Create the rows whose `key` is not there yet; fields named in `empty` are NULL where blank."""
    known = {tuple(map(str, values)) for values in model._default_manager.values_list(*key)}
    missing = [row for row in found if tuple(str(row[name]) for name in key) not in known]
    for row in missing:
        row.update({name: row[name] or None for name in empty})
    model._default_manager.bulk_create([model(**row) for row in missing])
    return len(missing)


def load_industries(apps: Any) -> int:
    """GB/T 4754-2017: above a code stands the code without its last digit, above a division its section."""
    model = apps.get_model("enterprises", "Industry")
    table = rows("industries")
    added = 0
    for level in ("1", "2", "3", "4"):
        above = dict(model._default_manager.values_list("code", "pk"))
        found = [row for row in table if row["level"] == level]
        for row in found:
            row["parent_id"] = above.get(row["section"] if level == "2" else row["code"][:-1])
        added += _load(model, found, ["code"])
    return added


def load_towns(apps: Any) -> int:
    return _load(apps.get_model("enterprises", "Town"), rows("towns"), ["code"], empty=["region"])


def load_topics(apps: Any) -> int:
    return _load(apps.get_model("enterprises", "Topic"), rows("topics"), ["code"])


def load_tag_sorts(apps: Any) -> int:
    return _load(apps.get_model("enterprises", "TagSort"), rows("tag-sorts"), ["code"], empty=["term_years"])


def load_size_method(apps: Any) -> int:
    """Bounds as 国统字〔2017〕213号 prints them; which industry belongs where by note 2 of its table."""
    scopes = _load(apps.get_model("enterprises", "SizeScope"), rows("size-scopes"), ["code", "valid_from"])
    key = ["sector", "indicator", "valid_from"]
    return scopes + _load(apps.get_model("enterprises", "SizeBound"), rows("size-bounds"), key)


def load_breakfasts(apps: Any) -> int:
    """The four hosts, and how long a promise and its look-backs run where the minutes say nothing."""
    seats = _load(apps.get_model("enterprises", "Seat"), rows("seats"), ["code"])
    return seats + _load_limits(apps, "breakfast-limits")


def load_direct_line(apps: Any) -> int:
    """Why a matter cannot wait, why it comes back, and what its further clocks run: returns, co-handling,
    follow-up, silence, parking, single topics and urgencies."""
    urgencies = _load(apps.get_model("enterprises", "Urgency"), rows("urgencies"), ["code"])
    reasons = _load(apps.get_model("enterprises", "ReturnReason"), rows("return-reasons"), ["code"])
    return urgencies + reasons + load_direct_line_limits(apps)


def load_direct_line_limits(apps: Any) -> int:
    return _load_limits(apps, "direct-line-limits")


def load_claims(apps: Any) -> int:
    """How long the centre may check a claim, and how long present owners may object to it."""
    return _load_limits(apps, "claim-limits")


def load_oversight(apps: Any) -> int:
    """Who handles complaints, which bodies stand outside, the ladder of escalation, and their clocks."""
    routes = apps.get_model("enterprises", "ComplaintRoute")
    levels = apps.get_model("enterprises", "EscalationLevel")
    key = ["handled_by_id", "valid_from"]
    added = _load(routes, rows("complaint-routes"), key, empty=["office_id"])
    added += _load(levels, rows("escalation-levels"), ["code"], empty=["office_id"])
    added += _load(apps.get_model("enterprises", "OutsideBody"), rows("outside-bodies"), ["code"])
    return added + _load_limits(apps, "oversight-limits")


def load_service_managers(apps: Any) -> int:
    """A dated row for each service manager a company had before there were dates: since the day of the
    upgrade, because the true day is known to nobody."""
    model = apps.get_model("enterprises", "ServiceManager")
    companies = apps.get_model("enterprises", "Company").objects.exclude(service_manager=None)
    made = [
        model(company_id=pk, user_id=user, since=timezone.localdate())
        for pk, user in companies.values_list("pk", "service_manager")
    ]
    return len(model.objects.bulk_create(made))


def _load_limits(apps: Any, name: str) -> int:
    limits = rows(name)
    for row in limits:
        row["rolls"] = row["rolls"] == "1"
    return _load(apps.get_model("desk", "Limit"), limits, ["subject", "clock", "valid_from"])


LOADERS: tuple[Callable[[Any], int], ...] = (
    load_industries,
    load_towns,
    load_topics,
    load_tag_sorts,
    load_size_method,
)


def load_all(apps: Any) -> int:
    """Load every register's first rows; return how many were added."""
    return sum(load(apps) for load in LOADERS)
