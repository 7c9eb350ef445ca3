"""A breakfast and those at its table: what a test needs to stand before its sentence begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from enterprises.breakfasts import minutes, room, stages
from enterprises.breakfasts.sign_ups import sign_up
from enterprises.models import Breakfast, BreakfastPromise, Company, Industry, Seat, SignUp, Standing
from servicedesk.accounts.models import Office, Post, User
from servicedesk.desk.models import Case, Party
from tests.make import moment
from tests.people import Cast, cast, member, person, posted

# A Thursday; sign-up closes on the Monday before. The clerk of 市委办 records, its head signs.
HELD = moment("2026-03-12 07:30")
CLOSES = moment("2026-03-09 17:00")
EARLY = moment("2026-03-02 09:00")
SELECTING = moment("2026-03-09 17:01")
SIGNING = moment("2026-03-13 10:00")
DEADLINE = date(2026, 4, 10)
STEEL, FOOD = "3311", "1353"


@dataclass
class Table:
    people: Cast
    clerk: User
    head: User
    other_head: User
    breakfast: Breakfast

    def again(self) -> Breakfast:
        return Breakfast.objects.get(pk=self.breakfast.pk)


def table(**fields: Any) -> Table:
    """A breakfast of 市委, open for sign-up, with its people."""
    people = cast()
    clerk = posted(person("swb-clerk"), "swb", Post.Role.OFFICER)
    head = posted(person("swb-head"), "swb", Post.Role.HEAD)
    other = posted(person("zfb-head"), "zfb", Post.Role.HEAD)
    return Table(people, clerk, head, other, breakfast(**fields))


def breakfast(number: int = 1, seat: str = "swb", **fields: Any) -> Breakfast:
    given: dict[str, Any] = {
        "starts_at": HELD,
        "closes_at": CLOSES,
        "place": "市民中心三楼",
        "theme": "钢结构产业链",
        "quota": 2,
        "stage": Breakfast.Stage.OPEN,
    }
    row = Breakfast.objects.create(number=number, seat=Seat.objects.get(code=seat), **given | fields)
    row.industries.set(Industry.objects.filter(code="33"))
    return row


def company(name: str, industry: str = STEEL) -> Company:
    party = Party.objects.create(name=name)
    return Company.objects.create(party=party, industry=Industry.objects.get(code=industry))


def speaker(username: str, of: Company) -> User:
    """Somebody who may act for the company."""
    return member(username, of.party)


def asked(
    at_table: Table, name: str, *, at: datetime = EARLY, industry: str = STEEL, consent: bool = False
) -> SignUp:
    """A company that has signed up, with somebody who acts for it (`<name>` is also the log-in name)."""
    guest = company(f"青岛{name}有限公司", industry)
    user = speaker(name, guest)
    return sign_up(
        at_table.breakfast, guest, by=user, at=at, topics=f"{name}：厂前道路", people=1, consent=consent
    )


def selected(at_table: Table, *names: str, consent: bool = False) -> list[SignUp]:
    """Companies that signed up one minute after the other, and the places given out."""
    for place, name in enumerate(names):
        asked(at_table, name, at=EARLY + timedelta(minutes=place), consent=consent)
    after = at_table.breakfast.closes_at + timedelta(minutes=1)
    stages.select(at_table.breakfast, by=at_table.people.diana, at=after)
    return list(SignUp.objects.filter(breakfast=at_table.breakfast).order_by("pk"))


def held(at_table: Table, *names: str, consent: bool = False) -> list[BreakfastPromise]:
    """A breakfast where everybody with a place came, and each was promised something."""
    rows = selected(at_table, *names, consent=consent)
    there = [row for row in rows if row.standing == Standing.SELECTED]
    at = HELD + timedelta(hours=1)
    room.attend(at_table.breakfast, {row.pk for row in there}, by=at_table.clerk, at=at)
    return [promised(at_table, row, at) for row in there]


def promised(at_table: Table, row: SignUp, at: datetime) -> BreakfastPromise:
    topic = room.write_topic(
        at_table.breakfast, row.company, by=at_table.clerk, at=at, words="厂前道路未通", answer="尽快修通"
    )
    return room.write_promise(
        at_table.breakfast,
        row.company,
        by=at_table.clerk,
        at=at,
        text="四月十日前修通厂前道路",
        office=Office.objects.get(code="zjj"),
        deadline=DEADLINE,
        leader="市委主要领导",
        cooperating=[Office.objects.get(code="swuj")],
        topic=topic,
    )


def signed(at_table: Table, *names: str, consent: bool = False) -> list[Case]:
    held(at_table, *names, consent=consent)
    room.write_minutes(at_table.breakfast, "逐条研究，明确责任。", by=at_table.clerk, at=SIGNING)
    return minutes.sign(at_table.breakfast, by=at_table.head, at=SIGNING)


def held_today(at_table: Table) -> BreakfastPromise:
    """What stands on the tables of a breakfast of this very day: one company came and was promised a road."""
    now = timezone.now()
    row = SignUp.objects.with_place().filter(breakfast=at_table.breakfast).order_by("pk")[0]
    room.attend(at_table.breakfast, {row.pk}, by=at_table.clerk, at=now)
    room.write_minutes(at_table.breakfast, "逐条研究，明确责任。", by=at_table.clerk, at=now)
    return room.write_promise(
        at_table.breakfast,
        row.company,
        by=at_table.clerk,
        at=now,
        text="修通厂前道路",
        office=Office.objects.get(code="zjj"),
        deadline=timezone.localdate(now) + timedelta(days=30),
        leader="市委主要领导",
    )
