"""The companies whose matters they are, and somebody who acts for each; all of it made up."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from django.db import transaction

from enterprises.data import rows
from enterprises.demo.companies import BRAND, KINDS, mobile, person
from enterprises.models import Company, Industry, Town
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import User
from servicedesk.desk.bulk.declaring import Applicant
from servicedesk.desk.models import Membership, Party

# Codes of these companies begin here, far from those of the demo.
SERIALS = 650_000_000
NAME = "bulk-company-"
ROWS = 5000


def applicants(count: int, rng: Random, scene: dict[str, Any]) -> list[Applicant]:
    """`count` companies made for filling, those of an earlier run first."""
    found = _known()
    while len(found) < count:
        _make(min(ROWS, count - len(found)), len(found), rng, scene["since"])
        found = _known()
    return found[:count]


def _known() -> list[Applicant]:
    mine = Membership.objects.filter(user__username__startswith=NAME).order_by("pk")
    names = (
        "party",
        "user",
        "party__name",
        "party__number",
        "party__phone",
        "party__company__town",
        "party__company__industry",
    )
    towns = {town.pk: town for town in Town.objects.all()}
    return [
        Applicant(
            party,
            user,
            {
                "company": name,
                "uscc": number,
                "phone": phone,
                "town": towns[town],
                "industry": industry,
            },
        )
        for party, user, name, number, phone, town, industry in mine.values_list(*names)
    ]


@transaction.atomic
def _make(count: int, first: int, rng: Random, since: date) -> None:
    trades = rows("demo-trades")
    towns = list(Town.objects.order_by("pk"))
    industries = dict(Industry.objects.values_list("code", "pk"))
    chosen = rng.choices(trades, weights=[int(row["weight"]) for row in trades], k=count)
    names = [f"青岛{''.join(rng.sample(BRAND, 2))}{each['trade']}{rng.choice(KINDS)}" for each in chosen]
    parties = Party.objects.bulk_create(
        Party(name=name, number=make_uscc(SERIALS + first + place), phone=mobile(rng))
        for place, name in enumerate(names)
    )
    Company.objects.bulk_create(
        Company(
            party=party,
            legal_representative=person(rng),
            town=rng.choice(towns),
            industry_id=industries[trade["industry"]],
        )
        for party, trade in zip(parties, chosen, strict=True)
    )
    users = User.objects.bulk_create(
        User(username=f"{NAME}{first + place}", name=person(rng)) for place in range(count)
    )
    Membership.objects.bulk_create(
        Membership(user=user, party=party, since=since) for user, party in zip(users, parties, strict=True)
    )
