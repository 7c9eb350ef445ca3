"""Ringing: due alarms become events, notices and next rungs, batch by batch, each rung exactly once.

Cases are locked before anything is read of them, as the verbs do, so the two cannot wait for each other; a
case in somebody's hands is left to the next sweep. On SQLite the transaction itself is the only writer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import override

from servicedesk.desk import chains
from servicedesk.desk.alarms import Rung, may_speak, pending_alarm, plan_many, settled_rungs
from servicedesk.desk.alike import Alike, telling
from servicedesk.desk.calendars import calendar_of
from servicedesk.desk.ladder import Ladders, is_due
from servicedesk.desk.models import Alarm, AlarmRule, Case, Clock, Event
from servicedesk.desk.notices import Telling, tell_many
from servicedesk.desk.recipients import Recipients
from servicedesk.desk.storing import change, store
from servicedesk.desk.trail import chain_of_case

log = logging.getLogger(__name__)

Place = tuple[datetime, int]
BATCH = 500
# A rung that could not be told is tried again after 1, 2, 4 … minutes, at most an hour.
LONGEST_WAIT = 60
SETTLED = {"settled_at": "datetime", "fate": "str", "event_id": "int"}
# Of missed rungs these are still told to their people, in the one message of the most severe.
ALWAYS_TOLD = (AlarmRule.Effect.RED, AlarmRule.Effect.ESCALATE)


class Known:
    """What every batch of one sweep asks: rules and people, read once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.ladders = Ladders(at)
        self.recipients = Recipients(timezone.localdate(at))
        self.words = {name: Alike(name) for name in ("alarm", "term")}
        with override(settings.LANGUAGE_CODE):
            self.titles = {effect.value: str(effect.label) for effect in AlarmRule.Effect}


@dataclass(frozen=True)
class Ring:
    """One clock that speaks: the rungs whose moments have come, in order, and the one that comes next."""

    alarm: Alarm
    missed: list[Rung]
    next: Rung | None

    @property
    def clock(self) -> Clock:
        return self.alarm.clock

    @property
    def speaking(self) -> Rung:
        return self.missed[-1]


def ring(at: datetime, limit: int = BATCH) -> int:
    """Ring every alarm that is due, `limit` at a time; return how many clocks spoke."""
    known: Known | None = None
    after, told = None, 0
    while batch := _due(at, after, limit):
        known = known or Known(at)
        told += _settle([pk for _, pk in batch], known)
        after = batch[-1]
    return told


def _due(at: datetime, after: Place | None, limit: int) -> list[Place]:
    """Due pending alarms beyond `after`, oldest first. The due moment itself is still in time."""
    due = Alarm.objects.filter(settled_at=None, rings_at__lte=at).exclude(rule__offset=0, rings_at=at)
    due = due.filter(Q(next_try_at=None) | Q(next_try_at__lte=at))
    if after is not None:
        moment, pk = after
        due = due.filter(Q(rings_at__gt=moment) | Q(rings_at=moment, pk__gt=pk))
    return list(due.order_by("rings_at", "pk").values_list("rings_at", "pk")[:limit])


def _settle(pks: list[int], known: Known) -> int:
    """Ring one batch; if it fails, its halves, down to the row that is at fault, which is pushed back."""
    try:
        with transaction.atomic():
            return _ring_batch(pks, known)
    except Exception as error:  # the loop's edge: one bad row must not silence the others
        if len(pks) == 1:
            log.exception("Alarm %s could not ring and is pushed back.", pks[0])
            _push_back(pks[0], known.at, error)
            return 0
        log.warning("A batch of %s alarms failed and is tried in halves: %s", len(pks), type(error).__name__)
    half = len(pks) // 2
    return _settle(pks[:half], known) + _settle(pks[half:], known)


def _push_back(pk: int, at: datetime, error: Exception) -> None:
    alarm = Alarm.objects.get(pk=pk)
    wait = timedelta(minutes=min(2 ** min(alarm.attempts, 10), LONGEST_WAIT))
    Alarm.objects.filter(pk=pk, settled_at=None).update(
        attempts=F("attempts") + 1,
        next_try_at=at + wait,
        last_error=f"{type(error).__name__}: {error}"[:500],
    )


def _ring_batch(pks: list[int], known: Known) -> int:
    """Look again under the cases' locks, then tell. Alarms of cases held elsewhere are left alone."""
    alarms = _locked(pks)
    settled = settled_rungs(alarm.clock for alarm in alarms)
    looked = [_looked_at(alarm, settled.get(alarm.clock_id, 0), known) for alarm in alarms]
    plan_many([each.clock for each in looked if not each.missed], known.at)
    rings = [each for each in looked if each.missed]
    if rings:
        _tell(rings, known)
    return len(rings)


def _locked(pks: list[int]) -> list[Alarm]:
    cases = Case.objects.filter(pk__in=Alarm.objects.filter(pk__in=pks).values("clock__case"))
    free = cases.order_by("pk").select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    pending = Alarm.objects.filter(pk__in=pks, settled_at=None, clock__case__in=list(free))
    # Few people and offices have many alarms: prefetched, each is built once and not once a row.
    shared = ("clock__case__officer", "clock__step__officer", "clock__office")
    mine = pending.select_related("clock__case", "clock__step").prefetch_related(*shared)
    return list(mine.order_by("clock__case", "pk"))


def _looked_at(alarm: Alarm, settled: int, known: Known) -> Ring:
    """Look again before speaking: the clock may have stopped, stood still or been re-dated."""
    missed: list[Rung] = []
    if may_speak(alarm.clock):
        for rung in known.ladders.above(alarm.clock, settled):
            if not is_due(*rung, known.at):
                return Ring(alarm, missed, rung)
            missed.append(rung)
    return Ring(alarm, missed, None)


def _tell(rings: list[Ring], known: Known) -> None:
    """Events, fates, next rungs and notices of a batch: a fixed number of writes."""
    events = [_event(each, known) for each in rings]
    chains.append(events)
    told = list(zip(rings, events, strict=True))
    _write_fates(told, known.at)
    known.recipients.meet(each.clock.case for each in rings if any(is_own(rule) for rule, _ in each.missed))
    tell_many([news for each, event in told for news in _news(each, event, known)], known.at)


def _event(ring: Ring, known: Known) -> Event:
    """The fact, with its legal moment and the moment of ringing, and those of the rungs it speaks for."""
    clock, (rule, moment) = ring.clock, ring.speaking
    facts = {"clock": clock.code, "round": clock.round, "due": _instant(clock.due_at)}
    missed = [_facts(*rung) for rung in ring.missed[:-1]]
    return Event(
        chain=chain_of_case(clock.case_id),
        case=clock.case,
        step=clock.step,
        verb="alarm",
        title=known.titles[rule.effect],
        at=known.at,
        effective_at=moment,
        params=facts | _facts(rule, moment) | ({"missed": missed} if missed else {}),
    )


def _facts(rule: AlarmRule, moment: datetime) -> dict[str, object]:
    return {"rung": rule.rung, "effect": rule.effect, "whom": rule.whom, "moment": _instant(moment)}


def _instant(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _write_fates(told: list[tuple[Ring, Event]], at: datetime) -> None:
    """Settle the pending alarms, record the other missed rungs as superseded, and plan the next ones."""
    made: list[Alarm] = []
    for each, event in told:
        for rung in each.missed:
            alarm = each.alarm if rung[0].rung == each.alarm.rung else pending_alarm(each.clock, rung)
            alarm.fate = Alarm.Fate.TOLD if rung == each.speaking else Alarm.Fate.SUPERSEDED
            alarm.settled_at, alarm.event = at, event
            if alarm is not each.alarm:
                made.append(alarm)
        if not each.alarm.fate:
            each.alarm.fate, each.alarm.settled_at = Alarm.Fate.VOID, at
        if each.next is not None:
            made.append(pending_alarm(each.clock, each.next))
    _settle_pending([each.alarm for each, _ in told], at)
    store(Alarm, made)


def _settle_pending(alarms: list[Alarm], at: datetime) -> None:
    """Claim the rows by a conditional update: of two sweepers only one can settle a pending alarm."""
    rows = [(at, alarm.fate, alarm.event_id, alarm.pk) for alarm in alarms]
    if change("desk_alarm", SETTLED, rows, unset="settled_at") != len(rows):
        raise RuntimeError("Another sweeper settled some of these alarms.")


def _news(ring: Ring, event: Event, known: Known) -> list[Telling]:
    """One message a person: the most severe rung speaks to its people, and to those whom missed red cards
    and escalations were meant for; missed reminders are not made up for."""
    clock = ring.clock
    heard: set[int] = set()
    news: list[Telling] = []
    opening = calendar_of(clock.office_id, clock.calendar_version).next_open(known.at)
    spoken = ring.speaking[0]
    rules = [rule for rule, _ in ring.missed if rule.effect in ALWAYS_TOLD or is_own(rule) or rule is spoken]
    for rule in sorted(rules, key=lambda rule: (rule.digest, -rule.rung)):
        people = [user for user in known.recipients.of(rule.whom, clock) if user.pk not in heard]
        heard.update(user.pk for user in people)
        context = {"clock": clock, "rule": spoken}
        quiet_until = None if rule.any_hour else opening
        words = "term" if is_own(rule) else "alarm"
        how = {"quiet_until": quiet_until, "digest": rule.digest, "alike": spoken.effect}
        news.append(telling(known.words[words], event, people, [clock], context, **how))
    if not heard:
        log.warning("Alarm %s of case %s found nobody to tell.", ring.alarm.pk, clock.case_id)
    return news


def is_own(rule: AlarmRule) -> bool:
    """Whether it reminds applicants of a term of their own: no reminder to the office stands in for that."""
    return rule.whom == AlarmRule.Whom.APPLICANT
