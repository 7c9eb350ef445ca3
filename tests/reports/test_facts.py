"""Facts beside the engine's tables: every number as if it were counted from these, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from itertools import product
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from enterprises.models import DirectLineMatter, Topic
from servicedesk.desk import actions, trail
from servicedesk.desk.models import Case, Promise, Touched
from servicedesk.desk.ringing import ring
from servicedesk.reports import counting, facts, facts_watch, month_sums
from servicedesk.reports.models import CaseFact, ClockFact, MonthTally
from servicedesk.reports.scope import Scope
from servicedesk.reports.trend import trend
from tests import make
from tests.desk import permits
from tests.enterprises.overseeing import complaint
from tests.make import moment
from tests.people import Cast
from tests.reports import month, reference
from tests.reports.month import NOW, Month, scope_of

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

PERIODS = {
    "all of it": ("2026-01-01", "2026-12-31"),
    "March": ("2026-03-01", "2026-03-31"),
    "a week of March": ("2026-03-03", "2026-03-09"),
    "a day": ("2026-03-10", "2026-03-10"),
    "up to now": ("2026-03-20", "2026-04-30"),
}
KINDS = ("direct-line", "test-permit", "complaint", "")


def said(found: Any) -> Any:
    """Numbers without the names of nothing."""
    return {name: number for name, number in found.items() if number and name != "sample"}


def every_number(found: counting.Counted) -> dict[str, Any]:
    return {
        "rows": {key: said(row) for key, row in found.rows.items()},
        "total": said(found.total),
        "times": found.times,
        "time": found.time,
        "limits": {each.key: (each.name, said(each.numbers), each.times) for each in found.limits},
    }


@contextmanager
def rarer(found: Month) -> Iterator[None]:
    """What the month lacks: merged, complained of, stopped, parked, told an earlier date."""
    people, at = found.people, month.at
    found.claimed("twin", at(11, "09:00"))
    older = found.claimed("older", at(10, "09:30"))
    actions.merge(
        found["twin"], by=people.diana, at=at(12, "09:00"), into=make.again(older), reason="同一件。"
    )
    complaint(people, at=at(9, "09:00"))
    with permits.known():
        stopped = permits.accepted(people)
        actions.pause(
            stopped,
            by=people.alice,
            at=at(3, "10:00"),
            category="expert_review",
            reason="专家评审",
            basis=permits.LAW,
        )
        parked = permits.accepted(people, at=at(4, "09:00"))
        until = moment("2026-06-01 09:00")
        actions.park(
            parked, by=people.diana, at=at(5, "10:00"), reason="待规划", basis="会议纪要", until=until
        )
        told_earlier(found["overdue"])
        yield


def told_earlier(case: Case) -> None:
    """Its last date came before the first one, which had not passed when the question is put, or had."""
    for code, first in (("resolve", NOW + timedelta(days=1)), ("company", NOW - timedelta(days=1))):
        told = Promise.objects.filter(clock__case=case, clock__code=code)
        told.update(due_at=first)
    trail.touch([case.pk])


def scopes(people: Cast) -> Iterator[Scope]:
    """Every period with every kind; and March by offices, values and groups."""
    grace = people.grace
    for (since, until), kind in product(PERIODS.values(), KINDS):
        for group in ("office", "kind"):
            yield scope_of(grace, since=since, until=until, kind=kind, group=group)
    for since, until in PERIODS.values():
        choices: tuple[Any, ...] = (
            *({"office": "zjj"}, {"office": "fwzx"}, {"in_topic": "none"}, {"group": "topic"}),
        )
        for more in choices:
            yield scope_of(grace, since=since, until=until, **more)
        yield scope_of(people.bob, since=since, until=until, kind="")
    whole = scope_of(grace, since="2026-01-01", until="2026-12-31", kind="")
    some = [people.office(code).pk for code in ("zjj", "fwzx", "swuj")]
    for group in ("office", "kind"):
        yield replace(whole, offices=frozenset(some), group=group)
        yield replace(whole, unknown=frozenset(some), group=group)
        yield replace(whole, at=moment("2026-03-25 12:00"), group=group)


def test_every_number_is_what_the_tables_of_the_engine_say(march: Month) -> None:
    topic = Topic.objects.valid().first()
    DirectLineMatter.objects.filter(case__in=[march["kept"], march["overdue"]]).update(topic=topic)
    with rarer(march):
        counts = 0
        for scope in scopes(march.people):
            found = every_number(counting.counted(scope))
            assert found == every_number(reference.counted(scope)), scope
            counts += len(found["total"])
        assert counts > 400


def test_each_month_of_a_trend_is_what_the_tables_of_the_engine_say(march: Month) -> None:
    with rarer(march):
        grace = march.people.grace
        for scope in (
            scope_of(grace, period="month", kind=""),
            scope_of(grace),
            scope_of(grace, since="2026-03-10", until="2026-03-20"),
            scope_of(grace, office="zjj"),
            scope_of(grace, in_topic="none"),
            replace(scope_of(grace, kind=""), unknown=frozenset([march.people.office("zjj").pk])),
        ):
            months = trend(scope)
            whole = scope.between(months[0].scope.since, scope.until)
            expected = {first: said(row) for first, row in reference.trend(whole).items()}
            found = {each.first: _numbers(each) for each in months}
            assert {first: row for first, row in found.items() if row} == expected, scope


def _numbers(each: Any) -> dict[str, int]:
    broken = each.kept.whole - each.kept.part
    return said({"received": each.received, "closed": each.closed, "due": each.kept.whole, "broken": broken})


# --- kept true -------------------------------------------------------------------------------------


def everything() -> Any:
    cases = list(Case.objects.values_list("pk", flat=True))
    sums = MonthTally.objects.order_by("month", "kind", "against")
    rows = sums.values_list("month", "kind", "against", *month_sums.NAMES)
    return facts_watch.facts_of(cases), [row for row in rows if any(row[3:])]


class Watched:
    """The verbs; after each of them what was refreshed is what is made anew."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def __getattr__(self, name: str) -> Any:
        def act(*args: Any, **told: Any) -> Any:
            answer = getattr(actions, name)(*args, **told)
            facts.refresh()
            refreshed = everything()
            facts.rebuild()
            assert refreshed == everything(), name
            self.done.append(name)
            return answer

        return act


def test_after_every_verb_what_is_refreshed_is_what_is_made_anew(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched()
    monkeypatch.setattr(month, "actions", watched)
    found = Month(people)
    for act in (found.late_contact, found.returned, found.extended, found.withdrawn, found.unreached):
        act()
    assert {"redo", "return_to_centre", "extend", "withdraw", "confirm", "rate"} <= set(watched.done)
    # The bad rating is a matter of its own by now.
    assert CaseFact.objects.count() == 6 and ClockFact.objects.filter(leads=True).count() == 2


def test_nothing_is_left_to_look_at_and_nothing_is_looked_at_twice(march: Month) -> None:
    assert not Touched.objects.exists() and facts.refresh() == 0
    actions.note(march["young"], by=march.people.alice, at=NOW, text="已电话联系。")
    assert facts.refresh() == 1 and not Touched.objects.exists()


def test_a_sweep_leaves_nothing_to_look_at(march: Month) -> None:
    trail.touch([march["young"].pk] * 3)
    assert facts_watch.refresh(NOW) == 0
    assert not Touched.objects.exists()


def test_at_night_facts_that_are_not_so_are_named_and_mended(
    march: Month, caplog: pytest.LogCaptureFixture
) -> None:
    assert facts_watch.prove_from(0) == 0
    ClockFact.objects.filter(case=march["kept"], code="resolve").update(broken=True)
    MonthTally.objects.filter(month="2026-02-01").update(received=7)
    # The case, and the sums it falsified and we did.
    assert facts_watch.prove_from(0) == 3
    assert f"The facts of case {march['kept'].pk}" in caplog.text and "received" in caplog.text
    assert facts_watch.prove_from(0) == 0


def test_a_command_makes_all_of_it_anew(march: Month, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything()
    for model in (ClockFact, CaseFact, MonthTally):
        model._default_manager.all().delete()
    call_command("rebuild_facts")
    assert "10 cases" in capsys.readouterr().out
    assert everything() == before


def test_a_ring_leaves_nothing_to_look_at(march: Month) -> None:
    """Thousands ring in a sweep, and none of it is counted."""
    assert ring(NOW) > 0
    assert not Touched.objects.exists()


def test_a_desk_that_was_there_before_looks_at_every_case(march: Month) -> None:
    before = everything()
    for model in (ClockFact, CaseFact, MonthTally):
        model._default_manager.all().delete()
    migration = import_module("servicedesk.reports.migrations.0005_look_at_every_case")
    migration.touch(apps, SimpleNamespace(connection=connection))
    assert facts.refresh() == 10
    assert everything() == before


def test_an_undone_dispatch_is_in_no_figure_of_the_office(people: Cast) -> None:
    at = moment("2026-03-02 09:00")
    case = make.dispatched(people, at=at)
    actions.recall(case, by=people.diana, at=at + timedelta(minutes=5))
    facts.refresh()
    undone = ClockFact.objects.get(case=case, code="contact")
    assert (undone.due_at, undone.passed_at, undone.done_at) == (None, None, None)
