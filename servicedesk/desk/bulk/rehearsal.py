"""Walking one matter of each story through the verbs to see what they write; then all is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from servicedesk.accounts.models import Office, User
from servicedesk.desk import notices
from servicedesk.desk.bulk.capture import captured
from servicedesk.desk.bulk.declaring import Applicant, Bulk, Story
from servicedesk.desk.bulk.people import People, Role
from servicedesk.desk.bulk.script import Script
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Case, Party
from servicedesk.desk.registry import CENTRE

# Stand around a name in what the verbs are told, and are found again in what they wrote.
OPENS, CLOSES = "\ue000", "\ue001"


@dataclass
class Stage:
    """What an act finds: who is there, the case, the moments of all acts and which one it is."""

    bulk: Bulk
    sort: str
    party: Party
    applicant: User
    dispatcher: User
    leader: User
    handling: Office
    other: Office
    officer: User
    head: User
    other_head: User
    moments: list[datetime]
    case: Case
    place: int = 0
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return self.moments[self.place]

    @property
    def before(self) -> datetime:
        return self.moments[self.place - 1]

    @property
    def next(self) -> datetime:
        return self.moments[self.place + 1]

    def word(self, name: str) -> str:
        """Stands for the value of that name, which every printed case has its own of."""
        return f"{OPENS}{name}{CLOSES}"


@dataclass(frozen=True)
class Told:
    """A story as it was rehearsed: a script for each place where it may stop, the last one its end."""

    story: Story
    scripts: dict[int, Script]


def rehearse(bulk: Bulk, people: People, someone: Applicant, on: date) -> dict[str, list[Told]]:
    """Every story of every class, told from that day on."""
    found: dict[str, list[Told]] = {}
    for sort, names in bulk.classes.items():
        stories = [each for each in bulk.stories if not names or each.name in names]
        found[sort] = [_told(story, sort, bulk, people, someone, on) for story in stories]
    return found


def _told(story: Story, sort: str, bulk: Bulk, people: People, someone: Applicant, on: date) -> Told:
    scripts = {}
    with taken_back(), notices.recording():
        stage = _stage(story, sort, bulk, people, someone, on)
        last = len(story.acts) - 1
        for place, act in enumerate(story.acts):
            stage.place = place
            act.does(stage)
            stage.case = Case.objects.get(pk=stage.case.pk)
            if place == last or story.stops:
                scripts[place] = captured(stage, place)
    return Told(story, scripts)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _stage(story: Story, sort: str, bulk: Bulk, people: People, someone: Applicant, on: date) -> Stage:
    handling, other = people.handling()[:2]
    return Stage(
        bulk=bulk,
        sort=sort,
        party=Party.objects.get(pk=someone.party),
        applicant=User.objects.get(pk=someone.user),
        dispatcher=people.of(CENTRE, Role.DISPATCHER)[0],
        leader=people.of(CENTRE, Role.LEADER)[0],
        handling=handling,
        other=other,
        officer=people.of(handling.code, Role.OFFICER)[0],
        head=people.of(handling.code, Role.HEAD)[0],
        other_head=people.of(other.code, Role.HEAD)[0],
        moments=list(_moments(story, on)),
        case=Case(),
    )


def _moments(story: Story, on: date) -> Iterator[datetime]:
    """Each act after its usual time, to the second, no two at one moment."""
    calendar = calendar_of(None, current_version())
    while not calendar.is_working(on):
        on += timedelta(days=1)
    at = timezone.make_aware(datetime.combine(on, time(9, 5)))
    index = calendar.index
    for number, act in enumerate(story.acts):
        if number:
            seconds = max(61, round(act.gap.mean * 60) + number)
            worked = index.worked(round(at.timestamp()) * 1_000_000) + seconds * 1_000_000
            at = calendar.zone_table.moment(index.first_at(worked))
        yield at
