"""How facts follow from the engine's tables: one question for the cases of a condition, which the database
answers into the tables of facts. The same question serves a handful of cases and all of them, so that what
is refreshed case by case is what is made anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import BooleanField, DateTimeField, F, OuterRef, Q, Subquery, Value, When
from django.db.models import Case as Choice

from servicedesk.desk.models import Case, Promise
from servicedesk.reports.keeping import BROKEN_LAST, OURS, PASSED_ON, RELEASED, UNDONE
from servicedesk.reports.models import CaseFact, ClockFact
from servicedesk.reports.scope import public_clocks

ENDED = [Case.State.DECIDED, Case.State.CLOSED]
MEASURABLE = ~PASSED_ON & Q(used__isnull=False)
# Of a case, of an office's part in it, of a limit in it.
TOGETHER = {"case": "case_id", "office": "case_id, office_id", "limit": "case_id, code"}
# The moments that are looked back from, and what puts them into order.
MOMENTS = {"due": "last_at", "broken": "last_at", "missed": "last_at", "passed": "stopped_at"}


def _moment(condition: Q, field: str) -> Choice:
    return Choice(When(condition, then=F(field)), output_field=DateTimeField())


def _whether(condition: Q) -> Choice:
    return Choice(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def _looked_at(of: Q) -> Any:
    """Each promise with what our definitions say of it by itself."""
    told = Promise.objects.filter(clock=OuterRef("pk"), due_at__isnull=False).order_by("pk")
    said = {
        "clock_id": F("pk"),
        "kind": F("case__kind"),
        "handling_id": F("case__office"),
        "against_id": F("case__against"),
        "last_at": F("due_at"),
        "first_at": Subquery(told.values("due_at")[:1]),
        "due": _moment(OURS & ~RELEASED, "due_at"),
        "passed_at": _moment(OURS & RELEASED & ~UNDONE, "stopped_at"),
        "done_at": _moment(OURS & MEASURABLE, "stopped_at"),
        "broken": _whether(BROKEN_LAST),
        "measurable": _whether(MEASURABLE),
        "ended": _whether(Q(case__state__in=ENDED)),
    }
    own = ["case_id", "code", "office_id", "stopped_at", "used"]
    return public_clocks().filter(of).order_by().annotate(**said).values(*said, *own)


# What the first date says: of a running promise it has passed when the last one has, unless it lies behind.
JUDGED = """
SELECT *, due AS due_at,
  COALESCE(stopped_at > first_at OR (stopped_at IS NULL AND first_at <= last_at), FALSE) AS missed,
  CASE WHEN stopped_at IS NULL AND first_at > last_at THEN first_at END AS early_at,
  CASE WHEN broken THEN due END AS broken_at,
  ROW_NUMBER() OVER (PARTITION BY case_id ORDER BY measurable DESC, used DESC, clock_id DESC) = 1 AS longest
FROM looked
"""
BEFORE = (
    "MAX({moment}) OVER (PARTITION BY {together} ORDER BY {order}, clock_id "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS {name}"
)
STAGES = (
    "WITH looked AS MATERIALIZED ({looked}), judged AS MATERIALIZED ({judged}) SELECT {asked} FROM judged"
)
COPIED = "SELECT {names} FROM ({rows}) AS asked"
PLAIN = (
    *("clock_id", "case_id", "kind", "code", "office_id", "handling_id", "against_id"),
    *("due_at", "broken", "missed", "early_at", "passed_at", "done_at", "used"),
)


def _befores() -> Iterator[tuple[str, str]]:
    """Each column that looks back, and its expression."""
    moments = {name: f"{name}_at" for name in MOMENTS} | {"missed": "CASE WHEN missed THEN due_at END"}
    asked = [(what, order, each) for what, order in MOMENTS.items() for each in TOGETHER]
    for what, order, each in [*asked, ("done", "stopped_at", "limit")]:
        name = f"{what}_before_{each}"
        moment = moments.get(what, f"{what}_at")
        yield name, BEFORE.format(moment=moment, together=TOGETHER[each], order=order, name=name)


def store_clocks(of: Q) -> None:
    """Judge the promises that meet `of` (a condition on `Clock` that takes cases whole) into `ClockFact`.

    The stages are kept apart: a database that folded them into one would ask for each date many times."""
    looked, params = _looked_at(of).query.sql_with_params()
    befores = dict(_befores())
    leads = "longest AND measurable AND ended AND done_at IS NOT NULL"
    columns, asked = ", ".join([*PLAIN, "leads", *befores]), ", ".join([*PLAIN, leads, *befores.values()])
    _insert(ClockFact, columns, STAGES.format(looked=looked, judged=JUDGED, asked=asked), params)


def store_cases(of: Q) -> None:
    """Copy what is counted of the submitted cases that meet `of` into `CaseFact`."""
    columns = ("id", "kind", "office_id", "against_id", "submitted_at", "closed_at", "state", "outcome")
    rows, params = Case.objects.submitted().filter(of).order_by().values(*columns).query.sql_with_params()
    names = ", ".join(columns)
    _insert(CaseFact, f"case_{names}", COPIED.format(names=names, rows=rows), params)


def _insert(model: Any, columns: str, asked: str, params: Any) -> None:
    """Have the database put the answer into the table; every name in it is ours, every value a parameter."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {asked}", params)
