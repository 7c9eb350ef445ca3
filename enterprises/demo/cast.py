"""Who serves in the demo's city. Every name is made up from a list of surnames and given names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from django.contrib.auth.hashers import make_password

from servicedesk.accounts import demo
from servicedesk.accounts.models import Office, Post, User
from servicedesk.accounts.offices import load_offices
from servicedesk.desk.registry import CENTRE

Role = Post.Role
SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林郑罗梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国玉兰志红文斌宇鹏晓东海燕春梅立新永健俊峰"
# Members of the city government and what each is in charge of 分管.
LEADERS = (
    ("xzspj", "scjgj", "dsjj", "sfj", CENTRE),
    ("zjj", "zrzyj", "zhzfj", "swuj", "gsgs", "rqgs", "rlgs"),
    ("fgj", "gxj", "gdgs", "txgs", "yjj", "xfdd"),
    ("swju", "tcj", "hg", "shsfq", "lkq", "kfq"),
    ("rsj", "ybj", "gjj", "swj", "gaj", "bank"),
    ("swb", "rdb", "zfb", "zxb"),
    ("sthjj", "jtj", "dcs"),
)
# How many officers an office has; the one that grants most permits has more.
BUSIEST, MANY, FEW = "xzspj", 5, 2
SPECIAL = (
    ("dispatcher1", CENTRE, Role.DISPATCHER),
    ("dispatcher2", CENTRE, Role.DISPATCHER),
    ("manager1", CENTRE, Role.MANAGER),
    ("supervisor1", "dcs", Role.SUPERVISOR),
    ("statistician1", CENTRE, Role.STATISTICIAN),
    ("auditor1", "dsjj", Role.AUDITOR),
    ("security1", "dsjj", Role.SECURITY),
    ("system1", "dsjj", Role.SYSTEM),
)


@dataclass
class City:
    """Whom the walk asks for: serving people by office and role."""

    offices: dict[str, Office]
    serving: dict[tuple[str, str], list[User]] = field(default_factory=lambda: defaultdict(list))

    def of(self, office: str, role: str) -> list[User]:
        return self.serving[office, role]


class Names:
    """Made-up names without end, each once."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._used = rng, set[str]()

    def next(self) -> str:
        while True:
            given = "".join(self._rng.sample(GIVEN, self._rng.choice((1, 2, 2))))
            name = self._rng.choice(SURNAMES) + given
            if name not in self._used:
                self._used.add(name)
                return name


def settle(rng: Random, names: Names, since: date, at: datetime) -> City:
    """Write the offices and everybody who serves in them since that day, each with a second factor."""
    load_offices()
    city = City({office.code: office for office in Office.objects.order_by("code")})
    password = make_password(demo.PASSWORD)
    plan: list[tuple[str, list[str], str]] = [(name, [office], role) for name, office, role in SPECIAL]
    plan += [(f"leader{n}", list(offices), Role.LEADER) for n, offices in enumerate(LEADERS, 1)]
    # The housing bureau first: it has the most to do, and the log-in page shows the first of each role.
    for code, office in sorted(city.offices.items(), key=lambda item: item[0] != "zjj"):
        if office.sort != Office.Sort.GOVERNMENT:
            plan.append((f"{code}-head", [code], Role.HEAD))
            officers = MANY if code == BUSIEST else FEW
            plan += [(f"{code}-{n}", [code], Role.OFFICER) for n in range(1, officers + 1)]
    towns = [code for code, office in city.offices.items() if office.sort == Office.Sort.TOWN]
    plan.append((f"leader{len(LEADERS) + 1}", towns, Role.LEADER))
    for username, offices, role in plan:
        _post(city, _user(username, names.next(), password, at), offices, role, since)
    return city


def _user(username: str, name: str, password: str, at: datetime) -> User:
    user = User.objects.create(
        username=username,
        name=name,
        password=password,
        email=f"{username}@demo.example.cn",
        is_staff=True,
        is_demo=True,
        is_superuser=username.startswith("system"),
        joined_at=at,
    )
    demo.enrol(user)
    return user


def _post(city: City, user: User, offices: list[str], role: str, since: date) -> None:
    for code in offices:
        Post.objects.create(user=user, office=city.offices[code], role=role, since=since)
        city.serving[code, role].append(user)
