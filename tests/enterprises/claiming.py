"""Makers for claims: a person without a company, a claim on its way."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from enterprises.claims.party import own_party
from enterprises.models import CompanyClaim
from enterprises.uscc import make_uscc
from servicedesk.accounts.models import User
from servicedesk.desk import actions
from servicedesk.desk.models import Case
from tests import make
from tests.people import Cast, person

NEW = make_uscc(4711)
# What the cast's company is claimed under; its code is one of the register's own.
PHONE = "13800000009"


def newcomer(name: str = "sun", phone: str = "13900000001") -> User:
    user = person(name, staff=False)
    user.phone = phone
    user.save(update_fields=["phone"])
    return user


def claimed(
    people: Cast, by: User, uscc: str = NEW, *, at: datetime = make.MONDAY, proven: bool = True, **facts: Any
) -> Case:
    """A submitted claim."""
    case = actions.open_case("company-claim", applicant=own_party(by, at), by=by, at=at, title="认领")
    given = {
        "uscc": uscc,
        "name": "青岛胶州湾新材料有限公司",
        "representative_name": "李某",
        "representative_phone": PHONE,
        "phone_proven_at": at if proven else None,
    }
    CompanyClaim.objects.create(case=case, **(given | facts))
    return actions.submit(case, by=by, at=at, key=uuid.uuid4(), facts={"uscc": uscc})


def decided(people: Cast, case: Case, outcome: str = "granted", *, at: datetime = make.MONDAY) -> Case:
    actions.decide(case, by=people.diana, at=at, outcome=outcome, text="营业执照与登记一致。")
    return make.again(case)
