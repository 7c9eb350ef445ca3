"""Fill an empty desk: people, companies, and matters walked through the real verbs until a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from enterprises.demo import breakfasts, claims, duties, oversight, shifts
from enterprises.demo.grievances import Grievance, grievances
from enterprises.demo.scene import Applicant, Scene, Service, moment, set_up
from enterprises.demo.story import Teller
from enterprises.demo.walk import Story
from enterprises.models import Topic
from servicedesk.desk import notices

# How far back the matters of the direct line reach.
DAYS = 243
Told = Callable[[int, int], None]


def fill(cases: int, seed: int, until: datetime, told: Told, others: Sequence[Service] = ()) -> int:
    """Walk `cases` matters of the direct line and what the other services have in proportion, until a
    moment; return how many stories were told.

    The same arguments give the same desk but for secrets and UUIDs. Notices go to a recording channel."""
    scene = set_up(cases, seed, until)
    stories = [
        story
        for service in (
            direct_line,
            duties.stories,
            breakfasts.stories,
            claims.stories,
            oversight.stories,
            shifts.stories,
            *others,
        )
        for story in service(scene)
    ]
    started = _Counter(len(stories), told)
    with notices.recording():
        for story in stories:
            scene.walk.add(started.counting(story))
        scene.walk.run(started.tell)
    told(len(stories), len(stories))
    return len(stories)


class _Counter:
    """Counts the stories that have begun."""

    def __init__(self, total: int, told: Told) -> None:
        self.begun, self.total, self._told = 0, total, told

    def counting(self, story: Story) -> Story:
        at = next(story)
        yield at
        self.begun += 1
        yield from story

    def tell(self) -> None:
        self._told(min(self.begun, self.total - 1), self.total)


def direct_line(scene: Scene) -> list[Story]:
    rng = scene.rng("direct line")
    teller = Teller(rng, scene.city, scene.walk, {topic.code: topic for topic in Topic.objects.all()})
    since = (scene.until - timedelta(days=DAYS)).date()
    moments = sorted(moment(rng, since, scene.until) for _ in range(scene.cases))
    matters = _matters(rng, scene.applicants, scene.cases)
    return [teller.story(who, what, at) for at, (who, what) in zip(moments, matters, strict=True)]


def _matters(rng: Random, applicants: list[Applicant], count: int) -> list[tuple[Applicant, Grievance]]:
    """Whose matter, and what about: every text comes before one comes again."""
    told: list[Grievance] = []
    while len(told) < count:
        told.extend(grievances(rng))
    pairs = []
    for what in told[:count]:
        who = rng.choice(applicants)
        town = who.company.town
        pairs.append((who, what.placed(town.code, town.name) if town else what))
    return pairs
