"""The demo's breakfasts: hosts in turn, lists, minutes, and promises of which most were kept."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from enterprises.data import rows
from enterprises.demo.fill import fill
from enterprises.models import Breakfast, BreakfastPromise, Seat, SeatSkip, SignUp, Standing
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Event

# Each step commits, as where the demo runs: thousands of savepoints in one transaction are a crawl.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite]
UNTIL = datetime(2026, 11, 20, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_breakfasts_stand_in_every_stage_and_what_was_promised_there_in_every_state() -> None:
    fill(150, 1, UNTIL, lambda done, total: None)
    breakfasts_stand_in_every_stage()
    most_promises_are_struck_off()
    assert broken(UNTIL) == []


def breakfasts_stand_in_every_stage() -> None:
    stages = {stage: Breakfast.objects.filter(stage=stage).count() for stage in Breakfast.Stage}
    assert stages == {"planned": 0, "open": 2, "selected": 1, "held": 0, "minuted": 4, "cancelled": 0}
    soon = Breakfast.objects.get(stage="selected")
    assert 1 <= (soon.day() - timezone.localdate(UNTIL)).days <= 4
    assert all(row.is_open(UNTIL) and row.sign_ups.exists() for row in Breakfast.objects.filter(stage="open"))
    assert set(Breakfast.objects.values_list("seat", flat=True)) == set(
        Seat.objects.values_list("pk", flat=True)
    )
    assert SeatSkip.objects.count() == 1
    standings = set(SignUp.objects.values_list("standing", flat=True))
    assert {Standing.ATTENDED, Standing.SELECTED, Standing.WAITING, Standing.ASKED} <= standings
    assert not Event.objects.filter(chain__startswith="register:breakfast", at__gt=UNTIL).exists()


def most_promises_are_struck_off() -> None:
    """And one is late, and one was taken up again."""
    promises = Case.objects.filter(kind="promise")
    assert promises.count() == BreakfastPromise.objects.filter(case__isnull=False).count() >= 8
    assert promises.filter(outcome="solved", state="closed").count() >= 3
    late = promises.open().filter(clocks__stopped_at=None, clocks__due_at__lt=UNTIL)
    assert 1 <= late.distinct().count() <= 3
    assert Event.objects.filter(verb="redo", case__kind="promise").count() == 1
    looks = Case.objects.filter(kind="look-back")
    assert looks.filter(state="closed").exists() and looks.open().exists()


def test_every_topic_of_a_breakfast_ends_in_sentences_and_names_offices_there_are() -> None:
    found = rows("demo-breakfasts")
    assert len({row["promise"] for row in found}) == len(found) >= 16
    for row in found:
        assert 20 <= int(row["days"]) <= 60
        assert all(row[name].endswith("。") for name in ("topic", "answer", "promise", "done"))
