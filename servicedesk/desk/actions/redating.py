"""Dating open clocks anew when the calendar changes: a holiday moved in mid-year, a provisional year firm.

Batch by batch of cases, each a transaction of its own; the calendar version of a clock says whether it is
done, so that a run that was interrupted goes on where it stopped. Closed clocks keep theirs."""

from __future__ import annotations

import gc
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import attrgetter

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Q
from django.utils.translation import gettext as _

from servicedesk.accounts.models import User
from servicedesk.clock import Notice as Counted
from servicedesk.desk import alarms, chains
from servicedesk.desk.actions.clockwork import place_of
from servicedesk.desk.calendars import Calendars, as_if, calendar_of, current_version, first_change
from servicedesk.desk.errors import BadInput
from servicedesk.desk.models import (
    Alarm,
    CalendarNotice,
    Case,
    Clock,
    Event,
    Pause,
    Promise,
)
from servicedesk.desk.models.clock import ClockQuerySet
from servicedesk.desk.notices import tell_many
from servicedesk.desk.reckon import redate
from servicedesk.desk.shift_news import news_of
from servicedesk.desk.shifts import Moved, Redated, summed
from servicedesk.desk.storing import change, store
from servicedesk.desk.trail import chain_of_case, chain_of_row
from servicedesk.desk.verbs import done_words

VERB = "redate"
BATCH = 500
DATED = {"due_at": "datetime", "provisional": "bool", "calendar_version": "int"}


@dataclass
class Run:
    """One re-dating: for which notice, by which calendars, when, by whom; every event of it is one click.

    What is due before `since` and certain stays as it is: nothing changes before that moment."""

    notice: CalendarNotice
    calendars: Calendars
    since: datetime | None
    at: datetime
    by: User | None = None
    dry: bool = False
    click: uuid.UUID = field(default_factory=uuid.uuid4)
    title: str = field(default_factory=partial(done_words, VERB))

    @property
    def version(self) -> int:
        return self.notice.version

    @property
    def reason(self) -> str:
        number = f"（{self.notice.number}）" if self.notice.number else ""
        return f"{self.notice.title}{number}"


def redate_open(
    version: int, *, at: datetime, by: User | None = None, dry_run: bool = False, most: int | None = None
) -> Redated:
    """Date every open clock by calendar `version` and return what that moves; a dry run only counts.

    Only a clock whose date moves gets an event (with the notice as its reason) and a line in the promise
    ledger; those affected are told in their next digest. With `most`, about so many cases are dated and the
    others left to the sweep. Raises BadInput for a version nobody entered."""
    notice = CalendarNotice.objects.filter(version=version).first()
    if notice is None:
        raise BadInput("unknown-version", _("There is no such calendar notice."), "version")
    since = first_change(_oldest(version), version)
    by = by or getattr(entry_of(notice), "by", None)
    return _go(Run(notice, lambda office: calendar_of(office, version), since, at, by, dry_run), most)


def foresee(notice: CalendarNotice, counted: Counted, at: datetime) -> Redated:
    """What entering `notice` with its days (`counted`) would move. Nothing is written."""
    version = current_version()
    notice.version = version + 1
    since = first_change(_oldest(notice.version), version, [counted])
    return _go(Run(notice, as_if(counted), since, at, dry=True), None)


def entry_of(notice: CalendarNotice) -> Event | None:
    """The event of the notice's entry, unless it came with the desk. Its dates move in the name of whoever
    entered it, whoever carries that out."""
    entries = Event.objects.filter(chain=chain_of_row(notice), verb="register_add").select_related("by")
    return entries.order_by("seq").first()


def redate_behind(at: datetime) -> Redated:
    """Date the open clocks that a newer notice has left behind; none, after one cheap question, as a rule.

    The sweep asks, so that a notice entered anywhere moves every date it touches within half a minute."""
    version = current_version()
    if not behind(version).exists():
        return Redated()
    return redate_open(version, at=at)


def behind(version: int) -> ClockQuerySet:
    """Open clocks that calendar `version` has not dated yet."""
    return Clock.objects.running().filter(calendar_version__lt=version)


def _oldest(version: int) -> int:
    """The oldest calendar version an open clock still follows."""
    return behind(version).aggregate(oldest=Min("calendar_version"))["oldest"] or 0


def _go(run: Run, most: int | None) -> Redated:
    total = Redated()
    with undisturbed():
        for keys in _batches(run.version):
            with transaction.atomic():
                total += _batch(keys, run)
            if most is not None and total.cases >= most:
                break
    return total


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the collector off what was there before: rows come and go by the hundred thousand meanwhile, and
    looking through everything else each time took a third of the run."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _batches(version: int) -> Iterator[list[int]]:
    """Keys of the cases with clocks still to be dated, in order."""
    left = behind(version).order_by("case")
    after = 0
    while keys := list(left.filter(case__gt=after).values_list("case", flat=True).distinct()[:BATCH]):
        yield keys
        after = keys[-1]


def _batch(keys: list[int], run: Run) -> Redated:
    if not run.dry:
        cases = Case.objects.filter(pk__in=keys).order_by("pk")
        list(cases.select_for_update(no_key=True).values_list("pk", flat=True))
    untouched = _pass_over(keys, run)
    clocks = _clocks(keys, run)
    provisional = sum(clock.provisional for clock in clocks)
    moved = list(_dated(clocks, _pauses(keys), run))
    if not run.dry:
        _tell(_write(clocks, moved, run), moved, run)
        alarms.plan_many(clocks, run.at)
    firm = max(0, provisional - sum(clock.provisional for clock in clocks))
    return summed(len(keys), untouched + len(clocks), moved, firm, run.at)


def _touched(run: Run) -> Q:
    """Clocks that the change may move, or an alarm of theirs: neither date nor pending rung is certain to lie
    before the first moment that changes."""
    ringing = Alarm.objects.filter(clock=OuterRef("pk"), settled_at=None, rings_at__gte=run.since)
    return Q(due_at=None) | Q(due_at__gte=run.since) | Q(provisional=True) | Q(Exists(ringing))


def _pass_over(keys: list[int], run: Run) -> int:
    """Mark the clocks that cannot move as dated; return how many they are."""
    if run.since is None:
        found = behind(run.version).filter(case__in=keys)
    else:
        found = behind(run.version).filter(~_touched(run), case__in=keys)
    return found.count() if run.dry else found.update(calendar_version=run.version)


def _clocks(keys: list[int], run: Run) -> list[Clock]:
    if run.since is None:
        return []
    found = behind(run.version).filter(_touched(run), case__in=keys)
    # By a question each rather than joined: a case is read once for all its clocks, an officer for all cases.
    whole = found.prefetch_related("case__officer", "step__officer", "extensions")
    return list(whole.order_by("case", "pk"))


def _pauses(keys: list[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(case__in=keys):
        found[pause.case_id].append(pause)
    return found


def _dated(clocks: Iterable[Clock], pauses: dict[int, list[Pause]], run: Run) -> Iterator[Moved]:
    """Date the clocks anew and yield those that move."""
    for clock in clocks:
        before = clock.due_at
        clock.calendar_version = run.version
        calendar = run.calendars(clock.office_id)
        if redate(clock, pauses.get(clock.case_id, []), list(clock.extensions.all()), calendar):
            yield Moved(clock, before)


def _write(clocks: list[Clock], moved: list[Moved], run: Run) -> list[Event]:
    """Write a batch in a fixed number of statements; return the events, one a case that moves."""
    rows = [(clock.due_at, clock.provisional, clock.calendar_version, clock.pk) for clock in clocks]
    change("desk_clock", DATED, rows)
    events = {
        case: _event(case, list(those), run) for case, those in groupby(moved, attrgetter("clock.case"))
    }
    chains.append(list(events.values()))
    promises = [
        Promise(
            clock=each.clock,
            due_at=each.clock.due_at,
            why=VERB,
            event=events[each.clock.case],
            told_at=run.at,
            how="portal",
        )
        for each in moved
        if each.clock.public
    ]
    store(Promise, promises)
    Case.objects.filter(pk__in=[case.pk for case in events]).update(version=F("version") + 1)
    return list(events.values())


def _event(case: Case, moved: list[Moved], run: Run) -> Event:
    return Event(
        chain=chain_of_case(case),
        case=case,
        verb=VERB,
        by=run.by,
        at=run.at,
        effective_at=run.at,
        click=run.click,
        public=any(each.clock.public for each in moved),
        title=run.title,
        body=run.reason,
        params={"redated": [each.facts(place_of(each.clock)) for each in moved]},
    )


def _tell(events: list[Event], moved: list[Moved], run: Run) -> None:
    if moved:
        tell_many(news_of(events, moved, run.reason, run.at), run.at)
