"""How long what is kept: the rows valid on a day, and what is past its term by them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from servicedesk.desk.models import Case, ErasureItem, RetentionRule
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import kinds

What = RetentionRule.What
OF_CASES = (What.CONTACT, What.TEXTS, What.FILES)


@dataclass(frozen=True)
class Due:
    """One sort of data of a closed case, past the day until which it is kept."""

    case: int
    what: str
    until: date


def months_of(on: date) -> dict[tuple[str, str], int]:
    """Months by (subject, what): of several rows valid on the day the one that began last."""
    rows = RetentionRule.objects.valid(on).order_by("valid_from", "pk")
    return {(row.subject, row.what): row.months for row in rows}


def term(rules: dict[tuple[str, str], int], kind: str, what: str) -> int | None:
    """Months that data of that kind of case is kept; None where nobody has set an end."""
    return rules.get((kind, what), rules.get((RetentionRule.ALL, what)))


def due(at: datetime) -> Iterator[Due]:
    """Everything of closed cases that is past its term and not erased yet."""
    on = timezone.localdate(at)
    rules = months_of(on)
    for kind in kinds():
        for what in OF_CASES:
            months = term(rules, kind.code, what)
            if months is None:
                continue
            closed = _over(kind.code, what, midnight(before(on, months)))
            for pk, closed_at in closed.values_list("pk", "closed_at").iterator(chunk_size=2000):
                yield Due(pk, what, after(timezone.localdate(closed_at), months))


def is_due(case: Case, what: str, at: datetime) -> bool:
    """Whether it is still so: asked again under the lock of the case."""
    on = timezone.localdate(at)
    months = term(months_of(on), case.kind, what)
    return (
        months is not None
        and _over(case.kind, what, midnight(before(on, months))).filter(pk=case.pk).exists()
    )


def _over(kind: str, what: str, end: datetime) -> CaseQuerySet:
    """Closed cases of the kind that ended before `end`; a part is kept as long as its whole is open."""
    erased = ErasureItem.objects.filter(case=OuterRef("pk"), what=what, erased_at__isnull=False)
    closed = Case.objects.filter(kind=kind, state=Case.State.CLOSED, closed_at__lt=end)
    whole = Q(parent=None) | Q(parent__state=Case.State.CLOSED, parent__closed_at__lt=end)
    return closed.filter(whole).exclude(Exists(erased)).order_by("pk")


def before(day: date, months: int) -> date:
    return after(day, -months)


def after(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where it has none such."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    return date(year, month + 1, 28)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())
