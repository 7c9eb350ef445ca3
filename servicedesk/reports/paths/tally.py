"""Everything the page shows, counted and measured over the paths once."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from servicedesk.clock import WorkCalendar, elapsed_seconds
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.reports.paths.handling import handling_codes as handling_codes
from servicedesk.reports.paths.marks import Codes, edge, marks_of, measured, waits
from servicedesk.reports.paths.reading import BEGIN, Path, Visit

Seconds = dict[str, list[float]]
Measured = tuple[str, float]


def _lists() -> Seconds:
    return defaultdict(list)


@dataclass
class Tally:
    """`cases` has how many cases have a mark, `times` how often all of them have it; `waited`, `touched` and
    `lasted` the seconds of each mark they are known for."""

    cases: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    waited: Seconds = field(default_factory=_lists)
    touched: Seconds = field(default_factory=_lists)
    lasted: Seconds = field(default_factory=_lists)
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, path: Path, codes: Codes, watch: Watch) -> None:
        found = marks_of(path, codes)
        self.times.update(found)
        self.cases.update(found.keys())
        self.ways.setdefault(path.digest, path.way)
        for name, seconds in waits_of(path, watch):
            self.waited[name].append(seconds)
        for name, seconds in touches_of(path, watch):
            self.touched[name].append(seconds)
        if path.closed_at:
            whole = watch.office(None, path.submitted_at, path.closed_at)
            self.lasted[f"path:{path.digest}"].append(whole)


def tallied(paths: Iterable[Path], codes: Codes) -> Tally:
    found, watch = Tally(), Watch()
    for path in paths:
        found.add(path, codes, watch)
    return found


def median(values: list[float] | None) -> float | None:
    """The middle one; None without any."""
    return statistics.median(values) if values else None


# --- time --------------------------------------------------------------------------------------------


class Watch:
    """Measures between two moments: in office time of an office, or by the clock on the wall."""

    def __init__(self, version: int | None = None) -> None:
        self.version = current_version() if version is None else version
        self._known: dict[int | None, WorkCalendar] = {}

    def office(self, office: int | None, since: datetime, until: datetime) -> float:
        """Seconds of the office's own hours (None: the usual hours); 0 where it ends before it begins."""
        if office not in self._known:
            self._known[office] = calendar_of(office, self.version)
        return elapsed_seconds(self._known[office], since, until) if until > since else 0

    def of(self, visit: Visit, since: datetime, until: datetime) -> float:
        """Seconds in the visit's own measure: what the applicant has in hand runs by day and night."""
        if visit.of_office:
            return self.office(visit.office, since, until)
        return max(0.0, (until - since).total_seconds())


def begins(visit: Visit) -> datetime | None:
    """When the work began: taken up by an officer, or with the step where nobody claimed it."""
    return visit.taken_at or visit.started_at


def waits_of(path: Path, watch: Watch) -> Iterator[Measured]:
    """How long each step waited to be taken up: from the end of what went before until then."""
    before, ended = BEGIN, path.submitted_at
    for visit in path.visits:
        began = begins(visit)
        # What nobody has taken up is waiting still, nobody knows how long.
        if visit.started_at and began and not waits(visit):
            since = ended if ended <= visit.started_at else visit.started_at
            yield edge(before, visit.code), watch.of(visit, since, began)
            if measured(visit):
                yield f"at:{visit.code}@{visit.office}", watch.of(visit, visit.started_at, began)
        before, ended = visit.code, _ended(visit, ended)


def _ended(visit: Visit, before: datetime) -> datetime:
    """The latest end so far: a step beside the path delays nothing that follows it."""
    return max(before, visit.done_at) if visit.done_at else before


def touches_of(path: Path, watch: Watch) -> Iterator[Measured]:
    """How long each ended step was in hand."""
    for visit in path.visits:
        began = begins(visit)
        if began and visit.done_at and visit.started_at:
            seconds = watch.of(visit, began, visit.done_at)
            yield f"step:{visit.code}", seconds
            if measured(visit):
                yield f"at:{visit.code}@{visit.office}", seconds
