"""Sixty matters on a dispatcher's board: most have an office by rule, a few by their likes, some are odd."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import cycle

from enterprises.data import rows
from enterprises.models import Company, DirectLineMatter, DispatchRule, Topic, Town
from servicedesk.accounts.models import Post
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Membership
from tests import make
from tests.browser.conftest import able
from tests.enterprises.make import make_company
from tests.people import SINCE, Cast

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NUMBER = 60
NOT_OURS = "厂区外排水由水务部门管理，不属本单位职责。"
NOT_OURS_EITHER = "该段雨水管由城建管理，不属本单位职责。"
WATER = "厂区自来水压力不足，三楼车间每天下午停水两小时。"
FLOOD = "厂区北门外积水，货车进不来，雨停三天还没有退。"
FLOOD_AGAIN = "北门外积水，雨停四天还没有退，货车进不来。"
TWO_THINGS = "招不到焊工，订单完不成；另外厂门口的路灯坏了三盏。"
SECOND_THING = "厂门口的路灯坏了三盏，夜班工人上下班不安全。"
UNLIKE = "园区周边希望增开一家托育园，便于职工接送幼儿。"
RULES = {"labour": "rsj", "approval": "xzspj", "roads": "jtj", "environment": "sthjj", "tax": "swj"} | {
    "policy": "gxj",
    "land": "zrzyj",
    "safety": "yjj",
    "insurance": "ybj",
    "fire": "xfdd",
}
TOWNS = ("jiaoxi", "jiaobei", "jiaolai", "sanlihe")
# Where among the sixty the odd ones stand: a text, its topic, the office that gets it in the end.
ODD = {
    0: (FLOOD, "", "zhzfj"),
    7: (FLOOD, "roads", "jtj"),
    12: (WATER, "", "gsgs"),
    18: (TWO_THINGS, "labour", "rsj"),
    26: (WATER, "", "swuj"),
    33: (UNLIKE, "", "jtj"),
    41: (FLOOD_AGAIN, "roads", ""),
    47: (WATER, "", "gsgs"),
}
# The younger of the pair comes from the company of the older.
SAME = {41: 7}


@dataclass
class Sixty:
    """`offices` says where each is in the end; `waiting_long` stood at their offices before the shift."""

    every: list[Case] = field(default_factory=list)
    offices: dict[str, str] = field(default_factory=dict)
    waiting_long: list[Case] = field(default_factory=list)

    disputed = property(lambda self: self.every[0])
    older = property(lambda self: self.every[7])
    whole = property(lambda self: self.every[18])
    mistaken = property(lambda self: self.every[26])
    unlike = property(lambda self: self.every[33])
    younger = property(lambda self: self.every[41])

    @property
    def left(self) -> list[str]:
        return [str(case.number) for case in self.every[NUMBER - 2 : NUMBER]]


def sixty_matters(people: Cast, at: datetime) -> Sixty:
    """A minute apart in the hour before `at`, with what the board knows to suggest offices by."""
    for place, (topic, office) in enumerate(RULES.items()):
        DispatchRule.objects.create(
            topic=Topic.objects.get(code=topic),
            office=people.office(office),
            position=place,
            valid_from=SINCE,
        )
    learn(people, at - 20 * DAY)
    found = Sixty(waiting_long=wait_long(people, at - 12 * DAY))
    known = [(row["text"], row["topic"], RULES[row["topic"]]) for row in rows("grievances") if known_to(row)]
    usual, firms = cycle(known), companies(people)
    for place in range(NUMBER):
        text, topic, office = ODD.get(place) or next(usual)
        whose = replace(people, company=firms[SAME.get(place, place) % len(firms)].party)
        case = told(whose, text, topic, at - (NUMBER + 5 - place) * MINUTE)
        found.every.append(case)
        if office:
            found.offices[str(case.number)] = office
    give_back(people, found.disputed, at - 4 * MINUTE)
    return found


def known_to(row: dict[str, str]) -> bool:
    return row["topic"] in RULES


def companies(people: Cast) -> list[Company]:
    """A dozen in four towns; Wang speaks for each."""
    towns = [Town.objects.get(code=code) for code in TOWNS]
    made = [make_company(f"青岛第{place + 1}机械有限公司", town=towns[place % 4]) for place in range(12)]
    Membership.objects.bulk_create(
        Membership(user=people.wang, party=each.party, since=SINCE) for each in made
    )
    return made


def told(people: Cast, text: str, topic: str, at: datetime) -> Case:
    case = make.submitted(people, at=at, text=text)
    if topic:
        DirectLineMatter.objects.filter(case=case).update(topic=Topic.objects.get(code=topic))
    return case


def learn(people: Cast, at: datetime) -> None:
    """Two matters the water company has solved."""
    able("gina", "gsgs", Post.Role.OFFICER)
    head = able("hugh", "gsgs", Post.Role.HEAD)
    for _twice in range(2):
        case = told(people, WATER, "supply", at)
        actions.dispatch(case, by=people.diana, at=at, office=people.office("gsgs"))
        actions.claim(make.again(case), by=head, at=at)
        actions.contact(make.again(case), by=head, at=at, result="reached", number="13800000001")
        actions.give_opinion(make.again(case), by=head, at=at, text="现场测压。")
        actions.draft_answer(make.again(case), by=head, at=at, text="已换管，水压正常。")
        actions.sign_off(make.again(case), by=head, at=at)
        actions.confirm(make.again(case), by=people.wang, at=at)


def wait_long(people: Cast, at: datetime) -> list[Case]:
    """At their offices for longer than any holiday lasts, and nobody has called the companies."""
    return [make.dispatched(people, at=at, to=office) for office in ("zjj", "swuj", "zjj")]


def give_back(people: Cast, case: Case, at: datetime) -> None:
    """Twice: the centre must rule."""
    head = able("water-head", "swuj", Post.Role.HEAD)
    for office, by, why in (("zjj", people.bob, NOT_OURS), ("swuj", head, NOT_OURS_EITHER)):
        actions.dispatch(make.again(case), by=people.diana, at=at, office=people.office(office))
        actions.return_to_centre(make.again(case), by=by, at=at, reason=why, code="not-our-duty")
