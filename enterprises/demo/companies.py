"""Believable companies for the demo: every name, person, code and number here is made up.

The same `rng` state gives the same companies; nothing is read but the shipped tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from enterprises.data import rows
from enterprises.uscc import make_uscc

# Seldom used in the names of companies, so that an invented name is hardly anybody's.
BRAND = "汀砚榆岚禾溯蔚珩芷峤沅昱榕澜杉嵘麓朔棠霁淳栩翊璞屿岑"
SURNAMES = "王李张刘陈杨赵孙周徐高于姜宋曲匡冷逄宫矫"
GIVEN = "立明建文海志晓春国宏永庆秀丽敏慧岩松涛磊鹏宁洁雪峰波凯旋颖玉兰"
KINDS = ("有限公司",) * 8 + ("股份有限公司", "科技有限公司")
# Chances that one of the three figures of a year is not known to the register.
UNKNOWN = 0.06
# Serials below this; from it on a company that is born in the demo gets its code.
SERIALS = 500_000_000


@dataclass(frozen=True)
class DemoContact:
    name: str
    phone: str
    role: str


@dataclass(frozen=True)
class DemoYear:
    """Staff in people, income and assets in 万元; None is unknown."""

    year: int
    staff: int | None
    income: Decimal | None
    assets: Decimal | None


@dataclass(frozen=True)
class DemoTag:
    sort: str
    issuer: str
    valid_from: date
    valid_until: date | None
    evidence: str


@dataclass(frozen=True)
class DemoCompany:
    """`town` and `industry` are codes of the register's rows; `trade` is the word in the name."""

    name: str
    uscc: str
    trade: str
    legal_representative: str
    registered_on: date
    registered_address: str
    business_address: str
    town: str
    industry: str
    contacts: tuple[DemoContact, ...]
    years: tuple[DemoYear, ...]
    tags: tuple[DemoTag, ...]


def person(rng: Random) -> str:
    """A fictitious full name of two or three characters."""
    return rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))


def mobile(rng: Random) -> str:
    """A number of the right shape; 154 is, as far as we know, a prefix not given out to the public."""
    return f"154{rng.randrange(10**8):08d}"


def companies(count: int, rng: Random, on: date = date(2026, 1, 1)) -> list[DemoCompany]:
    """`count` companies with distinct codes and names, as they would stand in the register on that day."""
    trades = rows("demo-trades")
    towns = {row["code"]: row["name"] for row in rows("towns")}
    roads = words("road")
    chosen = rng.choices(trades, weights=[int(row["weight"]) for row in trades], k=count)
    serials = rng.sample(range(SERIALS), count)
    names: set[str] = set()
    found = []
    for trade, serial in zip(chosen, serials, strict=True):
        name = _name(rng, trade["trade"], names)
        found.append(_company(rng, trade, name, make_uscc(serial), towns, roads, on))
    return found


def words(sort: str) -> list[str]:
    """Sentences of one sort of `demo-words.csv`: unsolved, withdrawn, returned, praise, complaint …"""
    return [row["text"] for row in rows("demo-words") if row["sort"] == sort]


def _name(rng: Random, trade: str, taken: set[str]) -> str:
    while True:
        brand = "".join(rng.sample(BRAND, 2))
        ending = "" if trade.endswith("学校") else rng.choice(KINDS)
        if trade.endswith(("科技", "技术")):
            ending = ending.removeprefix("科技")
        name = f"{rng.choice(('青岛', '青岛', '青岛', '胶州市', '山东'))}{brand}{trade}{ending}"
        if name not in taken:
            taken.add(name)
            return name


def _company(
    rng: Random,
    trade: dict[str, str],
    name: str,
    uscc: str,
    towns: dict[str, str],
    roads: list[str],
    on: date,
) -> DemoCompany:
    town = _town(rng, trade["towns"].split(), towns)
    address = (
        f"山东省青岛市胶州市{towns[town].removeprefix('胶州')}{rng.choice(roads)}{rng.randint(1, 320)}号"
    )
    registered = on - timedelta(days=rng.randint(400, 8000))
    years = _years(rng, trade, max(registered.year, on.year - 3), on.year)
    return DemoCompany(
        name=name,
        uscc=uscc,
        trade=trade["trade"],
        legal_representative=person(rng),
        registered_on=registered,
        registered_address=address,
        business_address=address if rng.random() < 0.8 else f"{address}二期厂区",
        town=town,
        industry=trade["industry"],
        contacts=tuple(
            DemoContact(person(rng), mobile(rng), role)
            for role in rng.sample(
                ("owner", "manager", "office", "finance", "staff", "project"), rng.randint(1, 3)
            )
        ),
        years=years,
        tags=tuple(_tags(rng, trade["industry"], years[-1], registered, on)),
    )


def _town(rng: Random, favoured: list[str], towns: dict[str, str]) -> str:
    """Four of five stand where their trade is at home. The resort zone has no office of its own."""
    anywhere = [code for code in towns if code != "dgh"]
    return rng.choice(favoured) if rng.random() < 0.8 else rng.choice(anywhere)


def _years(rng: Random, trade: dict[str, str], first: int, until: int) -> tuple[DemoYear, ...]:
    """Figures of each full year: most companies are small, a few are large."""
    staff = max(1.0, int(trade["staff"]) * rng.lognormvariate(-0.9, 1.1))
    found = []
    for year in range(first, until):
        staff = max(1.0, staff * rng.uniform(0.9, 1.18))
        income = Decimal(round(staff * int(trade["income_a_head"]) * rng.uniform(0.7, 1.3)))
        assets = Decimal(round(income * Decimal(str(round(rng.uniform(0.5, 1.8), 2)))))
        known = [rng.random() >= UNKNOWN for _figure in range(3)]
        found.append(
            DemoYear(
                year,
                round(staff) if known[0] else None,
                income if known[1] else None,
                assets if known[2] else None,
            )
        )
    return tuple(found)


def _tags(rng: Random, industry: str, last: DemoYear, registered: date, on: date) -> Iterable[DemoTag]:
    """Tags as far as size, trade and age allow; some have expired."""
    makes = "13" <= industry[:2] <= "43"
    income, age = last.income or Decimal(0), (on - registered).days
    if makes and income >= 2000:
        yield DemoTag("scale-industry", "胶州市统计局", date(on.year - 1, 1, 1), None, "年度名录库")
    if (makes or industry[:2] in {"65", "74", "77"}) and age > 1000:
        if rng.random() < 0.45:
            yield _dated(rng, "high-tech", "青岛市科学技术局", "GR", 3, on)
        if rng.random() < 0.4:
            yield _dated(rng, "innovative-sme", "青岛市工业和信息化局", "CX", 3, on)
        if income >= 1000 and rng.random() < 0.3:
            yield _dated(rng, "specialised-sme", "山东省工业和信息化厅", "ZJTX", 3, on)
        if income >= 4000 and rng.random() < 0.06:
            yield _dated(rng, "little-giant", "工业和信息化部", "XJR", 3, on)
    if industry[:2] in {"51", "58"} and rng.random() < 0.12:
        yield _dated(rng, "aeo", "青岛海关", "AEO", 5, on)


def _dated(rng: Random, sort: str, issuer: str, prefix: str, years: int, on: date) -> DemoTag:
    """A tag given within the last four years for so many years."""
    given = on - timedelta(days=rng.randint(30, 1460))
    until = (
        date(given.year + years, given.month, 28)
        if given.day > 28
        else given.replace(year=given.year + years)
    )
    return DemoTag(
        sort, issuer, given, until - timedelta(days=1), f"{prefix}{given.year}{rng.randrange(10**6):06d}"
    )
