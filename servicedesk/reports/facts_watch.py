"""Facts between the reports: derived with every sweep, and every night proven against the engine's tables."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from servicedesk.desk.models import Case
from servicedesk.desk.rounds import register_night, register_round
from servicedesk.reports import facts, month_sums
from servicedesk.reports.models import CaseFact, ClockFact

log = logging.getLogger(__name__)

SAMPLE = 500


@register_round
def refresh(at: datetime) -> int:
    """Derive what was touched, so that the next report has little to wait for. It is nobody's duty: none is
    counted."""
    facts.refresh()
    return 0


@register_night
def prove(at: datetime) -> int:
    """Prove some cases, others every night, and all sums; return how many were wrong."""
    last = Case.objects.aggregate(last=Max("pk"))["last"] or 0
    return prove_from(secrets.randbelow(max(1, last - SAMPLE)))


def prove_from(start: int) -> int:
    """Derive the cases from that key on anew and log what was not as their facts said, and sums that are not
    those of the facts; both are right afterwards. Return how many were wrong."""
    facts.refresh()
    return _prove_cases(start) + _prove_sums()


@transaction.atomic
def _prove_cases(start: int) -> int:
    facts.alone()
    cases = list(Case.objects.filter(pk__gte=start).order_by("pk").values_list("pk", flat=True)[:SAMPLE])
    said, given = facts_of(cases), month_sums.of_cases(cases)
    facts.derive(cases)
    month_sums.add(given, month_sums.of_cases(cases))
    now = facts_of(cases)
    wrong = [case for case in cases if said.get(case) != now.get(case)]
    for case in wrong:
        were, are = (set(each.get(case, [])) for each in (said, now))
        log.error("The facts of case %s were not what its clocks say: %s", case, sorted(were ^ are, key=str))
    return len(wrong)


@transaction.atomic
def _prove_sums() -> int:
    facts.alone()
    wrong = month_sums.differences()
    for place, (stored, counted) in wrong.items():
        log.error("The sum of %s was %s and is %s.", place, stored, counted)
    month_sums.correct(wrong)
    return len(wrong)


def facts_of(cases: list[int]) -> dict[int, list[Any]]:
    """Every fact of these cases, by case."""
    found: dict[int, list[Any]] = {}
    for model in (CaseFact, ClockFact):
        names = [field.attname for field in model._meta.fields]
        for row in model._default_manager.filter(case__in=cases).order_by("pk").values_list("case", *names):
            found.setdefault(row[0], []).append(row[1:])
    return found
