"""Companies opened with one form: most within half a day, some with a part refused or papers missing, and
some under way. Each office handles its part as soon as the licence is there."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from approvals.bundles.offered import LICENCE, current
from approvals.demo.answers import Answering, Known
from approvals.demo.office import OfficeTeller
from approvals.demo.people import People, Somebody, days_ago, street
from approvals.demo.words import words
from approvals.models import BundleApplication
from enterprises.data import rows
from enterprises.demo.cast import Role
from enterprises.demo.companies import DemoCompany, companies
from enterprises.demo.scene import Scene, moment
from enterprises.demo.walk import Story
from enterprises.models import Company
from servicedesk.desk import actions
from servicedesk.desk.models import Case

BUNDLE = "company-opening"
BUNDLES, FEWEST = 53, 3
# Of twenty openings so many go each of these ways; all others are done as promised.
FATES = {"missing": 3, "part_missing": 1, "part_refused": 2, "refused": 1, "late": 1, "withdrawn": 1}
ROUND = 20
# What stands at the end: the fate, and how many working days ago it was sent. The first are the founder's;
# what is "waiting" is never supplied.
STANDING = (
    ("part_waiting", 1),
    ("done", 0),
    ("done", 38),
    ("waiting", 1),
    ("done", 0),
    ("part_waiting", 2),
    ("done", 0),
)
FOUNDERS_OWN = 3
# Shares: with papers; of those who want all eight.
WITH_PAPERS, EVERYTHING = 0.2, 0.35
SCOPE = (
    "一般项目：{trade}；技术服务、技术咨询；货物进出口。"
    "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
)
# Minutes until an office asks for what is missing.
AT_ONCE = (4, 25)
# After what share of the time that is left a part is decided.
IN_TIME, LATE = (0.15, 0.7), (1.3, 2.5)


@dataclass(frozen=True)
class Opening:
    """One company to be: what it is called, who founds it, when, and how it goes."""

    company: DemoCompany
    founder: Somebody
    at: datetime
    fate: str


def stories(scene: Scene, people: People) -> list[Story]:
    rng = scene.rng("bundles")
    teller = BundleTeller(rng, OfficeTeller(rng, scene.city, scene.walk))
    return [teller.story(opening) for opening in sorted(openings(scene, people, rng), key=lambda o: o.at)]


def openings(scene: Scene, people: People, rng: Random) -> Iterator[Opening]:
    count, standing = scene.share(BUNDLES, FEWEST), STANDING[: scene.share(len(STANDING), 3)]
    new = iter(_new_companies(scene, rng, count + len(standing)))
    fates = _fates(rng, count)
    others = people.persons[1:]
    for number, fate in enumerate(fates):
        at = moment(rng, scene.since + timedelta(days=7), scene.until)
        yield Opening(next(new), others[number % len(others)], scene.walk.open_at(at), fate)
    for number, (fate, days) in enumerate(standing):
        founder = people.founder if number < FOUNDERS_OWN else rng.choice(others)
        yield Opening(next(new), founder, days_ago(scene, rng, days), fate)


def _new_companies(scene: Scene, rng: Random, count: int) -> list[DemoCompany]:
    """Made-up companies whose names nobody in the register has."""
    taken = set(Company.objects.values_list("party__name", flat=True))
    found = companies(count + len(taken), rng, timezone.localdate(scene.until))
    return [each for each in found if each.name not in taken][:count]


def _fates(rng: Random, count: int) -> list[str]:
    found: list[str] = []
    while len(found) < count:
        one = [fate for fate, times in FATES.items() for _each in range(times)]
        one += ["done"] * (ROUND - len(one))
        rng.shuffle(one)
        found += one
    return found[:count]


class BundleTeller:
    def __init__(self, rng: Random, office: OfficeTeller) -> None:
        self.rng, self.office = rng, office
        found = current(BUNDLE, timezone.localdate())
        assert found is not None
        self.codes = [part["code"] for part in found[0]["items"]]
        self.items = found[1]
        self.trades = {row["code"]: row["name"] for row in rows("industries")}

    def story(self, opening: Opening) -> Story:
        """The licence first; the other parts are stories of their own from the moment they begin."""
        yield opening.at
        whole = self._submit(opening)
        licence = whole.steps.get(code=LICENCE).opens
        assert licence is not None
        user, officer = opening.founder.user, self.office.one(licence.office.code, Role.OFFICER)
        at = self._soon(opening.at, 4, 20)
        yield at
        actions.claim(licence, by=officer, at=at)
        if opening.fate == "withdrawn":
            at = self._soon(at, 5, 30)
            yield at
            actions.withdraw(whole, by=user, at=at, reason=words("bundle_withdrawn"))
            return
        if opening.fate == "waiting":
            yield from self.office.waiting(licence, officer, at, "bundle_missing", AT_ONCE)
            return
        if opening.fate == "missing":
            at = yield from self.office.supplemented(licence, user, officer, at, "bundle_missing", AT_ONCE)
        at = self._done_at(licence, at, late=opening.fate == "late")
        yield at
        if opening.fate == "refused":
            self.office.refuse(licence, officer, at, "setup_refused")
            return
        self.office.decide(licence, officer, at)
        self._begin_parts(whole, opening, at)

    def _submit(self, opening: Opening) -> Case:
        """One draft for everything, filled in over some minutes."""
        who, company, at = opening.founder, opening.company, opening.at
        begun = at - timedelta(minutes=self.rng.uniform(12, 60))
        chosen = self._chosen()
        asked = {"bundle_code": BUNDLE, "chosen": chosen}
        case = actions.open_case("bundle", applicant=who.party, by=who.user, at=begun, opening=asked)
        known = Known(
            timezone.localdate(at),
            who.user.name,
            who.phone,
            company=company.name,
            representative=who.user.name,
            town=company.town,
            street=street(company.registered_address),
        )
        items = [self.items[code] for code in chosen]
        answers = Answering(self.rng, known).of(items)
        answers |= self._of_one_piece(answers, company, who)
        BundleApplication.objects.create(case=case, bundle_code=BUNDLE, answers=answers)
        if self.rng.random() < WITH_PAPERS:
            self.office.folder.hand_in(case, items, by=who.user, at=begun, most=3)
        return actions.submit(case, by=who.user, at=at, key=uuid.uuid4(), facts={"answers": answers})

    def _of_one_piece(self, answers: dict[str, Any], company: DemoCompany, who: Somebody) -> dict[str, Any]:
        """What hangs together: trade and scope, name and type, capital and what each shareholder brings."""
        trade = self.trades[company.industry]
        shares = answers["shareholders"]
        shares[0]["name"] = who.user.name
        capital, number = int(answers["registered_capital"]), len(shares)
        for place, row in enumerate(shares):
            row["amount"] = str(capital // number + (capital % number if place == 0 else 0))
        sole = "llc-sole" if number == 1 else "llc"
        return {
            "shareholders": shares,
            "industry": f"{company.industry} {trade}",
            "business_scope": SCOPE.format(trade=trade),
            "company_type": "jsc" if company.name.endswith("股份有限公司") else sole,
        }

    def _chosen(self) -> list[str]:
        """All eight, or the licence and some of the others."""
        others = [code for code in self.codes if code != LICENCE]
        if self.rng.random() < EVERYTHING:
            return self.codes
        taken = {LICENCE, *self.rng.sample(others, self.rng.randint(1, len(others) - 1))}
        return [code for code in self.codes if code in taken]

    def _begin_parts(self, whole: Case, opening: Opening, at: datetime) -> None:
        parts = list(Case.objects.filter(parent=whole).open().order_by("pk"))
        unlucky = self.rng.choice(parts)
        for part in parts:
            fate = opening.fate if part == unlucky else "done"
            self.office.walk.add(self._handled(part, opening.founder, fate, at))

    def _handled(self, part: Case, who: Somebody, fate: str, at: datetime) -> Story:
        officer = self.office.one(part.office.code, Role.OFFICER)
        at = self._soon(at, 2, 15)
        yield at
        actions.claim(part, by=officer, at=at)
        if fate == "part_waiting":
            yield from self.office.waiting(part, officer, at, "bundle_missing", AT_ONCE)
            return
        if fate == "part_missing":
            at = yield from self.office.supplemented(part, who.user, officer, at, "bundle_missing", AT_ONCE)
        at = self._done_at(part, at)
        yield at
        if fate == "part_refused":
            self.office.refuse(part, officer, at, "part_refused")
        else:
            self.office.decide(part, officer, at)
        step = part.steps.filter(code="deliver", state="running").first()
        if step is not None:
            at = self._soon(at, 5, 15)
            yield at
            actions.complete(step, by=officer, at=at, text=self.rng.choice(words("delivered")))

    def _done_at(self, part: Case, at: datetime, *, late: bool = False) -> datetime:
        due = self.office.due(part, "promised")
        return self.office.walk.within(at, due, self.rng.uniform(*(LATE if late else IN_TIME)))

    def _soon(self, at: datetime, least: float, most: float) -> datetime:
        return self.office.walk.later(at, self.rng.uniform(least, most))
