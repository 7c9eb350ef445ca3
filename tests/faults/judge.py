"""After the storm: what the database holds, against what was promised.

`python -m tests.faults.judge SINCE` reads {"acknowledged": [[text, number], …], "mails": [keys of notices]}
and prints the invariants that do not hold, and the duties by sort as `figures.Duty` takes them, in JSON."""

import json
import sys
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.db.models import Count, Q  # noqa: E402
from django.utils import timezone  # noqa: E402

from servicedesk.desk.invariants import QUIET, broken  # noqa: E402
from servicedesk.desk.models import Alarm, Case, Event, Notice  # noqa: E402

App, Email = Notice.Channel.APP, Notice.Channel.EMAIL


def submissions(acknowledged: list[list[str]]) -> dict[str, Any]:
    """By their words, each of which was sent for one matter only."""
    found = Case.objects.exclude(state="draft").exclude(direct_line__text="")
    stored = list(found.values_list("direct_line__text", "number"))
    texts = Counter(text for text, _ in stored)
    lost = [f"{number} {text}" for text, number in acknowledged if (text, number) not in stored]
    return {
        "number": len(acknowledged),
        "lost": lost,
        "doubled": [text for text, number in texts.items() if number > 1 and text.startswith("storm ")],
    }


def alarms(since: datetime) -> dict[str, Any]:
    """Of every clock that had run out when the storm began, one rung speaks once for all that were missed."""
    due = Alarm.objects.filter(rings_at__gte=since, clock__case__submitted_at__lt=since)
    clocks = set(due.values_list("clock", flat=True))
    spoken = Alarm.objects.filter(clock__in=clocks, fate=Alarm.Fate.TOLD, settled_at__gte=since)
    told = Counter(spoken.values_list("clock", flat=True))
    return {
        "number": len(clocks),
        "lost": [f"clock {clock}" for clock in clocks if told[clock] < 1],
        "doubled": [f"clock {clock}" for clock in clocks if told[clock] > 1],
        "delays": _seconds(due.exclude(settled_at=None).values_list("rings_at", "settled_at")),
    }


def notices(since: datetime) -> dict[str, Any]:
    """What one submission tells, each tells: to as many people, in the desk and by mail."""
    by = {name: Count("notices", filter=Q(notices__channel=name)) for name in (App, Email)}
    events = Event.objects.filter(verb="submit", at__gte=since).annotate(**by)
    counts = [(str(event), getattr(event, App) + getattr(event, Email)) for event in events]
    usual = Counter(count for _, count in counts).most_common(1)[0][0] if counts else 0
    return {
        "number": Notice.objects.filter(channel=App, created_at__gte=since).count(),
        "lost": [event for event, count in counts if count < usual],
        "doubled": [event for event, count in counts if count > usual],
    }


def mails(since: datetime, arrived: list[int]) -> dict[str, Any]:
    """Every mail was sent and marked, and what is marked has arrived."""
    mine = Notice.objects.filter(channel=Email, created_at__gte=since)
    lost = [f"{notice} is {notice.state}" for notice in mine.exclude(state="sent")]
    marked = set(mine.filter(state="sent").values_list("pk", flat=True))
    lost += [f"notice {pk} was marked and never sent" for pk in sorted(marked - set(arrived))]
    doubled = mine.order_by().values("event", "recipient").annotate(number=Count("pk")).filter(number__gt=1)
    return {
        "number": mine.count(),
        "lost": lost,
        "doubled": [f"event {row['event']} to {row['recipient']}" for row in doubled],
        "delays": _seconds(mine.filter(state="sent").values_list("created_at", "sent_at")),
    }


def _seconds(pairs: Iterable[tuple[datetime, datetime]]) -> list[float]:
    return [(end - begin).total_seconds() for begin, end in pairs]


def main(began: str) -> None:
    since, told_us = datetime.fromisoformat(began), json.load(sys.stdin)
    duties = {
        "submissions": submissions(told_us["acknowledged"]),
        "alarms": alarms(since),
        "notices": notices(since),
        "mails": mails(since, told_us["mails"]),
    }
    later = timezone.now() + QUIET + timedelta(seconds=1)
    print(json.dumps({"broken": broken(later), "duties": duties}))


main(*sys.argv[1:])
