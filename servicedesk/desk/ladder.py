"""The ladder of a clock: which rungs it has, and when each of them speaks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime

from django.utils import timezone

from servicedesk.clock import Reckoning, Term, walk_back
from servicedesk.desk import registry
from servicedesk.desk.calendars import calendar_of
from servicedesk.desk.models import AlarmRule, Case, Clock
from servicedesk.desk.models.clock import Unit

# (offset, unit, effect, whom, digest), rung by rung: officer, then head, centre, leader in charge.
Rung = tuple[int, str, str, str, bool]
DAY_LADDER: tuple[Rung, ...] = (
    (-1, Unit.WORKING_DAYS, "yellow", "officer", False),
    (1, Unit.WORKING_DAYS, "red", "officer", False),
    (2, Unit.WORKING_DAYS, "escalate", "head", True),
    (3, Unit.WORKING_DAYS, "escalate", "centre", True),
    (5, Unit.WORKING_DAYS, "escalate", "leader", True),
)
MINUTE_LADDER: tuple[Rung, ...] = (
    (-30, Unit.WORKING_MINUTES, "yellow", "officer", False),
    (0, Unit.WORKING_MINUTES, "red", "officer", False),
    (60, Unit.WORKING_MINUTES, "escalate", "head", True),
    (1, Unit.WORKING_DAYS, "escalate", "centre", True),
    (2, Unit.WORKING_DAYS, "escalate", "leader", True),
)
# Half an hour is too short for a reminder half an hour ahead.
DISPATCH_LADDER = ((-10, *MINUTE_LADDER[0][1:]), *MINUTE_LADDER[1:])
FIRST_DAY = date(2018, 1, 1)


def default_rules() -> list[AlarmRule]:
    """Unsaved rows that ship with the desk: 黄牌, 红牌, then officer → head → centre → 分管领导."""
    days = [unit for unit in Unit.values if unit != Unit.WORKING_MINUTES]
    ladders = {("", "", unit): DAY_LADDER for unit in days}
    ladders["", "", Unit.WORKING_MINUTES] = MINUTE_LADDER
    ladders["direct-line", "dispatch", ""] = DISPATCH_LADDER
    return [rule for place, rungs in ladders.items() for rule in _rows(place, rungs)]


def _rows(place: tuple[str, str, str], rungs: Iterable[Rung]) -> list[AlarmRule]:
    subject, clock, clock_unit = place
    return [
        AlarmRule(
            subject=subject,
            clock=clock,
            clock_unit=clock_unit,
            rung=number,
            offset=offset,
            unit=unit,
            effect=effect,
            whom=whom,
            digest=digest,
            valid_from=FIRST_DAY,
        )
        for number, (offset, unit, effect, whom, digest) in enumerate(rungs, start=1)
    ]


class Ladders:
    """The rules valid on the local day of a moment, read once for any number of clocks: all of them, or
    those that can be asked of `clocks`."""

    def __init__(self, at: datetime, clocks: Collection[Clock] | None = None) -> None:
        self._sets: dict[tuple[str, str, str], dict[int, AlarmRule]] = {}
        rules = AlarmRule.objects.valid(timezone.localdate(at)).order_by("rung", "valid_from")
        if clocks is not None:
            codes, units = {"", *(each.code for each in clocks)}, {"", *(each.unit for each in clocks)}
            rules = rules.filter(clock__in=codes, clock_unit__in=units)
        for rule in rules:
            # Of two rows for one rung the later one holds.
            self._sets.setdefault((rule.subject, rule.clock, rule.clock_unit), {})[rule.rung] = rule

    def of(self, clock: Clock) -> list[AlarmRule]:
        """Rungs of this clock from the lowest, the most specific set as a whole."""
        subject = subject_of(clock.case)
        places = (
            (subject, clock.code, ""),
            (subject, clock.code, clock.unit),
            (subject, "", clock.unit),
            (subject, "", ""),
            ("", clock.code, clock.unit),
            ("", clock.code, ""),
            ("", "", clock.unit),
            ("", "", ""),
        )
        found = next((self._sets[place] for place in places if place in self._sets), {})
        return [found[rung] for rung in sorted(found)]

    def above(self, clock: Clock, settled: int) -> Iterator[tuple[AlarmRule, datetime]]:
        """Rungs not yet settled with their moments; a moment not after the clock's start is left out."""
        for rule in self.of(clock):
            if rule.rung > settled and (moment := rings_at(rule, clock)) > clock.started_at:
                yield rule, moment


def subject_of(case: Case) -> str:
    """Code whose rows hold for the case: that of its kind or of its service item."""
    try:
        kind = registry.kind_of(case.kind)
    except KeyError:
        return case.kind
    return kind.subject_of(case.opening)


def rings_at(rule: AlarmRule, clock: Clock) -> datetime:
    """Legal moment of a rung of a clock that has a due moment.

    Before the due moment it is walked back in the rule's unit, to the opening of the office rather than the
    midnight before; `k` working days after, it is the opening of the k-th working day after the due day;
    working minutes after, that much office time."""
    assert clock.due_at is not None
    if rule.offset == 0:
        return clock.due_at
    calendar = calendar_of(clock.office_id, clock.calendar_version)
    term = Term(abs(rule.offset), rule.unit)
    if rule.offset < 0:
        return calendar.next_open(walk_back(calendar, clock.due_at, term))
    end = Reckoning(calendar, clock.due_at, term).due()
    assert end is not None
    if rule.unit == Unit.WORKING_MINUTES:
        return end
    return calendar.opening(timezone.localdate(end)) or end


def is_due(rule: AlarmRule, moment: datetime, at: datetime) -> bool:
    """Whether the rung may speak: at its moment, but the due moment itself is still in time."""
    return moment < at if rule.offset == 0 else moment <= at
