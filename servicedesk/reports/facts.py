"""Keeping the facts true: what was touched is derived anew, before every report and with every sweep.

A report is exact as of the moment of asking, for what is committed has left its `Touched` row in the same
transaction. A look deletes the rows it has read and only then reads the cases, in questions of their own:
a change that is committed meanwhile is either seen already or leaves its row for the next look. One looks at
a time, for two would count one change twice into the tallies; the others wait, for their report must be
exact as well."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max, Q

from servicedesk.desk.models import Case, Touched
from servicedesk.reports import deriving, month_sums
from servicedesk.reports.models import CaseFact, ClockFact, MonthTally

BATCH = 500
# Cases made anew in one question: enough to be quick, few enough for the memory of a sort.
SPAN = 20_000
# Any number that nothing else in the database locks by.
LOCK = 0x5E7F4C75


def refresh() -> int:
    """Look at every touched case; return how many there were. One cheap question where there is none."""
    found = 0
    while Touched.objects.exists():
        with transaction.atomic():
            alone()
            found += _look(list(Touched.objects.order_by("pk").values_list("pk", "case")[:BATCH]))
    return found


def alone() -> None:
    """Until the commit nobody else refreshes. On SQLite the transaction itself is the only writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _look(rows: list[tuple[int, int]]) -> int:
    if not rows:
        return 0  # whoever was here before has looked at all of them
    cases = sorted({case for _pk, case in rows})
    Touched.objects.filter(pk__in=[pk for pk, _case in rows]).delete()
    before = month_sums.of_cases(cases)
    derive(cases)
    month_sums.add(before, month_sums.of_cases(cases))
    return len(cases)


def derive(cases: list[int]) -> None:
    """Replace the facts of these cases."""
    ClockFact.objects.filter(case__in=cases).delete()
    CaseFact.objects.filter(pk__in=cases).delete()
    deriving.store_cases(Q(pk__in=cases))
    deriving.store_clocks(Q(case__in=cases))


@transaction.atomic
def rebuild() -> int:
    """Make all facts anew from the engine's tables and return of how many cases. Whoever reads meanwhile
    reads the old ones. Wanted after rows came past the verbs, and after a kind declared its clocks anew."""
    alone()
    for model in (Touched, ClockFact, CaseFact, MonthTally):
        model._default_manager.all()._raw_delete(connection.alias)
    for least, most in _spans():
        deriving.store_cases(Q(pk__gte=least, pk__lt=most))
        deriving.store_clocks(Q(case__gte=least, case__lt=most))
    month_sums.add_all()
    _know_the_tables()
    return CaseFact.objects.count()


def _spans() -> Iterator[tuple[int, int]]:
    """Stretches of keys that together hold every case."""
    last = Case.objects.aggregate(last=Max("pk"))["last"] or 0
    yield from ((least, least + SPAN) for least in range(0, last + 1, SPAN))


def _know_the_tables() -> None:
    """Tell the planner at once what it would learn later, or never in a quiet database."""
    with connection.cursor() as cursor:
        for model in (CaseFact, ClockFact, MonthTally):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
