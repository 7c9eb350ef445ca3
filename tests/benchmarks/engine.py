"""What the engine does by itself: dates, dating anew, ringing."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone

from servicedesk.clock import Pause, Reckoning, Term, due_days
from servicedesk.desk.actions.redating import behind, redate_open
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Alarm, CalendarDay, CalendarNotice, Event, Notice
from servicedesk.desk.notices import recording
from servicedesk.desk.ringing import ring
from tests.benchmarks.desk import Desk
from tests.benchmarks.measuring import MORE, Measured, median

STARTS = 1_000_000
ALARMS = 10_000
OPEN_CLOCKS = 100_000


def one_date(desk: Desk) -> Iterator[Measured]:
    """From the question to the moment, nothing kept between two."""
    calendar = calendar_of(None, current_version())
    term, rng = Term(1950, "working_minutes"), random.Random(1)
    midnight = timezone.make_aware(datetime(2026, 3, 2))
    starts = [midnight + timedelta(minutes=rng.randrange(200 * 1440)) for _ in range(1000)]
    asked = [
        (
            start,
            (
                Pause(start + timedelta(hours=3), start + timedelta(hours=9)),
                Pause(start + timedelta(days=1), start + timedelta(days=2, hours=4)),
            ),
        )
        for start in starts
    ]

    def work() -> None:
        for start, pauses in asked:
            Reckoning(calendar, start, term, pauses).due()

    micros = median(work, desk.runs(15), desk.runs(2)) / len(asked) * 1e6
    yield Measured("one_date", micros, "µs", target=15, of="value", note="working minutes, two pauses")


def dates_in_bulk(desk: Desk) -> Iterator[Measured]:
    calendar, rng = calendar_of(None, current_version()), random.Random(1)
    count = STARTS if desk.cases > 1000 else 10_000
    starts = [date(2020, 1, 1) + timedelta(days=rng.randrange(3600)) for _ in range(count)]
    micros = median(lambda: due_days(calendar, starts, 15), 5) / count * 1e6
    note = f"{count} starts, terms of 15 working days"
    yield Measured("dates_in_bulk", micros, "µs", target=3, of="value", note=note)


def redating(desk: Desk) -> Iterator[Measured]:
    """A notice that takes three of the next working days away: nearly everything that runs moves."""
    version = current_version()
    day, days = desk.at.date() + timedelta(days=1), []
    calendar = calendar_of(None, version)
    while len(days) < 3:
        if calendar.is_working(day):
            days.append(day)
        day += timedelta(days=1)
    notice = CalendarNotice(
        year=desk.at.year, title="关于调整放假安排的通知", source="国务院办公厅", published_on=desk.at.date()
    )
    notice.enter()
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, day=each, works=False, name="调休") for each in days
    )
    count = behind(notice.version).count()
    began = time.perf_counter()
    with recording():
        done = redate_open(notice.version, at=timezone.now())
    took = time.perf_counter() - began
    note = f"{count} clocks, {done.moved} moved, took {took:.1f} s; scaled to {OPEN_CLOCKS}"
    yield Measured("redating", took * OPEN_CLOCKS / max(count, 1), "s", target=60, of="value", note=note)


def sweep(desk: Desk) -> Iterator[Measured]:
    """Ring until nothing is due, at the moment by which enough alarms are."""
    pending = Alarm.objects.filter(settled_at=None).order_by("rings_at")
    moments = list(pending.values_list("rings_at", flat=True)[:ALARMS])
    at = max(moments[-1], timezone.now())
    events, notices = Event.objects.count(), Notice.objects.count()
    began = time.perf_counter()
    with recording():
        told = ring(at)
    took = time.perf_counter() - began
    made = f"{Event.objects.count() - events} events, {Notice.objects.count() - notices} notices"
    note = f"{told} alarms in {took:.1f} s, with {made}"
    yield Measured("sweep", told / took, "alarms/s", target=2000, of="value", better=MORE, note=note)
