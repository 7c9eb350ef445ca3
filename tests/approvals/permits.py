"""Building projects, walked to where a test begins. Alice serves and Bob heads where permits are handled."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from approvals.models import Project, StageApplication, StageCondition, StageRule
from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Party
from tests.approvals.make import words
from tests.make import MONDAY, again
from tests.people import SINCE, Cast, posted

OFFICE = "xzspj"
CODE = "2603-370281-04-01-123456"
BUILDER = {"builder_name": "青岛胶东建工有限公司", "builder_number": "91370281MA3C0A1B2X"}
OTHER_BUILDER = {"builder_name": "青岛大洼建筑有限公司", "builder_number": "91370281MA3C0D4E5Y"}
STAGES = ("p1", "p2", "p3")


def serving(people: Cast) -> None:
    posted(people.alice, OFFICE, Post.Role.OFFICER)
    posted(people.bob, OFFICE, Post.Role.HEAD)


def rules(*, conditions: bool = False) -> None:
    """Three stages in the place of the shipped ones, one of which may rest on a promise; and one whole."""
    StageRule.objects.all().delete()
    for place, (code, suffix) in enumerate(zip(STAGES, ("S", "J", ""), strict=True)):
        rule = StageRule.objects.create(
            staging="three",
            code=code,
            label=words(code.upper()),
            suffix=suffix,
            position=place,
            valid_from=SINCE,
        )
        StageCondition.objects.create(
            rule=rule, code="land", label=words("用地"), needs_paper=False, may_be_promised=conditions
        )
    StageRule.objects.create(staging="none", code="whole", label=words("整体"), position=9, valid_from=SINCE)


def project(people: Cast | None, *, code: str = CODE, staging: str = "three", **given: Any) -> Project:
    facts = {
        "name": "胶州湾智造产业园1号厂房",
        "owner": people.company if people else None,
        "site": "胶州市经济技术开发区长江路1号",
        "area": 12000,
        "amount": 3600,
        "contractor": BUILDER["builder_name"],
        "contractor_number": BUILDER["builder_number"],
        "opened_at": MONDAY,
    }
    return Project.objects.create(code=code, staging=staging, **(facts | given))


def draft(people: Cast, of: Project, stage: str = "p1", *, at: datetime = MONDAY, **answers: Any) -> Case:
    opening = {"item_code": "construction-permit", "project": of.code, "staging": of.staging, "stage": stage}
    case = actions.open_case(
        "construction-permit", applicant=people.company, by=people.wang, at=at, opening=opening
    )
    given = BUILDER | {"land_holds": "met"} | answers
    StageApplication.objects.create(case=case, project=of, stage_code=stage, answers=given)
    return case


def submitted(people: Cast, of: Project, stage: str = "p1", *, at: datetime = MONDAY, **answers: Any) -> Case:
    case = draft(people, of, stage, at=at, **answers)
    return actions.submit(case, by=people.wang, at=at, key=uuid.uuid4(), facts={})


def granted(people: Cast, of: Project, stage: str = "p1", *, at: datetime = MONDAY, **answers: Any) -> Case:
    case = submitted(people, of, stage, at=at, **answers)
    actions.decide(case, by=people.bob, at=at, outcome="granted", text="准予。")
    return again(case)


def delivered(people: Cast, of: Project, stage: str = "p1", *, at: datetime = MONDAY, **answers: Any) -> Case:
    """The case of the life that begins with the delivery."""
    case = granted(people, of, stage, at=at, **answers)
    deliver(people, case, at)
    return Case.objects.get(permit__application=case)


def deliver(people: Cast, case: Case, at: datetime) -> None:
    step = case.steps.get(code="deliver")
    actions.complete(step, by=people.bob, at=at, text="电子证照已上传，申请人可以下载。")


def asked(people: Cast, life: Case, at: datetime, months: int = 3) -> None:
    actions.ask_extension(again(life), by=people.wang, at=at, term=months, reason="拆迁未完成")


def extended(people: Cast, life: Case, at: datetime, months: int = 3) -> None:
    actions.extend(
        again(life), by=people.bob, at=at, clocks=("start",), term=months, reason="同意延期", told_at=at
    )


# --- for the suite every kind inherits, which knows people by their names only ----------------------------

OPENING = {"item_code": "construction-permit", "project": CODE, "staging": "three", "stage": "p1"}


def prepare() -> Project:
    rules()
    for name, role in (("alice", Post.Role.OFFICER), ("bob", Post.Role.HEAD)):
        posted(User.objects.get(username=name), OFFICE, role)
    company = Party.objects.get(number="91370281MA0000015W")
    return project(None, owner=company)


def stage_facts() -> dict[str, Any]:
    found = Project.objects.get(code=CODE)
    return {"project": found, "stage_code": "p1", "answers": BUILDER | {"land_holds": "met"}}


def life_facts() -> dict[str, Any]:
    found = Project.objects.get(code=CODE)
    user = User.objects.get(username="wang")
    case = actions.open_case(
        "construction-permit", applicant=found.owner, by=user, at=MONDAY, opening=dict(OPENING)
    )
    StageApplication.objects.create(case=case, **stage_facts())
    return {
        "project": found,
        "application": case,
        "stage_code": "p1",
        "number": "370281202603020101S",
        "delivered_at": MONDAY,
    }
