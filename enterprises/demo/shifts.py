"""The centre's own work: rules of who gets what, and shifts handed over on the last working days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from enterprises.data import rows
from enterprises.demo.scene import Scene, on, working_day
from enterprises.demo.walk import Story
from enterprises.direct_line.board import shift
from enterprises.models import DispatchRule, Topic, Town
from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.registry import CENTRE

NOTE = "供电公司来电约定明早九点现场查看；退回的两件请先核对职责清单再派。"
LAST = "今日平稳。未派单的请按到期时间先后处理。"


def stories(scene: Scene) -> Iterable[Story]:
    """The rules stand from the first day; each of the last two shifts is a story of its own."""
    write_rules(scene)
    first, second = scene.city.of(CENTRE, Post.Role.DISPATCHER)[:2]
    today = working_day(scene.walk.calendar, scene.until.date(), -1)
    before = working_day(scene.walk.calendar, today - timedelta(days=1), -1)
    return [
        _handed(on(before, 8, 30), on(before, 17), first, second, NOTE, on(today, 8, 40)),
        _handed(on(today, 8, 30), on(today, 12), second, first, LAST, None),
    ]


def write_rules(scene: Scene) -> None:
    """Rows of the city's habits, which an official may change: nothing of them is law."""
    topics = {topic.code: topic for topic in Topic.objects.all()}
    towns = {town.code: town for town in Town.objects.all()}
    offices = {office.code: office for office in Office.objects.all()}
    for row in rows("demo-dispatch-rules"):
        rule = DispatchRule.objects.create(
            topic=topics.get(row["topic"]),
            town=towns.get(row["town"]),
            office=offices[row["office"]],
            position=int(row["position"]),
            source="胶州市企业服务台派单规则（演示）",
            valid_from=scene.since,
        )
        rule.assists.set(offices[code] for code in row["assists"].split())


def _handed(
    since: datetime, until: datetime, by: User, to: User, note: str, taken_at: datetime | None
) -> Iterator[datetime]:
    yield until
    row = shift.write(since, until, note, by=by, at=until)
    if taken_at is not None:
        yield taken_at
        shift.take_over(row, by=to, at=taken_at)
