"""Building projects: for the whole or stage by stage, with permits whose works began, wait, were given more
time, or lapsed by law."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from approvals.construction.conditions import (
    BUILDER,
    DOES_NOT_APPLY,
    MET,
    PROMISED,
    item_of_stage,
    name_of,
    until_of,
)
from approvals.construction.project_form import ProjectForm, enter
from approvals.construction.stages import rules_of
from approvals.demo.answers import STRANGERS, project_code
from approvals.demo.lives import LifeTeller
from approvals.demo.office import DAY, OfficeTeller
from approvals.demo.people import People, Somebody
from approvals.demo.words import table, words
from approvals.models import Project, StageApplication
from enterprises.demo.cast import Role
from enterprises.demo.scene import Scene, on, working_day
from enterprises.demo.walk import Act, Story
from enterprises.uscc import make_uscc
from servicedesk.desk import actions
from servicedesk.desk.models import Case

PROJECTS, FEWEST = 40, 6
ITEM = "construction-permit"


@dataclass(frozen=True)
class Plan:
    """Into how many stages, how many days ago the first is applied for, and what becomes of each stage.
    `handling` is how the office handles the last one: "", "missing", "refused" or "open" (under way)."""

    staging: str
    age: int
    lives: tuple[str, ...]
    handling: str = ""


# The order matters to a small demo: it takes the first.
PLANS = (
    Plan("three", 150, ("began", "began", ""), "open"),
    Plan("two", 94, ("asks",)),
    Plan("none", 330, ("lapses",)),
    Plan("none", 2, ("",), "open"),
    Plan("three", 320, ("began", "began", "began")),
    Plan("two", 60, ("began", "waits")),
    Plan("none", 200, ("began",)),
    Plan("none", 8, ("",), "missing"),
    Plan("two", 260, ("extended", "began")),
    Plan("three", 110, ("began", ""), "open"),
    Plan("none", 130, ("forgotten",)),
    Plan("none", 300, ("",), "refused"),
    Plan("three", 210, ("began", "began")),
    Plan("none", 45, ("waits",)),
    Plan("two", 180, ("refused", "began")),
    Plan("none", 240, ("began",)),
    Plan("none", 3, ("",), "open"),
    Plan("two", 300, ("began", "began")),
    Plan("none", 365, ("lapses",)),
    Plan("three", 75, ("began",)),
)
# Which of the projects are the builder's.
BUILDERS_OWN = frozenset({0, 1, 2, 3, 5, 9})
# Days from the grant of one stage to the application for the next.
BETWEEN = (18, 45)


@dataclass(frozen=True)
class Site:
    """One project to be entered."""

    number: int
    plan: Plan
    owner: Somebody
    day: datetime


def stories(scene: Scene, people: People) -> list[Story]:
    rng = scene.rng("projects")
    teller = ProjectTeller(rng, OfficeTeller(rng, scene.city, scene.walk))
    return [teller.story(site) for site in sites(scene, people, rng)]


def sites(scene: Scene, people: People, rng: Random) -> Iterator[Site]:
    """Ages vary by some days from round to round."""
    others = [who for who in people.companies if who.party != people.builder.party]
    for number in range(scene.share(PROJECTS, FEWEST)):
        plan = PLANS[number % len(PLANS)]
        own = number in BUILDERS_OWN
        back = plan.age + (rng.randint(0, 3) if number < len(PLANS) else rng.randint(1, 5))
        day = working_day(scene.walk.calendar, timezone.localdate(scene.until) - timedelta(days=back), -1)
        yield Site(number, plan, people.builder if own else rng.choice(others), on(day, 9))


class ProjectTeller:
    def __init__(self, rng: Random, office: OfficeTeller) -> None:
        self.rng, self.office, self.walk = rng, office, office.walk
        self.lives = LifeTeller(rng, office)

    def story(self, site: Site) -> Story:
        """The project is entered, and its stages are applied for one after the other."""
        at = self.walk.later(site.day, self.rng.uniform(5, 300))
        yield at
        project = self._enter(site, at)
        stages = rules_of(project.staging, timezone.localdate())
        for place, (life, rule) in enumerate(zip(site.plan.lives, stages, strict=False)):
            last = place == len(site.plan.lives) - 1
            handling = site.plan.handling if last else ""
            if place:
                at = self._next(site, at, open_now=handling == "open")
            at = self.walk.later(at, self.rng.uniform(20, 200))
            yield at
            case = self._submit(project, site.owner, rule.code, at)
            at = yield from self._handled(case, site.owner, handling, life, at)

    def _enter(self, site: Site, at: datetime) -> Project:
        made, town = table("projects"), site.owner.town()
        contractor = site.number % len(made["contractors"])
        name = made["names"][site.number % len(made["names"])]
        company = site.owner.party.name.removesuffix("有限公司").removeprefix("青岛")
        area = self.rng.uniform(2400, 46000)
        form = ProjectForm(
            [site.owner.party],
            {
                "owner": site.owner.party.pk,
                "code": project_code(self.rng, timezone.localdate(at) - timedelta(days=120)),
                "name": f"{company}{name}",
                "site": f"{town_name(site.owner, town)}{self.rng.choice(ROADS)}{self.rng.randint(1, 260)}号",
                "area": f"{area:.2f}",
                "amount": f"{area * self.rng.uniform(0.16, 0.32):.2f}",
                "category": "01",
                "staging": site.plan.staging,
                "contractor": made["contractors"][contractor],
                "contractor_number": make_uscc(STRANGERS + contractor),
                "supervisor": self.rng.choice(made["supervisors"]),
            },
        )
        assert form.is_valid(), form.errors
        return enter(form, by=site.owner.user, at=at)

    def _next(self, site: Site, at: datetime, *, open_now: bool) -> datetime:
        """When the next stage is applied for; of one that is still under way, in the last days."""
        if not open_now:
            return self.walk.open_at(at + timedelta(days=self.rng.uniform(*BETWEEN)))
        yesterday = timezone.localdate(self.walk.until) - timedelta(days=1)
        return max(at, on(working_day(self.walk.calendar, yesterday, step=-1), 9))

    def _submit(self, project: Project, who: Somebody, stage: str, at: datetime) -> Case:
        begun = at - timedelta(minutes=15)
        opening = {
            "item_code": ITEM,
            "project": project.code,
            "staging": project.staging,
            "stage": stage,
        }
        item = item_of_stage(opening)
        case = actions.open_case(ITEM, applicant=who.party, by=who.user, at=begun, opening=opening)
        answers = {
            f"{BUILDER}_name": project.contractor,
            f"{BUILDER}_number": project.contractor_number,
        }
        papers: dict[str, str] = {}
        for condition in item["stage"]["conditions"]:
            given = self._answer(condition, at)
            answers |= given
            met = given.get(name_of(condition["code"]), MET) == MET
            if met and condition["needs_paper"]:
                papers[condition["code"]] = condition["label"]["zh-hans"]
        StageApplication.objects.create(case=case, project=project, stage_code=stage, answers=answers)
        self.office.folder.add(case, papers, by=who.user, at=begun)
        return actions.submit(case, by=who.user, at=at, key=uuid.uuid4(), facts={"answers": answers})

    def _answer(self, condition: dict[str, Any], at: datetime) -> dict[str, str]:
        """Most conditions hold; some are promised by a day, some do not apply to this project."""
        name, answers = name_of(condition["code"]), condition["answers"]
        if not answers:
            return {}
        if PROMISED in answers and self.rng.random() < 0.4:
            until = timezone.localdate(at) + timedelta(days=self.rng.randint(30, 60))
            return {name: PROMISED, until_of(condition["code"]): until.isoformat()}
        if DOES_NOT_APPLY in answers and self.rng.random() < 0.4:
            return {name: DOES_NOT_APPLY}
        return {name: MET}

    def _handled(self, case: Case, who: Somebody, handling: str, life: str, at: datetime) -> Act:
        officer = self.office.one(case.office.code, Role.OFFICER)
        at = self.walk.later(at, self.rng.uniform(10, 90))
        yield at
        actions.claim(case, by=officer, at=at)
        if handling == "missing":
            at = yield from self.office.supplemented(case, who.user, officer, at, "permit_missing")
        share = 0.95 if handling == "open" else self.rng.uniform(0.3, 0.8)
        at = self.walk.within(at, self.office.due(case, "promised"), share)
        yield at
        if handling == "refused":
            self.office.refuse(case, officer, at, "permit_refused")
        else:
            self.office.decide(case, officer, at, self.rng.choice(words("permit_granted")))
        granted = at
        at = self.walk.later(at, self.rng.uniform(0.2, 1.5) * DAY)
        yield at
        step = case.steps.get(code="deliver", state="running")
        actions.complete(step, by=officer, at=at, text=self.rng.choice(words("permit_delivered")))
        if life:
            self.walk.add(self.lives.story(Case.objects.get(permit__application=case), who.user, life, at))
        return max(granted, at)


ROADS = ("长江路", "扬州路", "香港路", "海尔大道", "交大大道", "营旧路", "创业大道")


def town_name(owner: Somebody, code: str) -> str:
    row = owner.company.company.town if owner.company else None
    return row.name if row is not None else code
