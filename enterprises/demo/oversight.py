"""Complaints about offices at three stages, and oversight orders: one accepted, one made known, one open."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from enterprises.demo.scene import Applicant, Scene, just_now, on, working_day
from enterprises.demo.walk import Story
from enterprises.models import ComplaintMatter
from enterprises.oversight import orders
from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk import actions
from servicedesk.desk.actions.opening import fingerprint
from servicedesk.desk.models import Case

Role = Post.Role
SLOW = "窗口先后三次要求补交同一份材料，每次都不出具书面清单，耽误了一个多月。"
RUDE = "多次电话咨询，工作人员未作答复即挂断，也不告知应向谁反映。"
WRONG = "诉求已两次被派到无关单位，无人说明原因。"


def stories(scene: Scene) -> Iterable[Story]:
    rng = scene.rng("oversight")
    calendar = scene.walk.calendar

    def ago(days: int, hour: int) -> datetime:
        return on(working_day(calendar, (scene.until - timedelta(days=days)).date(), -1), hour)

    # A small desk has few people: then one of them complains twice.
    people = scene.applicants
    first, second, third = (people[place % len(people)] for place in (2, 3, 4))
    return [
        _answered(scene, first, ago(40, 9), "zjj", SLOW),
        _looked_into(scene, second, ago(5, 10), "jtj", RUDE),
        _filed(third, just_now(rng, scene.until), "fwzx", WRONG),
        _accepted(scene, ago(50, 9)),
        _made_known(scene, ago(25, 9)),
        _open(scene, ago(1, 15)),
    ]


def _supervisor(scene: Scene) -> User:
    return scene.city.of(orders.OFFICE, Role.SUPERVISOR)[0]


def _complaint(who: Applicant, at: datetime, about: str, text: str) -> Case:
    user, party = who.user, who.company.party
    case = actions.open_case("complaint", applicant=party, by=user, at=at, title=text[:40])
    facts = {"text": text, "contact_name": user.name, "contact_phone": who.phone}
    ComplaintMatter.objects.create(case=case, office=Office.objects.get(code=about), **facts)
    key = uuid.uuid5(uuid.NAMESPACE_URL, fingerprint(facts | {"about": about}))
    return actions.submit(case, by=user, at=at, key=key, facts=facts)


def _filed(who: Applicant, at: datetime, about: str, text: str) -> Iterator[datetime]:
    yield at
    _complaint(who, at, about, text)


def _looked_into(scene: Scene, who: Applicant, at: datetime, about: str, text: str) -> Iterator[datetime]:
    yield at
    case, by = _complaint(who, at, about, text), _supervisor(scene)
    at += timedelta(hours=1)
    yield at
    actions.accept(case, by=by, at=at)
    actions.claim(_now(case), by=by, at=at)
    actions.contact(_now(case), by=by, at=at, result="reached")


def _answered(scene: Scene, who: Applicant, at: datetime, about: str, text: str) -> Iterator[datetime]:
    yield from _looked_into(scene, who, at, about, text)
    by, case = _supervisor(scene), Case.objects.get(kind="complaint", title=text[:40])
    at = on(working_day(scene.walk.calendar, (at + timedelta(days=6)).date()), 10)
    yield at
    actions.complete(case.steps.get(code="investigate"), by=by, at=at, text="经查阅窗口记录，投诉属实。")
    actions.draft_answer(
        _now(case), by=by, at=at, text="投诉属实。已责令该单位改正，今后一次性书面告知所需材料。"
    )
    actions.sign_off(_now(case), by=by, at=at)
    at += timedelta(hours=3)
    yield at
    actions.confirm(_now(case), by=who.user, at=at)


def _now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def _matter() -> Case | None:
    """An open matter of the direct line that an office has in hand and nobody has ordered anything about."""
    rows = Case.objects.open().filter(kind="direct-line", state=Case.State.ACCEPTED, oversight_orders=None)
    return rows.order_by("pk").first()


def _order(scene: Scene, at: datetime) -> Case | None:
    matter = _matter()
    if matter is None or orders.why_not(matter) is not None:
        return None
    demand = "请查明久拖未决的原因，限期办结，并书面报告结果。"
    return orders.issue(matter, by=_supervisor(scene), at=at, demand=demand, cause="overdue")


def _open(scene: Scene, at: datetime) -> Iterator[datetime]:
    yield at
    _order(scene, at)


def _accepted(scene: Scene, at: datetime) -> Iterator[datetime]:
    yield at
    case = _order(scene, at)
    if case is None:
        return
    head = scene.city.of(case.office.code, Role.HEAD)[0]
    at = on(working_day(scene.walk.calendar, (at + timedelta(days=1)).date()), 10)
    yield at
    actions.draft_answer(case, by=head, at=at, text="已成立专班，两日内现场办结；此后每周回访一次。")
    actions.sign_off(_now(case), by=head, at=at)
    at += timedelta(hours=4)
    yield at
    step = case.steps.get(code="accept", state="running")
    actions.complete(step, by=_supervisor(scene), at=at, text="核查属实，同意办结。")


def _made_known(scene: Scene, at: datetime) -> Iterator[datetime]:
    yield at
    case = _order(scene, at)
    if case is None:
        return
    at = on(working_day(scene.walk.calendar, (at + timedelta(days=9)).date()), 9)
    yield at
    text = "该督办单逾期未答复，现予通报，请立即办理并说明原因。"
    orders.circulate(_now(case), by=_supervisor(scene), at=at, text=text)
