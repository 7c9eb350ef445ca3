"""Applications for single items: which item, whose, when, and how it is to end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from approvals.bundles.offered import LICENCE as COMPANY_SETUP
from approvals.catalogue.snapshot import Snapshot, snapshot, whole
from approvals.demo.office import OfficeTeller
from approvals.demo.people import People, Somebody, days_ago
from approvals.demo.words import table
from approvals.models import ServiceItem
from enterprises.demo.scene import Scene, moment
from enterprises.demo.walk import Story

APPLICATIONS, FEWEST = 112, 6
# Of forty applications so many go each of these ways; all others are granted.
FATES = {
    "missing": 6,
    "special": 3,
    "extended": 2,
    "late": 2,
    "refused": 3,
    "not_accepted": 1,
    "withdrawn": 2,
    "silence": 1,
}
ROUND = 40
# What stands in every stage at the end: the fate, and how many working days ago it was submitted. What is
# "waiting" is never supplied.
STANDING = (
    ("granted", 0),
    ("waiting", 1),
    ("special", 5),
    ("granted", 5),
    ("granted", 0),
    ("late", 9),
    ("waiting", 2),
    ("extended", 13),
    ("granted", 1),
    ("waiting", 3),
    ("granted", 4),
    ("granted", 6),
)
FIRST_DAYS = timedelta(days=7)
# Whoever stands on the log-in page has more in hand than others.
SHOWN, OFTEN = 2, 0.14
# What somebody who founds companies asks for besides.
FOUNDERS = frozenset({"startup-loan", "fund-withdrawal"})


def stories(scene: Scene, people: People) -> list[Story]:
    rng = scene.rng("applications")
    some = Choosing(scene, people, rng)
    teller = OfficeTeller(rng, scene.city, scene.walk)
    plan = sorted(some.plan(), key=lambda each: each[1])
    return [teller.application(some.who(item), item, fate, at) for fate, at, item in plan]


class Choosing:
    def __init__(self, scene: Scene, people: People, rng: Random) -> None:
        self.scene, self.people, self.rng = scene, people, rng
        rows = whole(ServiceItem.objects.filter(is_online=True, is_part_only=False).order_by("code"))
        self.items = [snapshot(row) for row in rows if row.code != COMPANY_SETUP]

    def plan(self) -> Iterator[tuple[str, datetime, Snapshot]]:
        first = self.scene.since + FIRST_DAYS
        for fate in self.fates(self.scene.share(APPLICATIONS, FEWEST)):
            yield fate, moment(self.rng, first, self.scene.until), self.item(fate)
        for fate, days in STANDING[: self.scene.share(len(STANDING), 4)]:
            yield fate, days_ago(self.scene, self.rng, days), self.item(fate, longer=True)

    def fates(self, count: int) -> list[str]:
        """In every forty each fate as often as its figure says, in any order."""
        found: list[str] = []
        while len(found) < count:
            one = [fate for fate, times in FATES.items() for _each in range(times)]
            one += ["granted"] * (ROUND - len(one))
            self.rng.shuffle(one)
            found += one
        return found[:count]

    def item(self, fate: str, *, longer: bool = False) -> Snapshot:
        """One that can go that way; `longer` leaves out what is decided within the day."""
        able = [item for item in self.items if suits(item, fate)]
        able = [item for item in able if item["procedure"] == "licence"] if longer else able
        weights = [table("popularity").get(item["code"], 2) for item in able]
        return self.rng.choices(able, weights)[0]

    def who(self, item: Snapshot) -> Somebody:
        theirs = item["applicants"] == "company"
        everybody = self.people.companies if theirs else self.people.persons
        if theirs and self.rng.random() < OFTEN:
            return self.rng.choice(everybody[:SHOWN])
        if item["code"] in FOUNDERS and self.rng.random() < OFTEN:
            return self.people.founder
        return self.rng.choice(everybody if theirs else self.people.persons[1:])


def suits(item: dict[str, Any], fate: str) -> bool:
    """Whether an application for this item can go that way."""
    needs = {
        "special": bool(item["special"]),
        "extended": bool(item["extension"]) and item["procedure"] == "licence",
        "not_accepted": item["procedure"] == "licence",
        "silence": item["procedure"] == "licence",
        "withdrawn": item["procedure"] == "licence",
    }
    return needs.get(fate, True)
