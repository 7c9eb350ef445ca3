"""Several hands at one breakfast in the same moment."""

from __future__ import annotations

from functools import partial

import pytest

from enterprises.breakfasts import minutes, room, stages
from enterprises.breakfasts.reminders import remind
from enterprises.breakfasts.sign_ups import decline, sign_up
from enterprises.models import BreakfastReminder, SignUp
from servicedesk.desk.audit import verify
from servicedesk.desk.models import Case, Event, Notice
from tests.desk.racing import errors, together
from tests.enterprises import make_breakfast as make
from tests.enterprises.make_breakfast import EARLY, SELECTING, SIGNING
from tests.make import moment

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_concurrent_declines_give_each_place_to_one_company() -> None:
    table = make.table(quota=3)
    rows = make.selected(table, "jia", "yi", "bing", "ding", "wu")
    acts = [partial(decline, row, by=row.by, at=SELECTING) for row in rows[:3]] * 2
    answers = together(*acts)
    assert errors(answers) == []
    assert sorted(answers) == [False] * 3 + [True] * 3
    standing = dict(SignUp.objects.values_list("by__username", "standing"))
    assert standing == dict.fromkeys(("jia", "yi", "bing"), "declined") | {
        "ding": "selected",
        "wu": "selected",
    }
    places = SignUp.objects.filter(standing="selected").values_list("position", flat=True)
    assert len(set(places)) == 2
    assert Event.objects.filter(verb="breakfast_move_up").count() == 2
    assert list(verify()) == []


def test_one_company_signing_up_in_two_windows_is_one_sign_up() -> None:
    table = make.table()
    guest = make.company("青岛甲有限公司")
    user = make.speaker("jia", guest)
    press = partial(sign_up, table.breakfast, guest, by=user, at=EARLY, topics="厂前道路")
    assert errors(together(*[press] * 8)) == []
    assert SignUp.objects.count() == 1


def test_places_given_out_in_two_windows_are_given_out_once() -> None:
    table = make.table()
    for name in ("jia", "yi", "bing"):
        make.asked(table, name)
    press = partial(stages.select, table.breakfast, by=table.people.diana, at=SELECTING)
    answers = together(*[press] * 4)
    assert sorted(len(answer) for answer in answers) == [0, 0, 0, 3]
    assert Notice.objects.filter(channel="app").count() == 3


def test_two_sweepers_remind_once() -> None:
    table = make.table()
    make.selected(table, "jia", "yi")
    assert sum(together(*[partial(remind, moment("2026-03-11 09:00"))] * 4)) == 2
    assert BreakfastReminder.objects.count() == 2


def test_minutes_signed_twice_at_once_make_each_promise_one_case() -> None:
    table = make.table()
    make.held(table, "jia", "yi")
    room.write_minutes(table.breakfast, "纪要", by=table.clerk, at=SIGNING)
    press = partial(minutes.sign, table.breakfast, by=table.head, at=SIGNING)
    answers = together(*[press] * 4)
    assert sorted(len(answer) for answer in answers) == [0, 0, 0, 2]
    assert Case.objects.filter(kind="promise").count() == 2
