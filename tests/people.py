"""The cast. Alice serves at the office a case goes to, Bob heads it, Charlie serves elsewhere, Diana
dispatches at the centre, Wang applies for a company, Zhao is a stranger of another company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from servicedesk.accounts.models import Office, Post, User
from servicedesk.accounts.offices import load_offices
from servicedesk.desk.models import Membership, Party

SINCE = date(2020, 1, 1)
HOUSING, WATER = "zjj", "swuj"


@dataclass
class Cast:
    alice: User
    bob: User
    charlie: User
    diana: User
    erin: User
    frank: User
    grace: User
    wang: User
    zhao: User
    company: Party
    other: Party

    def office(self, code: str = HOUSING) -> Office:
        return Office.objects.get(code=code)


def person(username: str, *, staff: bool = True, language: str = "zh-hans") -> User:
    return User.objects.create(
        username=username,
        name=username.title(),
        is_staff=staff,
        email=f"{username}@example.cn",
        language=language,
    )


def posted(user: User, office: str, *roles: str) -> User:
    for role in roles:
        Post.objects.create(user=user, office=Office.objects.get(code=office), role=role, since=SINCE)
    return user


def member(username: str, party: Party) -> User:
    user = person(username, staff=False)
    Membership.objects.create(user=user, party=party, since=SINCE)
    return user


def cast() -> Cast:
    """Write the offices and everybody in them."""
    load_offices()
    company = Party.objects.create(name="青岛长江钢构有限公司", number="91370281MA0000015W")
    other = Party.objects.create(name="青岛大沽河食品有限公司", number="91370281MA3AB9CX27")
    return Cast(
        alice=posted(person("alice"), HOUSING, Post.Role.OFFICER),
        bob=posted(person("bob"), HOUSING, Post.Role.HEAD),
        charlie=posted(person("charlie"), WATER, Post.Role.OFFICER),
        diana=posted(person("diana"), "fwzx", Post.Role.DISPATCHER),
        erin=posted(person("erin"), HOUSING, Post.Role.LEADER),
        frank=posted(person("frank"), "dcs", Post.Role.SUPERVISOR),
        grace=posted(person("grace"), "fwzx", Post.Role.MANAGER),
        wang=member("wang", company),
        zhao=member("zhao", other),
        company=company,
        other=other,
    )
