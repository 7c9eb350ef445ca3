"""Fill an empty desk: people, companies, and matters walked through the real verbs until a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from enterprises.demo.cast import Names, settle
from enterprises.demo.companies import companies
from enterprises.demo.grievances import Grievance, grievances
from enterprises.demo.register import enrol
from enterprises.demo.story import Applicant, Teller
from enterprises.demo.walk import Story, Walk
from enterprises.models import Company, Topic
from servicedesk.accounts import demo
from servicedesk.accounts.models import User
from servicedesk.desk import notices
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Membership

# How far back the demo's history reaches, and how many companies there are to a hundred matters.
DAYS = 243
COMPANIES_PER_HUNDRED = 25
# A share of the matters falls in the last weeks, so that the desk has work in hand.
LATELY, LATELY_DAYS = 0.2, 20
Told = Callable[[int, int], None]


def fill(cases: int, seed: int, until: datetime, told: Told) -> int:
    """Walk `cases` matters of the eight months before `until`; return how many were submitted.

    The same arguments give the same desk but for secrets and UUIDs. Notices go to a recording channel."""
    rng = Random(seed)  # noqa: S311 (a demo, not a secret)
    since = (until - timedelta(days=DAYS)).date()
    opened_at = timezone.make_aware(datetime.combine(since, time(8)))
    names = Names(rng)
    city = settle(rng, names, since, opened_at)
    applicants = _applicants(rng, names, max(4, cases * COMPANIES_PER_HUNDRED // 100), since, opened_at)
    walk = Walk(calendar_of(None, current_version()), until)
    teller = Teller(rng, city, walk, {topic.code: topic for topic in Topic.objects.all()})
    moments = sorted(_moment(rng, since, until) for _ in range(cases))
    started = _Counter(cases, told)
    for at, (who, what) in zip(moments, _matters(rng, applicants, cases), strict=True):
        walk.add(started.counting(teller.story(who, what, at)))
    with notices.recording():
        walk.run(started.tell)
    told(cases, cases)
    return cases


class _Counter:
    """Counts the matters whose story has begun."""

    def __init__(self, total: int, told: Told) -> None:
        self.begun, self.total, self._told = 0, total, told

    def counting(self, story: Story) -> Story:
        at = next(story)
        yield at
        self.begun += 1
        yield from story

    def tell(self) -> None:
        self._told(min(self.begun, self.total - 1), self.total)


def _applicants(rng: Random, names: Names, count: int, since: date, at: datetime) -> list[Applicant]:
    password = make_password(demo.PASSWORD)
    found = []
    for number, company in enumerate(enrol(companies(count, rng, since)), 1):
        user = User.objects.create(
            username=f"company{number}",
            name=names.next(),
            password=password,
            email=f"company{number}@demo.example.cn",
            is_demo=True,
            joined_at=at,
        )
        Membership.objects.create(user=user, party=company.party, since=since)
        found.append(Applicant(company, user, _phone(company)))
    return found


def _phone(company: Company) -> str:
    contact = company.contacts.order_by("pk").first()
    return contact.phone if contact else company.party.phone


def _matters(rng: Random, applicants: list[Applicant], count: int) -> list[tuple[Applicant, Grievance]]:
    """Whose matter, and what about: every text comes before one comes again."""
    told: list[Grievance] = []
    while len(told) < count:
        told.extend(grievances(rng))
    pairs = []
    for what in told[:count]:
        who = rng.choice(applicants)
        town = who.company.town
        pairs.append((who, what.placed(town.code, town.name) if town else what))
    return pairs


def _moment(rng: Random, since: date, until: datetime) -> datetime:
    """When somebody submits: mostly on a working morning or afternoon, now and then at night."""
    span = (until.date() - since).days
    while True:
        lately = rng.random() < LATELY
        day = since + timedelta(days=rng.randint(span - LATELY_DAYS if lately else 0, span))
        if day.weekday() >= 5 and rng.random() < 0.75:
            continue
        hour = rng.choices((9, 10, 11, 13, 14, 15, 16, 20, 22), (20, 22, 12, 6, 16, 16, 10, 4, 2))[0]
        minute, second = rng.randint(0, 59), rng.randint(0, 59)
        at = timezone.make_aware(datetime.combine(day, time(hour, minute, second)))
        if at <= until:
            return at
