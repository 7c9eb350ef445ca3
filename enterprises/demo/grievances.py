"""What companies tell the direct line in the demo, with the opinion and the answer that fit each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from enterprises.data import rows
from enterprises.demo.companies import words
from enterprises.models import Urgency

# The office code of a text that whichever town or zone the company stands in should handle.
OF_THE_TOWN = "town"


@dataclass(frozen=True)
class Grievance:
    """`topic` is a code of `Topic`, `office` a code of `Office`, `town` of `Town` ("" until placed).

    Before `placed`, `place` has "{town}" in it and `office` may be "town".
    """

    title: str
    text: str
    topic: str
    place: str
    town: str
    urgency: str
    office: str
    opinion: str
    answer: str
    unsolved: str

    def placed(self, town: str, name: str) -> Grievance:
        """The same at a company of that town (its code and its name)."""
        here = self.town or town
        office = here if self.office == OF_THE_TOWN else self.office
        return replace(self, place=self.place.replace("{town}", name), town=here, office=office)


def grievances(rng: Random) -> list[Grievance]:
    """Every text once, shuffled, each on some road and with one way of not being solved."""
    roads, reasons = words("road"), words("unsolved")
    names = {row["name"]: row["code"] for row in rows("towns")}
    found = [_grievance(rng, row, roads, reasons, names) for row in rows("grievances")]
    rng.shuffle(found)
    return found


def _grievance(
    rng: Random, row: dict[str, str], roads: list[str], reasons: list[str], names: dict[str, str]
) -> Grievance:
    return Grievance(
        title=row["title"],
        text=row["text"],
        topic=row["topic"],
        place=row["place"].replace("{road}", rng.choice(roads)),
        town=next((code for name, code in names.items() if row["place"].startswith(name)), ""),
        urgency=row["urgency"],
        office=row["office"],
        opinion=row["opinion"],
        answer=row["answer"],
        unsolved=rng.choice(reasons),
    )


# Which urgency an urgent text is of, by its topic; any other has stopped the production.
BY_TOPIC = {"supply": "utilities-cut", "safety": "safety", "fire": "safety"}


def urgency_of(what: Grievance) -> Urgency | None:
    """The row for how urgent the text is; None for an ordinary one."""
    if what.urgency == "normal":
        return None
    return Urgency.objects.get(code=BY_TOPIC.get(what.topic, "production-stopped"))
