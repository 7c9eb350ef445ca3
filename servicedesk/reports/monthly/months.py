"""Which months there are to report on, and what a report of one is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

from servicedesk.accounts.models import Office
from servicedesk.desk.permissions import below
from servicedesk.desk.registry import CaseKind, kinds
from servicedesk.reports.periods import DATES, midnight, moved
from servicedesk.reports.scope import Scope

# How many complete months one may choose among.
OFFERED = 24


def this_month(at: datetime) -> date:
    return timezone.localdate(at).replace(day=1)


def complete_months(at: datetime, count: int = OFFERED) -> list[date]:
    """The first days of the last months that are over, the newest first."""
    return [moved(this_month(at), -back) for back in range(1, count + 1)]


def month_words(month: date) -> str:
    """“October 2026”; in Chinese without blanks, as official papers write it."""
    if (get_language() or "").startswith("zh"):
        return f"{month.year}年{month.month}月"
    return date_format(month, "YEAR_MONTH_FORMAT")


def kind_called(code: str) -> CaseKind | None:
    return next((kind for kind in kinds() if kind.code == code), None)


def scope_of(month: date, office: Office | None, kind: str, at: datetime) -> Scope:
    """What a report of the month is about.

    Complaints about offices are in no monthly report, whoever makes it: it is read by people of every office,
    and the supervision office reports on them."""
    following = moved(month, 1)
    asked = {
        "period": DATES,
        "since": month.isoformat(),
        "until": (following - timedelta(days=1)).isoformat(),
        "office": office.code if office else "",
        "kind": kind,
    }
    return Scope(
        since=midnight(month),
        until=midnight(following),
        at=at,
        offices=frozenset(below({office.pk})) if office else None,
        kind=kind_called(kind),
        asked=asked,
        unknown=frozenset(Office.objects.values_list("pk", flat=True)),
    )


def shifted(scope: Scope, months: int) -> Scope:
    """The same report of another month."""
    first = timezone.localdate(scope.since)
    since, until = moved(first, months), moved(first, months + 1)
    return replace(scope, since=midnight(since), until=midnight(until))
