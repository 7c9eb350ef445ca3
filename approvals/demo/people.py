"""Natural persons of the demo, and whom the stories of this room ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.utils import timezone

from approvals.demo.answers import Known
from enterprises.demo.companies import mobile
from enterprises.demo.scene import Applicant, Scene
from servicedesk.accounts.models import User
from servicedesk.desk.models import Party

# Log-ins that the demo's page names: somebody who founds companies, somebody who builds.
FOUNDER, BUILDER = "founder", "builder"
PERSONS, FEWEST = 45, 3


@dataclass(frozen=True)
class Somebody:
    """Whoever applies, a person or a company, and the user who acts for them."""

    party: Party
    user: User
    phone: str
    company: Applicant | None = None

    def known(self, at: datetime) -> Known:
        """What a form knows of them."""
        on = timezone.localdate(at)
        if self.company is None:
            return Known(on, self.user.name, self.phone)
        row = self.company.company
        return Known(
            on,
            self.user.name,
            self.phone,
            company=row.name,
            number=row.number,
            representative=row.legal_representative,
            town=row.town.code if row.town else "sanlihe",
            street=row.registered_address.rpartition("胶州市")[2],
        )


def companies(scene: Scene) -> list[Somebody]:
    return [Somebody(who.party, who.user, who.phone, who) for who in scene.applicants]


def persons(scene: Scene, rng: Random) -> list[Somebody]:
    """Natural persons with a log-in each; the first is the founder whom the log-in page names."""
    found = []
    for number in range(scene.share(PERSONS, FEWEST)):
        name, phone = scene.names.next(), mobile(rng)
        party = Party.objects.create(name=name, sort=Party.Sort.PERSON, phone=phone)
        username = f"person{number}" if number else FOUNDER
        found.append(Somebody(party, scene.join(username, name, party, phone=phone), phone))
    return found


def builder(scene: Scene) -> Somebody:
    """The user who applies for building permits, for a company of the register."""
    who = scene.applicants[-1]
    user = scene.join(BUILDER, scene.names.next(), who.party)
    return Somebody(who.party, user, who.phone, who)
