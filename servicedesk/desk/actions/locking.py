"""Locks on cases. Whoever needs several takes them in the order of their keys, so nobody waits in a circle;
a parent is older than its children, so it always comes first."""

from __future__ import annotations

from django.db.models import Prefetch

from servicedesk.desk.models import Case, Step


def lock(case: Case | int, *others: Case) -> Case:
    """Lock and return the case as it stands in the database, with all it is part of and with `others`.

    On SQLite the IMMEDIATE transaction is the lock. Rows that only point at the case need not wait."""
    key = case if isinstance(case, int) else case.pk
    wanted = {key, *_ancestors(key)}.union(*({each.pk, *_ancestors(each.pk)} for each in others))
    if len(wanted) > 1:
        rows = Case.objects.filter(pk__in=wanted).order_by("pk")
        list(rows.select_for_update(no_key=True).values_list("pk", flat=True))
    locked = Case.objects.select_for_update(of=("self",), no_key=True)
    loaded = locked.select_related("office", "applicant", "officer")
    rows = loaded.prefetch_related(Prefetch("steps", Step.objects.select_related("office")))
    try:
        return rows.get(pk=key)
    except Case.DoesNotExist:
        # Whoever waited on PostgreSQL reads the row anew, but what it is joined to as before: a matter that
        # went to another office meanwhile falls out of the join. It is locked by now, and found again.
        return rows.get(pk=key)


def _ancestors(key: int) -> list[int]:
    """Keys of the case this one is part of, of the one that is part of, and so on."""
    found: list[int] = []
    parent = Case.objects.values_list("parent", flat=True).get(pk=key)
    while parent is not None:
        found.append(parent)
        parent = Case.objects.values_list("parent", flat=True).get(pk=parent)
    return found
