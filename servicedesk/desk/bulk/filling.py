"""Filling a desk: batch by batch, each written whole or not at all, in the order of submission. What an
interrupted run has written stands; another run adds to it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from functools import partial
from random import Random
from typing import Any

from django.db import connection, connections
from django.db.models import Max
from django.utils import timezone

from servicedesk.clock.instants import to_micros
from servicedesk.desk.actions.redating import undisturbed
from servicedesk.desk.bulk.course import Course, year_of
from servicedesk.desk.bulk.declaring import Applicant, Bulk, bulk_of, do_afterwards
from servicedesk.desk.bulk.people import People, Role, settle
from servicedesk.desk.bulk.printing import Matter, Press, Sheet
from servicedesk.desk.bulk.rehearsal import Told, rehearse
from servicedesk.desk.bulk.script import Model
from servicedesk.desk.bulk.writing import know_the_tables, reserve, without_indexes, write
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Case, ChainRoot, NumberSeries
from servicedesk.desk.registry import CENTRE, kind_of

BATCH = 5000
# A story that would go beyond now is drawn again this often before its matter stays open.
TRIES = 6
# A matter for every tenth company, at most this many companies.
MATTERS_EACH, MOST_APPLICANTS = 10, 40_000


@dataclass(frozen=True)
class Order:
    """What is wanted: `count` cases over so many months, about `open_` of them not yet closed."""

    kind: str
    count: int
    open_: int
    months: int
    seed: int
    at: datetime


@dataclass
class Filler:
    """Draws matters one after the other and prints them."""

    order: Order
    bulk: Bulk
    people: People
    applicants: list[Applicant]
    course: Course
    rng: Random
    told: dict[str, list[Told]]
    prefix: str
    weights: dict[str, list[float]] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.weights = {sort: [each.story.weight for each in told] for sort, told in self.told.items()}
        self.next_matter = self.bulk.matters(self.rng, self.people.offices)
        self.now = to_micros(self.order.at)
        self.handling = self.people.handling()

    def matter(self, begin: int, is_open: bool, sheet: Sheet) -> Matter:
        applicant = self.applicants[int(self.rng.random() * len(self.applicants))]
        sort, office, values = self.next_matter(applicant)
        told, place, moments, worked = self._drawn(sort, begin, is_open)
        values |= self._cast(applicant, office)
        offices = {"handling": values["handling"], "other": values["other"], "": self._centre}
        return Matter(told.scripts[place], moments, worked, values, offices, self._numbered(begin, sheet))

    def _numbered(self, begin: int, sheet: Sheet) -> str:
        """The next number of its year; the batch it is printed in draws it."""
        year = year_of(begin)
        if year not in self.numbers:
            last = NumberSeries.objects.filter(series=self.prefix, year=year).values_list("last", flat=True)
            self.numbers[year] = last.first() or 0
        self.numbers[year] += 1
        sheet.numbers[year].append(f"{self.prefix}-{year}-{self.numbers[year]:06d}")
        return sheet.numbers[year][-1]

    def _drawn(self, sort: str, begin: int, is_open: bool) -> tuple[Told, int, list[int], list[int]]:
        """A story with its moments, and the act it has come to."""
        for attempt in range(TRIES):
            told = self.rng.choices(self.told[sort], self.weights[sort])[0]
            if is_open and not told.story.stops:
                continue
            moments, worked = self._walk(told, begin)
            last = len(moments) - 1
            if not is_open and moments[last] <= self.now:
                return told, last, moments, worked
            if is_open or (attempt == TRIES - 1 and told.story.stops):
                return told, self._come_to(moments), moments, worked
        # Nothing that ends in time was drawn: the plainest story, as far as it has come.
        told = next(each for each in self.told[sort] if each.story.stops)
        moments, worked = self._walk(told, begin)
        return told, self._come_to(moments), moments, worked

    def _walk(self, told: Told, begin: int) -> tuple[list[int], list[int]]:
        return self.course.walk(begin, tuple(act.gap for act in told.story.acts))

    def _come_to(self, moments: list[int]) -> int:
        """The last act that has happened by now; of a matter that might be over, some act it stuck at."""
        done = sum(1 for each in moments if each <= self.now) - 1
        return max(done, 0) if done < len(moments) - 1 else self.rng.randrange(len(moments) - 1)

    @property
    def _centre(self) -> int:
        return self.people.offices[CENTRE].pk

    def _cast(self, applicant: Applicant, office: str) -> dict[str, Any]:
        people, one = self.people, self.rng.choice
        officers = people.of(office, Role.OFFICER)
        if not officers:
            office = one(self.handling).code
            officers = people.of(office, Role.OFFICER)
        other = one(self.handling)
        while other.code == office:
            other = one(self.handling)
        return {
            "party": applicant.party,
            "applicant": applicant.user,
            "dispatcher": one(people.of(CENTRE, Role.DISPATCHER)).pk,
            "leader": people.of(CENTRE, Role.LEADER)[0].pk,
            "officer": one(officers).pk,
            "head": people.of(office, Role.HEAD)[0].pk,
            "other_head": people.of(other.code, Role.HEAD)[0].pk,
            "handling": people.offices[office].pk,
            "handling_code": office,
            "other": other.pk,
            "other_code": other.code,
        }


def fill(order: Order, told: Callable[[int], None], *, unindexed: bool = False) -> int:
    """Fill the desk and return how many cases were written; `told` hears of the number after each batch.
    With `unindexed` the indexes are made anew afterwards (`without_indexes`), on PostgreSQL."""
    # Another run on the same desk draws other keys, which are unique.
    drawn = f"{order.seed} {Case.objects.count()}"
    bulk, rng = bulk_of(order.kind), Random(drawn)  # noqa: S311 (a filled desk, not a secret)
    since = (order.at - timedelta(days=order.months * 30.44)).date()
    people = settle(since)
    wanted = min(max(order.count // MATTERS_EACH, 5), MOST_APPLICANTS)
    applicants = bulk.applicants(wanted, rng, {"since": since})
    on = (order.at - timedelta(days=min(90, order.months * 15))).date()
    rehearsed = rehearse(bulk, people, applicants[0], on)
    course = Course(calendar_of(None, current_version()), rng, since, order.at)
    prefix = kind_of(order.kind).prefix_of({})
    filler = Filler(order, bulk, people, applicants, course, rng, rehearsed, prefix)
    press = Press(order.at, _first_free_moment(), rng)
    arrivals = sorted(
        [(each, False) for each in course.arrivals(order.count - order.open_)]
        + [(each, True) for each in course.lately(order.open_)]
    )
    keys = reserve({model: most * order.count for model, most in _most(rehearsed).items()})
    done = 0
    bare = without_indexes(keys) if unindexed and connection.vendor == "postgresql" else nullcontext()
    with undisturbed(), bare, _beside() as later:
        for first in range(0, len(arrivals), BATCH):
            sheet = Sheet()
            for begin, is_open in arrivals[first : first + BATCH]:
                press.print(filler.matter(begin, is_open, sheet), keys, sheet)
                done += 1
            later(partial(write, sheet, prefix))
            told(done)
    know_the_tables(keys)
    do_afterwards()
    return done


def _most(rehearsed: dict[str, list[Told]]) -> Counter[Model]:
    """Most rows of each table that one case may need."""
    found: Counter[Model] = Counter()
    for told in (each for every in rehearsed.values() for each in every):
        for script in told.scripts.values():
            found |= Counter(script.counts)
    return found


def _first_free_moment() -> int:
    """The moment before which every day is signed: what is recorded now is recorded after it."""
    last = ChainRoot.objects.aggregate(last=Max("day"))["last"]
    if last is None:
        return 0
    return to_micros(timezone.make_aware(datetime.combine(last + timedelta(days=1), time())))


@contextmanager
def _beside() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Run writes while the next batch is printed, one at a time; on SQLite, which has one writer, at once,
    and within a transaction too, for another connection would wait for what this one has not committed."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield lambda work: work()
        return
    pending: list[Future[Any]] = []

    def later(work: Callable[[], None]) -> None:
        while pending:
            pending.pop().result()
        pending.append(pool.submit(work))

    with ThreadPoolExecutor(1) as pool:
        try:
            yield later
            while pending:
                pending.pop().result()
        finally:
            pool.submit(connections.close_all).result()
