"""About twenty breakfasts: hosts in turn, companies signing up, what was said and promised there, and what
became of each promise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from enterprises.breakfasts import minutes, room, sign_ups, stages, turns
from enterprises.data import rows
from enterprises.demo.cast import Role
from enterprises.demo.promises import PromiseTeller
from enterprises.demo.scene import Applicant, Scene, on, working_day
from enterprises.demo.walk import Story
from enterprises.models import Breakfast, Industry, SignUp, Standing
from servicedesk.accounts.models import User
from servicedesk.desk.registry import CENTRE

BREAKFASTS, FEWEST = 20, 7
# Of them so many lie ahead and are open for sign-up; the one before these is held in a few days.
AHEAD = (11, 24)
DAYS_BETWEEN = 21
PLANNED, OPENED, CLOSED = 33, 28, 6
QUOTAS = (9, 10, 10, 12)
SKIPPED = "本期主持单位领导外出参加会议，经协商由下一家主持，轮次顺延。"


@dataclass(frozen=True)
class Session:
    """One breakfast as it is planned; `turn` counts from the first, `skips` says who hosts out of turn."""

    turn: int
    day: date
    theme: dict[str, str]
    skips: bool


def stories(scene: Scene) -> list[Story]:
    teller = BreakfastTeller(scene)
    return [teller.story(session) for session in sessions(scene)]


def sessions(scene: Scene) -> Iterator[Session]:
    count, themes, calendar = scene.share(BREAKFASTS, FEWEST), rows("demo-themes"), scene.walk.calendar
    today = scene.until.date()
    soon = working_day(calendar, today + timedelta(days=2))
    past = count - len(AHEAD)
    days = [soon - timedelta(days=DAYS_BETWEEN * back) for back in range(past - 1, -1, -1)]
    days += [today + timedelta(days=ahead) for ahead in AHEAD]
    for turn, day in enumerate(days):
        yield Session(turn, working_day(calendar, day), themes[turn % len(themes)], skips=turn == past // 2)


class BreakfastTeller:
    def __init__(self, scene: Scene) -> None:
        self.scene, self.walk = scene, scene.walk
        self.rng: Random = scene.rng("breakfasts")
        self.topics = rows("demo-breakfasts")
        self.hosts = {seat: scene.names.next() for seat in ("swb", "rdb", "zfb", "zxb")}
        self.promises = PromiseTeller(self.rng, scene.city, scene.walk)

    def story(self, session: Session) -> Story:
        """From the day it is planned to the signed minutes; each `yield` is the moment of the next act."""
        by = self._one(CENTRE, Role.DISPATCHER)
        at = self._morning(session.day - timedelta(days=PLANNED))
        yield at
        breakfast = self._plan(session, by, at)
        opened = self._morning(session.day - timedelta(days=OPENED))
        yield opened
        stages.open_sign_up(breakfast, by=by, at=opened)
        yield from self._sign_ups(breakfast, opened)
        at = self.walk.later(breakfast.closes_at, self.rng.uniform(30, 90))
        yield at
        stages.select(breakfast, by=by, at=at)
        yield from self._decline(breakfast, at)
        yield from self._room(breakfast)

    def _plan(self, session: Session, by: User, at: datetime) -> Breakfast:
        closes = working_day(self.walk.calendar, session.day - timedelta(days=CLOSED), step=-1)
        starts_at = on(session.day, 7, 30)
        order = turns.turns(starts_at)
        breakfast = Breakfast.objects.create(
            number=session.turn + 1,
            seat=order[1] if session.skips else order[0],
            starts_at=starts_at,
            place=session.theme["place"],
            theme=session.theme["theme"],
            quota=self.rng.choice(QUOTAS),
            closes_at=on(closes, 12),
        )
        codes = session.theme["industries"].split()
        breakfast.industries.set(Industry.objects.filter(code__in=codes))
        if session.skips:
            turns.keep_skips(breakfast, SKIPPED, by=by, at=at)
        return breakfast

    def _sign_ups(self, breakfast: Breakfast, opened: datetime) -> Story:
        """More companies than places sign up."""
        whole = breakfast.closes_at - opened
        wanted = min(breakfast.quota + self.rng.randint(1, 4), len(self.scene.applicants))
        last = breakfast.closes_at - timedelta(minutes=10)
        anytime = (opened + whole * self.rng.uniform(0.02, 0.97) for _ in range(wanted))
        moments = sorted(min(last, self._in_the_day(at)) for at in anytime)
        asked = self.rng.sample(self.topics, wanted)
        for at, who, what in zip(moments, self._guests(breakfast, wanted), asked, strict=True):
            yield at
            sign_ups.sign_up(
                breakfast,
                who.company,
                by=who.user,
                at=at,
                topics=what["topic"],
                people=self.rng.choice((1, 1, 2)),
                consent=self.rng.random() < 0.7,
            )

    def _in_the_day(self, at: datetime) -> datetime:
        """That moment, or what is left of the night later."""
        opens = self.walk.open_at(at)
        return at if opens == at else opens + timedelta(minutes=self.rng.uniform(0, 90))

    def _guests(self, breakfast: Breakfast, count: int) -> list[Applicant]:
        """Those of the theme more eagerly than others, and few of those who came lately."""
        themes = set(breakfast.industries.values_list("code", flat=True))
        lately = breakfast.starts_at - timedelta(days=30 * breakfast.months_between)
        there = SignUp.objects.with_place().filter(breakfast__starts_at__gt=lately)
        recent = set(there.values_list("company", flat=True))

        def eagerness(who: Applicant) -> float:
            industry = who.company.industry
            fits = not themes or (industry is not None and not themes.isdisjoint(industry.path()))
            return self.rng.random() + (0.5 if fits else 0) - (1 if who.company.pk in recent else 0)

        eager = {who.company.pk: eagerness(who) for who in self.scene.applicants}
        return sorted(self.scene.applicants, key=lambda who: -eager[who.company.pk])[:count]

    def _decline(self, breakfast: Breakfast, selected: datetime) -> Story:
        if self.rng.random() > 0.35:
            return
        row = SignUp.objects.filter(breakfast=breakfast, standing=Standing.SELECTED).order_by("position")[1:2]
        at = self.walk.later(selected, self.rng.uniform(60, 500))
        if row and at.date() < breakfast.day():
            yield at
            sign_ups.decline(row[0], by=row[0].by, at=at)

    def _room(self, breakfast: Breakfast) -> Story:
        """Who was there and what was said, the minutes, and their signature a day or two later."""
        code = breakfast.seat.code
        by = self._one(code, Role.OFFICER)
        at = breakfast.starts_at + timedelta(minutes=self.rng.uniform(20, 40))
        yield at
        guests = room.guests(breakfast)
        absent = {self.rng.choice(guests).pk} if len(guests) > 4 and self.rng.random() < 0.3 else set()
        room.attend(breakfast, {row.pk for row in guests} - absent, by=by, at=at)
        there = [row for row in guests if row.pk not in absent]
        topics = {what["topic"]: what for what in self.topics}
        told = [topics[row.topics] for row in there][: self.rng.randint(5, 7)]
        promised = self.rng.randint(2, 5)
        for number, (row, what) in enumerate(zip(there, told, strict=False)):
            at = at + timedelta(minutes=self.rng.uniform(4, 12))
            yield at
            topic = room.write_topic(
                breakfast, row.company, by=by, at=at, words=what["topic"], answer=what["answer"]
            )
            if number < promised:
                self._promise(breakfast, row, what, topic, by, at)
        at = self.walk.later(at, self.rng.uniform(60, 300))
        yield at
        room.write_minutes(breakfast, self._minutes(breakfast, there, told), by=by, at=at)
        at = self.walk.later(at, self.rng.uniform(60, 600))
        yield at
        for case in minutes.sign(breakfast, by=self._one(code, Role.HEAD), at=at):
            self.walk.add(self.promises.story(case, at))

    def _promise(
        self, breakfast: Breakfast, row: SignUp, what: dict[str, str], topic: object, by: User, at: datetime
    ) -> None:
        offices = self.scene.city.offices
        room.write_promise(
            breakfast,
            row.company,
            by=by,
            at=at,
            text=what["promise"],
            office=offices[what["office"]],
            cooperating=[offices[code] for code in what["cooperating"].split()],
            deadline=breakfast.day() + timedelta(days=int(what["days"])),
            leader=f"{breakfast.seat.name}负责同志{self.hosts[breakfast.seat.code]}",
            topic=topic,  # type: ignore[arg-type]
        )

    def _minutes(self, breakfast: Breakfast, there: list[SignUp], told: list[dict[str, str]]) -> str:
        head = f"第{breakfast.number}期企业家“早餐会”，主题：{breakfast.theme}。到会企业{len(there)}家。"
        words = [
            f"{place}. {row.company.name}提出：{what['topic']}现场答复：{what['answer']}"
            for place, (row, what) in enumerate(zip(there, told, strict=False), 1)
        ]
        return "\n".join([head, *words, "会议要求，责任单位按承诺时限办理，结果由企业评价。"])

    def _morning(self, day: date) -> datetime:
        return on(working_day(self.walk.calendar, day, step=-1), 9, self.rng.randint(20, 55))

    def _one(self, office: str, role: str) -> User:
        return self.rng.choice(self.scene.city.of(office, role))
