"""The catalogue as it holds on one day: what `checking` looks at, and the days on which it changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from approvals.catalogue.facts import Facts, bundle_facts, item_facts, limit_facts
from approvals.catalogue.snapshot import whole
from approvals.models import Bundle, ServiceItem
from servicedesk.accounts.models import Office
from servicedesk.desk.models import Limit


@dataclass(frozen=True)
class World:
    """`limits` by subject and clock. `twice` are codes of which two editions hold at once, `twice_limited`
    those of limits."""

    day: date
    items: dict[str, Facts]
    bundles: dict[str, Facts]
    limits: dict[tuple[str, str], Facts]
    offices: frozenset[str]
    twice: tuple[str, ...] = ()
    twice_limited: tuple[str, ...] = ()

    def limit(self, subject: str, clock: str) -> Facts | None:
        return self.limits.get((subject, clock))


def world_on(day: date) -> World:
    """The catalogue on that day, in nine queries."""
    items = list(whole(ServiceItem.objects.published(day).order_by("edition")))
    bundles = list(
        Bundle.objects.published(day).select_related("office").prefetch_related("items").order_by("edition")
    )
    limits = list(Limit.objects.valid(day).order_by("valid_from"))
    codes = [row.code for row in [*items, *bundles]]
    limited = Counter((limit.subject, limit.clock) for limit in limits)
    return World(
        day=day,
        items={item.code: item_facts(item) for item in items},
        bundles={bundle.code: bundle_facts(bundle) for bundle in bundles},
        limits={(limit.subject, limit.clock): limit_facts(limit) for limit in limits},
        offices=frozenset(Office.objects.values_list("code", flat=True)),
        twice=tuple(sorted({code for code in codes if codes.count(code) > 1})),
        twice_limited=tuple(
            f"{subject}.{clock}"
            for (subject, clock), count in sorted(limited.items())
            if count > 1 and subject.partition("/")[0] in codes
        ),
    )


def days_of_change(today: date) -> list[date]:
    """Today and every later day from which something published is different."""
    days = {today}
    for model in (ServiceItem, Bundle):
        rows = model.objects.exclude(stage="draft").filter(valid_from__gt=today)
        days.update(rows.values_list("valid_from", flat=True))
    days.update(Limit.objects.filter(valid_from__gt=today).values_list("valid_from", flat=True))
    return sorted(days)
