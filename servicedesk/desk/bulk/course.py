"""When things happen: when matters come in over the months, and how long people take between two acts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from django.conf import settings
from django.utils import timezone

from servicedesk.clock import WorkCalendar
from servicedesk.clock.instants import day_at, to_micros, zone_named
from servicedesk.desk.bulk.dates import SECOND
from servicedesk.desk.bulk.declaring import Gap

HOURS = ((8, 3), (9, 20), (10, 22), (11, 12), (13, 8), (14, 16), (15, 16), (16, 10), (19, 3), (21, 3))
# Half of the open matters came in within so many days.
RECENT_DAYS = 9
# Ready-made samples of each gap: a gamma variate costs more than everything else about a moment.
SAMPLES = 2048


class Course:
    def __init__(self, calendar: WorkCalendar, rng: Random, since: date, until: datetime) -> None:
        self.calendar, self.rng, self.since, self.until = calendar, rng, since, until
        self._samples: dict[Gap, list[int]] = {}

    def arrivals(self, count: int) -> list[int]:
        """Moments of `count` submissions in order: mostly on working days, more from year to year."""
        days = [self.since + timedelta(days=n) for n in range((self.until.date() - self.since).days)]
        weights = [
            (1.0 if self.calendar.is_working(day) else 0.12) * (1 + 0.3 * place / len(days))
            for place, day in enumerate(days)
        ]
        chosen = self.rng.choices(days, cum_weights=list(accumulate(weights)), k=count)
        return sorted(self._on(day) for day in chosen)

    def lately(self, count: int) -> list[int]:
        """The same of matters still open: the nearer to now, the more."""
        last, found = to_micros(self.until), list[int]()
        longest = max((self.until.date() - self.since).days, 1)
        while len(found) < count:
            back = min(self.rng.expovariate(1 / RECENT_DAYS), longest)
            day = (self.until - timedelta(days=back)).date()
            if self.calendar.is_working(day) or self.rng.random() < 0.1:
                found.append(min(self._on(day), last - self.rng.randrange(60, 3600) * SECOND))
        return sorted(found)

    def _on(self, day: date) -> int:
        hour = self.rng.choices([hour for hour, _ in HOURS], [weight for _, weight in HOURS])[0]
        midnight = timezone.make_aware(datetime.combine(day, time()))
        return to_micros(midnight) + (hour * 3600 + self.rng.randrange(3600)) * SECOND

    def walk(self, begin: int, gaps: tuple[Gap, ...]) -> tuple[list[int], list[int]]:
        """Moments of all acts from a submission on, and how much office time has passed at each."""
        index, rng = self.calendar.index, self.rng
        moments, worked = [begin], [index.worked(begin)]
        for gap in gaps[1:]:
            spent = worked[-1] + self._samples_of(gap)[int(rng.random() * SAMPLES)]
            moments.append(index.first_at(spent))
            worked.append(spent)
        return moments, worked

    def _samples_of(self, gap: Gap) -> list[int]:
        if gap not in self._samples:
            drawn = (gap.one(self.rng) for _ in range(SAMPLES))
            self._samples[gap] = [max(round(minutes * 60), 1) * SECOND for minutes in drawn]
        return self._samples[gap]


def year_of(micros: int) -> int:
    """The local year, by which numbers are given."""
    return day_at(zone_named(settings.TIME_ZONE).locate(micros)).year
