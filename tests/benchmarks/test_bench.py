"""The harness works; how quick the desk is, no test judges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.utils import timezone

from servicedesk.desk import audit, invariants, replay
from servicedesk.desk.bulk.filling import Order, fill
from servicedesk.desk.finding import keep_all
from servicedesk.desk.models import Case, Clock, Extension, Pause, Promise
from servicedesk.reports.models import CaseFact
from tests.benchmarks import engine, measuring, pages
from tests.benchmarks.desk import Desk
from tests.benchmarks.measuring import Measured

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.benchmarks.urls")]

CASES, OPEN = 300, 60


def test_what_is_printed_is_such_as_the_verbs_write_and_the_harness_measures_it(tmp_path: Path) -> None:
    at = timezone.now().replace(microsecond=0)
    assert fill(Order("direct-line", CASES, OPEN, 48, 1, at), lambda done: None) == CASES
    assert Case.objects.submitted().count() == CASES
    assert abs(Case.objects.open().count() - OPEN) <= OPEN // 10
    # A filled desk is a sound one: chains, numbers, alarms, dates, words and facts.
    assert list(audit.findings()) == []
    assert list(replay.differences()) == []
    assert invariants.broken(at) == []
    assert keep_all(Case.objects.all()) == 0
    assert CaseFact.objects.count() == CASES
    # Not one of the ways a matter may go is missing.
    assert Clock.objects.filter(late=True).exists() and Clock.objects.overdue(at).exists()
    assert Pause.objects.exists() and Extension.objects.exists() and Promise.objects.exists()
    assert set(Case.objects.values_list("outcome", flat=True)) >= {"solved", "answered", "withdrawn", ""}

    desk = Desk(CASES)
    for measure in (engine.one_date, pages.queue, pages.workbench, engine.sweep):
        desk.found += measure(desk)
    path = tmp_path / "bench.json"
    measuring.write_json(desk.found, path)
    read = json.loads(path.read_text())
    assert {"one_date", "queue_all", "queue_own_queries", "workbench_queries", "sweep"} <= read.keys()
    assert all({"value", "reference", "ratio", "target", "met"} <= each.keys() for each in read.values())
    assert "sweep" in measuring.table(desk.found)


def test_a_target_is_for_the_ratio_or_for_the_value_and_may_be_missed() -> None:
    assert Measured("page", 30, "ms", 20, target=2).met is True
    assert Measured("page", 50, "ms", 20, target=2).met is False
    assert Measured("sweep", 1500, "a second", target=2000, of="value", better=measuring.MORE).met is False
    assert Measured("page", 30, "ms").met is None
