"""Applications for single items: which item, whose, when, and how it is to end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
# Whoever stands on the log-in page has more in hand than others, and the first of what stands at the end.
SHOWN, OFTEN = 2, 0.14
# What somebody who founds companies asks for besides.
FOUNDERS = frozenset({"startup-loan", "fund-withdrawal"})


@dataclass(frozen=True)
class Planned:
    at: datetime
    fate: str
    item: Snapshot
    who: Somebody


def stories(scene: Scene, people: People) -> list[Story]:
    rng = scene.rng("applications")
    teller = OfficeTeller(rng, scene.city, scene.walk)
    plan = sorted(Choosing(scene, people, rng).plan(), key=lambda each: each.at)
    return [teller.application(each.who, each.item, each.fate, each.at) for each in plan]


class Choosing:
    def __init__(self, scene: Scene, people: People, rng: Random) -> None:
        self.scene, self.people, self.rng = scene, people, rng
        rows = whole(ServiceItem.objects.filter(is_online=True, is_part_only=False).order_by("code"))
        self.items = [snapshot(row) for row in rows if row.code != COMPANY_SETUP]
        # Nobody asks for the same thing twice, as far as there are enough to ask for it.
        self.asked: set[tuple[int, str]] = set()

    def plan(self) -> Iterator[Planned]:
        first = self.scene.since + FIRST_DAYS
        for number, (fate, days) in enumerate(STANDING[: self.scene.share(len(STANDING), 4)]):
            shown = self.people.companies[number] if number < SHOWN else None
            item = self.item(fate, longer=True, of=shown)
            at = days_ago(self.scene, self.rng, days)
            yield Planned(at, fate, item, self.keep(shown or self.who(item), item))
        for fate in self.fates(self.scene.share(APPLICATIONS, FEWEST)):
            item = self.item(fate)
            at = moment(self.rng, first, self.scene.until)
            yield Planned(at, fate, item, self.keep(self.who(item), item))

    def fates(self, count: int) -> list[str]:
        """In every forty each fate as often as its figure says, in any order."""
        found: list[str] = []
        while len(found) < count:
            one = [fate for fate, times in FATES.items() for _each in range(times)]
            one += ["granted"] * (ROUND - len(one))
            self.rng.shuffle(one)
            found += one
        return found[:count]

    def item(self, fate: str, *, longer: bool = False, of: Somebody | None = None) -> Snapshot:
        """One that can go that way; `longer` leaves out what is decided within the day, `of` what is nothing
        for that company."""
        able = [item for item in self.items if suits(item, fate)]
        able = [item for item in able if item["procedure"] == "licence"] if longer else able
        if of is not None:
            able = [item for item in able if fits(of, item)] or able
        weights = [table("popularity").get(item["code"], 2) for item in able]
        return self.rng.choices(able, weights)[0]

    def who(self, item: Snapshot) -> Somebody:
        if item["applicants"] != "company":
            if item["code"] in FOUNDERS and self.rng.random() < OFTEN:
                return self.people.founder
            return self.fresh(self.people.persons[1:], item)
        able = [who for who in self.people.companies if fits(who, item)] or self.people.companies
        shown = self.new([who for who in self.people.companies[:SHOWN] if who in able], item)
        return self.fresh(shown if shown and self.rng.random() < OFTEN else able, item)

    def fresh(self, able: list[Somebody], item: Snapshot) -> Somebody:
        """One of them who has not asked for it yet, where there is one."""
        return self.rng.choice(self.new(able, item) or able)

    def new(self, able: list[Somebody], item: Snapshot) -> list[Somebody]:
        return [who for who in able if (who.party.pk, item["code"]) not in self.asked]

    def keep(self, who: Somebody, item: Snapshot) -> Somebody:
        self.asked.add((who.party.pk, item["code"]))
        return who


def fits(who: Somebody, item: Snapshot) -> bool:
    """Whether a company of this trade has any use for the item."""
    trades = table("trades").get(item["code"])
    if who.company is None or item["applicants"] == "person":
        return who.company is None
    industry = who.company.company.industry
    return trades is None or (industry is not None and industry.code[:2] in trades)


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
