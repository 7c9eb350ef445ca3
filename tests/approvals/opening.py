"""A company opening, walked to where a test of the bundle begins."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from approvals.models import Application, BundleApplication
from servicedesk.accounts.models import Post, User
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Event, Membership, Party
from tests.desk.doing import DOING
from tests.make import MONDAY, again
from tests.people import SINCE, person, posted

LICENCE, SEAL, TAX, WORK, SOCIAL, MEDICAL, FUND, BANK = (
    "company-setup", "seal-engraving", "tax-registration", "employment-registration", "social-insurance",
    "medical-insurance", "housing-fund", "bank-account",
)  # fmt: skip
ALL = [LICENCE, SEAL, TAX, WORK, SOCIAL, MEDICAL, FUND, BANK]
NUMBER = "91370281MA3EW1RUXN"
NAME = "青岛胶州湾试验科技有限公司"
ANSWERS: dict[str, Any] = {
    "company_name": NAME,
    "company_type": "llc",
    "registered_capital": "100",
    "industry": "6511 基础软件开发",
    "business_scope": "软件开发",
    "legal_representative_name": "赵一",
    "legal_representative_id": "370281199001010010",
    "legal_representative_phone": "13800000009",
    "premises": "owned",
    "company_address_town": "sanlihe",
    "company_address_street": "北京东路1号",
    "contact_phone": "13800000009",
    "seal_set": ["official"],
    "fund_ratio": "5",
}


@dataclass
class Founder:
    """Qian founds a company, in her own name."""

    user: User
    party: Party


def founder(username: str = "qian") -> Founder:
    party = Party.objects.create(name="钱二", sort=Party.Sort.PERSON)
    user = person(username, staff=False)
    Membership.objects.create(user=user, party=party, since=SINCE)
    return Founder(user, party)


def officer(office: str) -> User:
    """Who serves at the office, made where nobody does."""
    found = User.objects.filter(username=f"officer-{office}").first()
    return found or posted(person(f"officer-{office}"), office, Post.Role.OFFICER)


def draft(who: Founder, chosen: list[str] | None = None, *, at: datetime = MONDAY, **answers: Any) -> Case:
    opening = {"bundle_code": "company-opening", "chosen": ALL if chosen is None else chosen}
    case = actions.open_case("bundle", applicant=who.party, by=who.user, at=at, opening=opening)
    BundleApplication.objects.create(case=case, answers=ANSWERS | answers)
    return case


def submitted(
    who: Founder, chosen: list[str] | None = None, *, at: datetime = MONDAY, **answers: Any
) -> Case:
    case = draft(who, chosen, at=at, **answers)
    return actions.submit(case, by=who.user, at=at, key=uuid.uuid4(), facts={})


def part(whole: Case, code: str) -> Case:
    """The case that carries that item."""
    found = whole.steps.get(code=code).opens
    assert found is not None, code
    return found


def looks(whole: Case) -> dict[str, str]:
    return dict(whole.steps.order_by("position").values_list("code", "state"))


@transaction.atomic
def decide(
    case: Case, *, at: datetime, by: User | None = None, outcome: str = "granted", number: str = ""
) -> Event:
    """Claim and decide a part, as its office does."""
    by = by or officer(case.office.code)
    if case.officer_id is None:
        actions.claim(case, by=by, at=at)
    Application.objects.filter(case=case).update(result_number=number)
    return actions.decide(again(case), by=by, at=at, outcome=outcome, text="准予。")


def licensed(whole: Case, *, at: datetime, number: str = NUMBER) -> Case:
    """The whole once the licence is granted and the company is born."""
    decide(part(whole, LICENCE), at=at, number=number)
    return again(whole)


def finish(case: Case, *, at: datetime) -> Case:
    """Grant a part, and hand over what it brings."""
    decide(case, at=at)
    case = again(case)
    for step in case.steps.filter(state="running"):
        actions.complete(step, by=officer(case.office.code), at=at)
    return again(case)


# For the suite every kind inherits.

OPENING = {"bundle_code": "company-opening", "chosen": ALL}


def prepare() -> None:
    """Somebody serves at every office of the bundle."""
    for code in ("xzspj", "gaj", "swj", "rsj", "ybj", "gjj", "bank"):
        officer(code)


@transaction.atomic
def granted(case: Case, by: User | None, at: datetime) -> Any:
    """Grant, with the code where a company is born of it."""
    if case.opening["item_code"] == LICENCE:
        Application.objects.filter(case=case).update(result_number=NUMBER)
    return DOING["decide"](case, by, at)
