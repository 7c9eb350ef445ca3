"""Calendar versions: seen at once by every process, never deleted while a date rests on them, hours dated."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from django.db.models import ProtectedError

from servicedesk.desk import calendars
from servicedesk.desk.actions.redating import redate_open
from servicedesk.desk.models import CalendarDay, CalendarNotice, OfficeHours
from tests import make
from tests.desk.calendar_rows import entered
from tests.faults.world import ROOT, surroundings
from tests.make import moment
from tests.people import HOUSING, Cast, cast

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

# A second process: it says how the day is, waits for a line, and says it again.
WATCHER = """
import sys, django
django.setup()
from datetime import date
from servicedesk.desk.calendars import calendar_of, current_version
for _ in range(2):
    print(calendar_of(None, current_version()).opening(date(2026, 12, 25)), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(autouse=True)
def fresh_calendars() -> Iterator[None]:
    calendars.forget()
    yield
    calendars.forget()


def day_off(year: int = 2026) -> CalendarNotice:
    return entered(year, "增加一天", {date(year, 12, 25): (False, "休")})


# Seen at once


def test_a_new_notice_is_seen_at_once_though_the_old_calendar_is_kept() -> None:
    before = calendars.calendar_of(None, calendars.current_version())
    assert before.opening(date(2026, 12, 25)) == moment("2026-12-25 09:00")
    day_off()
    after = calendars.calendar_of(None, calendars.current_version())
    assert after.opening(date(2026, 12, 25)) is None
    assert before.opening(date(2026, 12, 25)) is not None


@pytest.mark.django_db(transaction=True)
def test_a_notice_entered_in_one_process_is_seen_by_another_that_had_asked_before() -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WATCHER],
        cwd=ROOT,
        env=surroundings(PYTHONPATH=str(ROOT)) | {"VAR_ROOT": os.environ["VAR_ROOT"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None and child.stdin is not None
        assert child.stdout.readline().strip() == "2026-12-25 09:00:00+08:00"
        day_off()
        child.stdin.write("\n")
        child.stdin.flush()
        assert child.stdout.readline().strip() == "None"
    finally:
        child.kill()
        child.communicate()
        connection.close()


# Kept


@pytest.mark.parametrize("model", [CalendarNotice, CalendarDay, OfficeHours])
def test_what_dates_rest_on_cannot_be_deleted_by_row_or_by_query(model: type[CalendarNotice]) -> None:
    make.submitted(cast())
    row = model.objects.order_by("pk")[0]
    with pytest.raises(ProtectedError):
        row.delete()
    with pytest.raises(ProtectedError):
        model.objects.filter(pk=row.pk).delete()
    assert model.objects.filter(pk=row.pk).exists()


def test_a_notice_no_date_rests_on_yet_may_be_taken_back() -> None:
    make.submitted(cast())
    notice = day_off()
    notice.days.all().delete()
    notice.delete()
    assert not CalendarNotice.objects.filter(pk=notice.pk).exists()


# Office hours


def hours_of_housing(people: Cast, valid_from: date, **weekdays: list[str]) -> None:
    names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    rows = [
        OfficeHours(
            office=people.office(HOUSING),
            weekday=names.index(name),
            segments=segments,
            valid_from=valid_from,
            version=0,
        )
        for name, segments in weekdays.items()
    ]
    notice = CalendarNotice(title="夏令时间", source="本局", published_on=valid_from)
    notice.enter(rows)


def opening(people: Cast, day: date, office: str = HOUSING) -> str:
    calendar = calendars.calendar_of(people.office(office).pk, calendars.current_version())
    found = calendar.opening(day)
    return found.strftime("%H:%M") if found else "closed"


def test_an_offices_own_hours_hold_from_their_day_and_the_usual_ones_before(people: Cast) -> None:
    hours_of_housing(people, date(2026, 7, 1), wed=["08:30-12:00", "14:00-17:30"])
    assert opening(people, date(2026, 6, 24)) == "09:00"
    assert opening(people, date(2026, 7, 1)) == "08:30"


def test_a_weekday_without_own_hours_keeps_the_usual_ones_and_an_empty_one_is_closed(people: Cast) -> None:
    hours_of_housing(people, date(2026, 7, 1), wed=["08:30-12:00"], thu=[])
    assert opening(people, date(2026, 7, 3)) == "09:00"
    assert opening(people, date(2026, 7, 2)) == "closed"
    assert opening(people, date(2026, 7, 2), "swuj") == "09:00"


def test_winter_hours_replace_summer_hours_on_their_day(people: Cast) -> None:
    hours_of_housing(people, date(2026, 7, 1), wed=["08:30-12:00"])
    hours_of_housing(people, date(2026, 10, 1), wed=["09:00-12:00", "13:00-16:30"])
    assert [opening(people, date(2026, month, 14)) for month in (1, 10)] == ["09:00", "09:00"]
    assert opening(people, date(2026, 9, 30)) == "08:30"
    assert opening(people, date(2026, 10, 14)) == "09:00"


def test_hours_of_its_own_move_no_date_that_falls_before_they_begin(people: Cast) -> None:
    make.claimed(people)
    hours_of_housing(people, date(2026, 7, 1), mon=["08:00-11:00"])
    told = redate_open(calendars.current_version(), at=make.MONDAY)
    assert (told.cases, told.moved) == (1, 0)
