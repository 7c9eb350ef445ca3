"""The demo is walked through the real verbs, so it must look like one history: matters, letters, breakfasts
with hosts in turn, lists and minutes, and promises of which most were kept. That a seed tells the same one
twice is proven for all services at once, in `tests/approvals/test_demo.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from enterprises import uscc
from enterprises.data import rows
from enterprises.demo.fill import fill
from enterprises.direct_line.dispatching import month_before, trial
from enterprises.models import (
    Breakfast,
    BreakfastPromise,
    Company,
    HandOver,
    Revisit,
    Ruling,
    Seat,
    SeatSkip,
    SignUp,
    Standing,
)
from enterprises.models.duty import rules_in_force
from servicedesk.accounts import demo
from servicedesk.accounts.models import Post
from servicedesk.desk.audit import verify
from servicedesk.desk.invariants import broken
from servicedesk.desk.models import Case, Clock, Event, Notice
from servicedesk.desk.replay import differences

# Each step commits, as where the demo runs: thousands of savepoints in one transaction are a crawl.
pytestmark = pytest.mark.django_db(transaction=True)
UNTIL = datetime(2026, 11, 20, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_one_filled_desk_is_believable_right_and_has_somebody_to_log_in_for_all_of_it(
    settings: Any, mailoutbox: list[Any]
) -> None:
    """One filling for all that is asked of it: it takes longer than the rest of this room."""
    settings.DEMO = True
    fill(100, 1, UNTIL, lambda done, total: None)
    # Those of the rarer ways come besides: seven, two of which make two.
    assert Case.objects.submitted().filter(kind="direct-line").count() == 109
    the_rarer_ways_are_there()
    matters_went_many_ways_and_every_date_and_chain_is_right()
    the_log_in_page_shows_an_officer_and_a_head_who_have_work()
    letters_went_to_a_recording_channel(mailoutbox)
    breakfasts_stand_in_every_stage()
    most_promises_are_struck_off()
    the_centre_has_its_rules_and_hands_its_shifts_over()
    assert broken(UNTIL) == []


def matters_went_many_ways_and_every_date_and_chain_is_right() -> None:
    assert all(uscc.check(company.number).is_good for company in Company.objects.select_related("party"))
    assert list(differences()) == []
    assert list(verify()) == []
    assert Case.objects.filter(outcome="solved").exists()
    assert Case.objects.open().exists()
    assert Clock.objects.filter(late=True).exists()
    assert not Event.objects.filter(at__gt=UNTIL).exists()


def the_rarer_ways_are_there() -> None:
    for verb in ("rule", "join", "split", "merge", "park"):
        assert Event.objects.filter(verb=verb).exists(), verb
    # Two offices argued, not one twice.
    assert {len(ruling.returned_by.all()) for ruling in Ruling.objects.all()} == {2}
    assert set(Revisit.objects.values_list("how", flat=True)) == {"phone", "link", "portal"}
    reviews = Case.objects.filter(kind="bad-review")
    assert reviews.filter(state="closed").exists()
    assert Event.objects.filter(verb="fall_silent", case__outcome="answered").exists()


def the_centre_has_its_rules_and_hands_its_shifts_over() -> None:
    """What is sorted first brings the limits of its topic; of two shifts one waits for its taker."""
    arrears = Clock.objects.filter(case__direct_line__topic__code="arrears", code="resolve")
    assert (30, "calendar_days") in arrears.values_list("term", "unit")
    since, until = month_before(timezone.localdate(UNTIL))
    tried = trial(since, until, rules_in_force(until), Case.objects.all())
    assert tried.matched * 2 > tried.of > 0
    last, before = HandOver.objects.order_by("-until")
    assert (last.taken_by, before.taken_by) == (None, last.by)
    assert last.snapshot["waiting"] is not None and before.snapshot["dispatched"] is not None


def the_log_in_page_shows_an_officer_and_a_head_who_have_work() -> None:
    shown = {person.username for person in demo.people(UNTIL.date())}
    posts = Post.objects.filter(user__username__in=shown)
    officer = posts.get(role=Post.Role.OFFICER)
    assert {"dispatcher1", "company1", "company2"} <= shown
    assert posts.filter(role=Post.Role.HEAD, office=officer.office).exists()
    assert Case.objects.open().filter(officer=officer.user).exists()


def letters_went_to_a_recording_channel(mailoutbox: list[Any]) -> None:
    assert mailoutbox == []
    assert Notice.objects.filter(channel="email").exists()
    assert not Notice.objects.filter(channel="email").exclude(state="sent").exists()


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


def test_a_production_desk_and_one_with_cases_refuse_it(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo", "--cases", "1")


def test_every_topic_of_a_breakfast_ends_in_sentences_and_names_offices_there_are() -> None:
    found = rows("demo-breakfasts")
    assert len({row["promise"] for row in found}) == len(found) >= 16
    for row in found:
        assert 20 <= int(row["days"]) <= 60
        assert all(row[name].endswith("。") for name in ("topic", "answer", "promise", "done"))
