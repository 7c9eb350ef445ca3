"""What must hold after any fault: each of these questions gives no row on a healthy desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import CharField, Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce
from django.utils import timezone

from servicedesk.desk import audit, replay
from servicedesk.desk.alarms import may_speak, settled_rungs
from servicedesk.desk.files import NotThere, open_stored, orphans
from servicedesk.desk.files.shelf import GRACE
from servicedesk.desk.ladder import Ladders
from servicedesk.desk.models import (
    Alarm,
    Attachment,
    Case,
    Clock,
    Event,
    Notice,
    NumberSeries,
    Step,
    SubmissionKey,
)

CHUNK = 500
# An alarm that is due has rung after this long without any trouble.
QUIET = timedelta(minutes=2)
# A file that no row came to name is gone after this long.
AN_HOUR = timedelta(hours=1)
Told, Digest = Alarm.Fate.TOLD, Notice.Channel.DIGEST


def broken(at: datetime) -> list[str]:
    """Return one line for each row that breaks an invariant at that moment; nothing is written."""
    return [line for question in QUESTIONS for line in question(at)]


def _several(groups: QuerySet[Any, Any]) -> Iterator[dict[str, Any]]:
    """Of the groups those that hold several rows, with their `number`."""
    yield from groups.order_by().annotate(number=Count("pk")).filter(number__gt=1)


def submissions_without_a_case(at: datetime) -> Iterator[str]:
    lost = SubmissionKey.objects.filter(Q(case__number=None) | Q(case__state=Case.State.DRAFT))
    for key in lost.select_related("case"):
        yield f"The submission {key.key} was acknowledged, but {key.case} was never let in."


def keys_with_two_cases(at: datetime) -> Iterator[str]:
    for twice in _several(SubmissionKey.objects.values("who", "key")):
        yield f"The submission {twice['key']} was acknowledged {twice['number']} times."
    submits = Event.objects.filter(verb="submit", params__has_key="key").annotate(key=KT("params__key"))
    for row in submits.order_by().values("by", "key").annotate(number=Count("case", distinct=True)):
        if row["number"] > 1:
            yield f"The submission {row['key']} made {row['number']} cases."


def alarms_that_did_not_ring(at: datetime) -> Iterator[str]:
    due = Alarm.objects.filter(settled_at=None, rings_at__lt=at - QUIET)
    waiting = due.filter(Q(next_try_at=None) | Q(next_try_at__lt=at - QUIET))
    for alarm in waiting.select_related("clock__case"):
        yield f"{alarm.clock.case} {alarm.clock.code}: rung {alarm.rung} did not ring at {alarm.rings_at}."


def clocks_without_their_alarm(at: datetime) -> Iterator[str]:
    """A running clock has its next rung pending, and only that; a clock that is silent has none."""
    for row in _several(Alarm.objects.filter(settled_at=None).values("clock")):
        yield f"Clock {row['clock']}: {row['number']} alarms are pending."
    pending = Exists(Alarm.objects.filter(clock=OuterRef("pk"), settled_at=None))
    silent = Clock.objects.filter(pending).filter(Q(due_at=None) | Q(stopped_at__isnull=False))
    for clock in silent.select_related("case"):
        yield f"{clock.case} {clock.code}/{clock.round}: an alarm is pending, but the clock does not run."
    ladders, batch = Ladders(at), []
    for clock in Clock.objects.running().filter(~pending).select_related("case").iterator(CHUNK):
        batch.append(clock)
        if len(batch) == CHUNK:
            yield from _without_alarm(batch, ladders)
            batch = []
    yield from _without_alarm(batch, ladders)


def _without_alarm(clocks: list[Clock], ladders: Ladders) -> Iterator[str]:
    settled = settled_rungs(clocks)
    for clock in filter(may_speak, clocks):
        if next(ladders.above(clock, settled.get(clock.pk, 0)), None):
            yield f"{clock.case} {clock.code}/{clock.round}: the next rung is not planned."


def alarms_and_events_that_do_not_match(at: datetime) -> Iterator[str]:
    for alarm in Alarm.objects.filter(fate=Told, event=None).select_related("clock__case"):
        yield f"{alarm.clock.case} {alarm.clock.code}: rung {alarm.rung} was told without an event."
    told = Count("alarms", filter=Q(alarms__fate=Told))
    for event in Event.objects.filter(verb="alarm").annotate(told=told).exclude(told=1):
        yield f"The event {event} speaks for {event.told} rungs."
    for row in _several(Alarm.objects.filter(fate=Told).values("clock", "rung")):
        yield f"Clock {row['clock']}: rung {row['rung']} was told {row['number']} times."


def notices_missing_or_doubled(at: datetime) -> Iterator[str]:
    heard = Exists(Notice.objects.filter(event=OuterRef("pk")))
    for event in Event.objects.filter(verb="alarm").exclude(heard):
        yield f"Nobody was told of {event}."
    same = Notice.objects.filter(event=OuterRef("event"), recipient=OuterRef("recipient"))
    app = Exists(same.filter(channel=Notice.Channel.APP))
    # Somebody without an account is told at an address alone, once by each channel; what makes up for a
    # channel that failed goes by another one and is no double.
    personal = Notice.objects.filter(recipient__isnull=False)
    for notice in personal.exclude(channel__in=[Notice.Channel.APP, Digest]).exclude(app):
        yield f"Notice {notice.pk} was sent by {notice.channel}, but is not in the desk."
    for notice in personal.filter(app, channel=Digest):
        yield f"Notice {notice.pk} was told at once, and again in the digest."
    told = Notice.objects.order_by().values("event", "recipient", "channel")
    without = told.filter(recipient=None).values("event", "recipient", "channel", "address")
    for row in chain(
        told.filter(recipient__isnull=False).annotate(number=Count("pk")),
        without.annotate(number=Count("pk")),
    ):
        if row["number"] > 1:
            yield f"Event {row['event']} was told {row['number']} times to {row['recipient']}."


def states_that_events_do_not_tell(at: datetime) -> Iterator[str]:
    """Of cases; and nothing of a closed one is still under way."""
    events = Event.objects.filter(case=OuterRef("pk"), params__has_key="state").order_by("-seq")
    told = Subquery(events.annotate(told=KT("params__state")).values("told")[:1])
    draft = Value(Case.State.DRAFT.value)
    cases = Case.objects.annotate(told=Coalesce(told, draft, output_field=CharField()))
    for case in cases.exclude(state=F("told")):
        yield f"{case} is {case.state}, but its events tell {case.told}."
    under_way = [Step.State.WAITING, Step.State.RUNNING, Step.State.PAUSED]
    closed = Case.State.CLOSED
    for step in Step.objects.filter(case__state=closed, state__in=under_way).select_related("case"):
        yield f"{step.case} is closed, but its step {step.code} is {step.state}."
    for clock in Clock.objects.running().filter(case__state=closed).select_related("case"):
        yield f"{clock.case} is closed, but its clock {clock.code} runs."


def numbers_doubled_or_missing(at: datetime) -> Iterator[str]:
    """The counter, how many cases have a number of the series, and the highest of them are one figure."""
    for row in NumberSeries.objects.all():
        begins = f"{row.series}-{row.year}-"
        given = Case.objects.filter(number__startswith=begins)
        found = given.aggregate(cases=Count("number"), highest=Max("number"))
        highest = int((found["highest"] or "0").removeprefix(begins))
        if not found["cases"] == highest == row.last:
            yield f"{row}: {found['cases']} cases have a number, the highest is {highest}."


def chains_that_are_broken(at: datetime) -> Iterator[str]:
    yield from map(str, audit.findings())


def attachments_without_their_file(at: datetime) -> Iterator[str]:
    for attachment in Attachment.objects.filter(state=Attachment.State.STORED).iterator(CHUNK):
        try:
            open_stored(attachment).close()
        except NotThere:
            yield f"Attachment {attachment.pk} has no file, or another one than was handed in."
    # Files are dated by the machine, whatever moment is asked about.
    for path in orphans(timezone.now() - AN_HOUR + GRACE)[1]:
        yield f"The file {path.name} has lain there for an hour and has no row."


def clocks_that_differ_from_replay(at: datetime) -> Iterator[str]:
    yield from replay.differences()


QUESTIONS: tuple[Callable[[datetime], Iterator[str]], ...] = (
    submissions_without_a_case,
    keys_with_two_cases,
    alarms_that_did_not_ring,
    clocks_without_their_alarm,
    alarms_and_events_that_do_not_match,
    notices_missing_or_doubled,
    states_that_events_do_not_tell,
    numbers_doubled_or_missing,
    chains_that_are_broken,
    attachments_without_their_file,
    clocks_that_differ_from_replay,
)
