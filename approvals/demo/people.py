"""Natural persons and companies of the demo, as those who apply."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from approvals.demo.answers import Known
from enterprises.demo.companies import mobile
from enterprises.demo.scene import Applicant, Scene, just_now, on
from servicedesk.accounts.demo import BUILDER, FOUNDER
from servicedesk.accounts.models import User
from servicedesk.desk.models import Party

PERSONS, FEWEST = 60, 4
NEAR = "北京路88号"


@dataclass(frozen=True)
class Somebody:
    """Whoever applies, a person or a company, and the user who acts for them."""

    party: Party
    user: User
    phone: str
    company: Applicant | None = None

    def known(self, at: datetime) -> Known:
        """What a form knows of them."""
        day = timezone.localdate(at)
        if self.company is None:
            return Known(day, self.user.name, self.phone)
        row = self.company.company
        return Known(
            day,
            self.user.name,
            self.phone,
            company=row.name,
            number=row.number,
            representative=row.legal_representative,
            town=self.town(),
            street=street(row.registered_address),
        )

    def town(self) -> str:
        row = self.company.company if self.company else None
        return row.town.code if row and row.town else "sanlihe"


def street(address: str) -> str:
    """What stands behind the city in an address."""
    return address.rpartition("胶州市")[2] or NEAR


class People:
    """Everybody who applies: persons (the first is the founder), companies, and the builder."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.persons = list(persons(scene, scene.rng("people")))
        self.companies = [Somebody(who.party, who.user, who.phone, who) for who in scene.applicants]
        self.builder = builder(scene)

    @property
    def founder(self) -> Somebody:
        return self.persons[0]


def persons(scene: Scene, rng: Random) -> Iterator[Somebody]:
    for number in range(scene.share(PERSONS, FEWEST)):
        name, phone = scene.names.next(), mobile(rng)
        party = Party.objects.create(name=name, sort=Party.Sort.PERSON, phone=phone)
        username = f"person{number}" if number else FOUNDER
        yield Somebody(party, scene.join(username, name, party, phone=phone), phone)


def builder(scene: Scene) -> Somebody:
    """The user who applies for building permits, for a company of the register."""
    who = scene.applicants[-1]
    user = scene.join(BUILDER, scene.names.next(), who.party)
    return Somebody(who.party, user, who.phone, who)


def days_ago(scene: Scene, rng: Random, days: int) -> datetime:
    """A morning so many working days before the end of the history; for none, some hours before its end."""
    if not days:
        return just_now(rng, scene.until)
    day = timezone.localdate(scene.until)
    while days:
        day -= timedelta(days=1)
        days -= scene.walk.calendar.is_working(day)
    return on(day, 9, rng.randint(5, 55))
