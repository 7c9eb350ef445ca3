"""What the stories of every service share: the city, its companies, the walk, and chance of a kind of its own
for each service, so that one more story of one service changes no story of another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from enterprises.demo.cast import City, Names, settle
from enterprises.demo.companies import companies
from enterprises.demo.register import enrol
from enterprises.demo.walk import Story, Walk
from enterprises.models import Company
from servicedesk.accounts import demo
from servicedesk.accounts.models import User
from servicedesk.clock import WorkCalendar
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Membership, Party

# The city's desk is this old; a permit that lapsed after two extensions needs most of it.
DAYS = 425
# How many matters of the direct line the figures of every other service are given for.
MEASURE = 600
COMPANIES_PER_HUNDRED = 25
# A share of what is submitted falls in the last weeks, so that the desk has work in hand.
LATELY, LATELY_DAYS = 0.2, 20
# Fewer than this leave a service nothing to tell.
FEWEST_COMPANIES = 4


@dataclass
class Applicant:
    """Whoever applies: a company of the register, and the person who acts for it."""

    company: Company
    user: User
    phone: str

    @property
    def party(self) -> Party:
        return self.company.party


@dataclass
class Scene:
    """`cases` is how many matters of the direct line are told; the other services follow in proportion."""

    seed: int
    cases: int
    since: date
    until: datetime
    names: Names
    city: City
    applicants: list[Applicant]
    walk: Walk
    password: str

    def rng(self, service: str) -> Random:
        return Random(f"{self.seed} {service}")  # noqa: S311 (a demo, not a secret)

    def share(self, of_measure: int, least: int = 1) -> int:
        """So many of something, given how many there are when the direct line tells `MEASURE` matters."""
        return max(least, round(of_measure * self.cases / MEASURE))

    def begins_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.since, time(8)))

    def join(self, username: str, name: str, party: Party, *, phone: str | None = None) -> User:
        """Somebody from outside who may act for the party from the first day on."""
        user = User.objects.create(
            username=username,
            name=name,
            phone=phone,
            password=self.password,
            email=f"{username}@demo.example.cn",
            is_demo=True,
            joined_at=self.begins_at(),
        )
        Membership.objects.create(user=user, party=party, since=self.since)
        return user


# Gives the stories of one service.
Service = Callable[[Scene], Iterable[Story]]


def set_up(cases: int, seed: int, until: datetime) -> Scene:
    """Write the offices, everybody who serves in them, and the companies; nothing has happened yet."""
    rng = Random(seed)  # noqa: S311 (a demo, not a secret)
    since = (until - timedelta(days=DAYS)).date()
    names = Names(rng)
    opened_at = timezone.make_aware(datetime.combine(since, time(8)))
    city = settle(rng, names, since, opened_at)
    walk = Walk(calendar_of(None, current_version()), until)
    scene = Scene(seed, cases, since, until, names, city, [], walk, make_password(demo.PASSWORD))
    count = max(FEWEST_COMPANIES, cases * COMPANIES_PER_HUNDRED // 100)
    for number, company in enumerate(enrol(companies(count, rng, since)), 1):
        user = scene.join(f"company{number}", names.next(), company.party)
        scene.applicants.append(Applicant(company, user, _phone(company)))
    return scene


def _phone(company: Company) -> str:
    contact = company.contacts.order_by("pk").first()
    return contact.phone if contact else company.party.phone


def moment(rng: Random, since: date, until: datetime) -> datetime:
    """When somebody submits: mostly on a working morning or afternoon, now and then at night."""
    span = (until.date() - since).days
    while True:
        lately = rng.random() < LATELY
        day = since + timedelta(days=rng.randint(max(0, span - LATELY_DAYS) if lately else 0, span))
        if day.weekday() >= 5 and rng.random() < 0.75:
            continue
        hour = rng.choices((9, 10, 11, 13, 14, 15, 16, 20, 22), (20, 22, 12, 6, 16, 16, 10, 4, 2))[0]
        minute, second = rng.randint(0, 59), rng.randint(0, 59)
        at = timezone.make_aware(datetime.combine(day, time(hour, minute, second)))
        if at <= until:
            return at


def just_now(rng: Random, until: datetime) -> datetime:
    """A moment of the last hours: what came in today."""
    return until - timedelta(minutes=rng.uniform(5, 300))


def working_day(calendar: WorkCalendar, day: date, step: int = 1) -> date:
    """That day, or the nearest working day after it (before it, where `step` is -1)."""
    while not calendar.is_working(day):
        day += timedelta(days=step)
    return day


def on(day: date, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))
