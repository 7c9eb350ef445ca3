"""The moving clock: stories wake in the order of time, and between them the sweep rings what is due."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterator
from datetime import datetime, time, timedelta
from itertools import count

from django.db import transaction
from django.utils import timezone

from enterprises.breakfasts.reminders import remind
from servicedesk.clock import Reckoning, Term, WorkCalendar, elapsed_seconds
from servicedesk.desk.actions.law import take_effect_everywhere
from servicedesk.desk.digests import digests
from servicedesk.desk.ringing import ring

Story = Iterator[datetime]
# A part of a story, which tells when it ended.
Act = Generator[datetime, None, datetime]
# When the demo's beat sweeps on a working day; the real one does so every half minute.
MORNING = time(9, 2)
SWEEPS = (MORNING, time(11, 32), time(15, 2), time(17, 2))
COMMIT_EVERY = 25


class Walk:
    """Runs stories until `until`. What they would do later stays undone: those matters are open."""

    def __init__(self, calendar: WorkCalendar, until: datetime) -> None:
        self.calendar, self.until = calendar, until
        self._heap: list[tuple[datetime, int, Story]] = []
        self._order = count()

    def add(self, story: Story) -> None:
        self._push(story)

    def _push(self, story: Story) -> None:
        at = next(story, None)
        if at is not None and at <= self.until:
            heapq.heappush(self._heap, (at, next(self._order), story))

    def run(self, told: Callable[[], None]) -> None:
        """Walk to the end, committing every few steps so that others may read and write meanwhile."""
        sweeps = self._sweeps()
        next_sweep = next(sweeps, None)
        while self._heap or next_sweep is not None:
            with transaction.atomic():
                for _turn in range(COMMIT_EVERY):
                    next_sweep = self._turn(sweeps, next_sweep)
            told()

    def _turn(self, sweeps: Iterator[datetime], next_sweep: datetime | None) -> datetime | None:
        at = self._heap[0][0] if self._heap else None
        if next_sweep is not None and (at is None or next_sweep <= at):
            morning = timezone.localtime(next_sweep).time() == MORNING
            if morning:
                take_effect_everywhere(next_sweep)
            ring(next_sweep)
            if morning:
                digests(next_sweep)
                remind(next_sweep)
            return next(sweeps, None)
        if at is not None:
            self._push(heapq.heappop(self._heap)[2])
        return next_sweep

    def _sweeps(self) -> Iterator[datetime]:
        day = timezone.localtime(self._heap[0][0]).date() if self._heap else self.until.date()
        while day <= timezone.localtime(self.until).date():
            if self.calendar.is_working(day):
                for moment in SWEEPS:
                    at = timezone.make_aware(datetime.combine(day, moment))
                    if at <= self.until:
                        yield at
            day += timedelta(days=1)

    def open_at(self, at: datetime) -> datetime:
        """`at` itself where offices are open then, else when they open next."""
        return self.calendar.next_open(at)

    def within(self, at: datetime, due: datetime, share: float) -> datetime:
        """A moment of office hours after `at`, when that share of the office time until `due` has passed."""
        whole = elapsed_seconds(self.calendar, at, max(at, due)) / 60
        return self.later(at, max(5, whole * share))

    def later(self, at: datetime, minutes: float) -> datetime:
        """The moment that many working minutes after `at`, always inside office hours."""
        return self.calendar_due(at, max(1, round(minutes)))

    def calendar_due(self, at: datetime, minutes: int) -> datetime:
        due = Reckoning(self.calendar, at, Term(minutes, "working_minutes")).due()
        assert due is not None
        return due
