"""Claims of companies: one just filed, one granted, one refused after its owner objected, one being
heard; and a bookkeeping agent who serves several companies, each since another day."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.claims import objecting
from enterprises.claims.party import own_party
from enterprises.demo.cast import Names
from enterprises.demo.scene import Scene, just_now, on, working_day
from enterprises.demo.story import PDF
from enterprises.demo.walk import Story
from enterprises.models import ClaimObjection, CompanyClaim, ServiceManager
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions, files
from servicedesk.desk.actions.opening import fingerprint
from servicedesk.desk.models import Case, Membership
from servicedesk.desk.registry import CENTRE

# Serial numbers of codes that no company of the demo has.
FIRST_CODE = 900_001
CLIENTS, MANAGED = 3, 8
NEW_NAMES = ("青岛胶州湾新材料有限公司", "青岛少海数字科技有限公司")


def stories(scene: Scene) -> Iterable[Story]:
    """The claims as stories; who looks after whom stands from the beginning."""
    rng = scene.rng("claims")
    names = Names(rng)
    _agent(scene, names.next())
    _service_managers(scene)
    calendar = scene.walk.calendar

    def ago(days: int, hour: int) -> datetime:
        return on(working_day(calendar, (scene.until - timedelta(days=days)).date(), -1), hour)

    owned = scene.applicants[0].company
    claimants = [_claimant(scene, number, names.next(), rng.randint(0, 9999)) for number in range(1, 5)]
    new = [{"uscc": make_uscc(FIRST_CODE + n), "name": name} for n, name in enumerate(NEW_NAMES)]
    taken = {"uscc": owned.number, "name": owned.name}
    return [
        _filed(claimants[0], just_now(rng, scene.until), new[0]),
        _granted(scene, claimants[1], ago(34, 10), new[1]),
        _contested(scene, claimants[2], ago(60, 10), taken),
        _filed(claimants[3], just_now(rng, scene.until), taken),
    ]


def _person(scene: Scene, username: str, name: str, phone: str | None = None) -> User:
    return User.objects.create(
        username=username,
        name=name,
        phone=phone,
        password=scene.password,
        email=f"{username}@demo.example.cn",
        is_demo=True,
        joined_at=scene.begins_at(),
    )


def _claimant(scene: Scene, number: int, name: str, tail: int) -> User:
    user = _person(scene, f"claimant{number}", name, f"1390000{number}{tail:04}"[:11])
    own_party(user, scene.begins_at())
    return user


def _agent(scene: Scene, name: str) -> None:
    """A bookkeeper whom several companies have authorised, one of them until a day."""
    agent = _person(scene, "agent1", name)
    for number, applicant in enumerate(scene.applicants[1 : 1 + CLIENTS]):
        until = scene.until.date() + timedelta(days=90) if number == 0 else None
        since = scene.since + timedelta(days=30 * number)
        role = Membership.Role.AGENT
        Membership.objects.create(user=agent, party=applicant.party, role=role, since=since, until=until)


def _service_managers(scene: Scene) -> None:
    """Officers of the centre's towns and bureaus look after the first companies."""
    officers = list(User.objects.filter(posts__role=Post.Role.OFFICER).distinct().order_by("pk")[:MANAGED])
    ServiceManager.objects.bulk_create(
        ServiceManager(company=applicant.company, user=officer, since=scene.since)
        for applicant, officer in zip(scene.applicants, officers, strict=False)
    )


def _claim(user: User, at: datetime, company: dict[str, str]) -> Case:
    case = actions.open_case("company-claim", applicant=own_party(user, at), by=user, at=at, title="企业认领")
    facts: dict[str, Any] = company | {
        "representative_name": "法定代表人（演示）",
        "representative_phone": "13800000000",
        "why": "本人负责公司行政事务。",
    }
    CompanyClaim.objects.create(case=case, phone_proven_at=at, **facts)
    licence = SimpleUploadedFile("营业执照.pdf", PDF, content_type="application/pdf")
    actions.attach(case, by=user, at=at, file=files.check(licence))
    key = uuid.uuid5(uuid.NAMESPACE_URL, fingerprint(facts | {"by": user.username}))
    return actions.submit(case, by=user, at=at, key=key, facts=facts, title=f"企业认领：{company['name']}")


def _decide(scene: Scene, case: Case, at: datetime, outcome: str, text: str) -> None:
    [by, *_rest] = scene.city.of(CENTRE, Post.Role.DISPATCHER)
    actions.decide(case, by=by, at=at, outcome=outcome, text=text)


def _filed(user: User, at: datetime, company: dict[str, str]) -> Iterator[datetime]:
    yield at
    _claim(user, at, company)


def _granted(scene: Scene, user: User, at: datetime, company: dict[str, str]) -> Iterator[datetime]:
    yield at
    case = _claim(user, at, company)
    at += timedelta(hours=4)
    yield at
    _decide(scene, case, at, "granted", "营业执照与登记信息一致，已与法定代表人核实。")


def _contested(scene: Scene, user: User, at: datetime, company: dict[str, str]) -> Iterator[datetime]:
    yield at
    case = _claim(user, at, company)
    at += timedelta(hours=5)
    yield at
    objects, owner = ClaimObjection.Stance.OBJECTS, scene.applicants[0].user
    objecting.say(case.company_claim, by=owner, at=at, stance=objects, text="此人已从我公司离职。")
    at += timedelta(hours=1)
    yield at
    _decide(scene, case, at, "refused", "现有管理人提出异议，经电话核实，申请人已离职。")
