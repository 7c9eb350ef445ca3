"""Rows of a catalogue made for one test; shipped rows are looked at in the tests of the catalogue."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from approvals.models import Application, ItemField, ItemPaper, ServiceItem
from servicedesk.accounts.models import Office
from servicedesk.desk import actions
from servicedesk.desk.models import Case, Limit
from tests.make import MONDAY, again
from tests.people import HOUSING, SINCE, Cast

LAW = "行政许可法第四十二条"
# clock: (term, unit) of an ordinary licence.
LICENCE = {
    "check": (5, "working_days"),
    "promised": (7, "working_days"),
    "statutory": (20, "working_days"),
    "deliver": (10, "working_days"),
}
REGISTRATION = {"promised": (195, "working_minutes"), "statutory": (3, "working_days")}


def words(text: str) -> dict[str, str]:
    return {"zh-hans": text, "en": f"{text} (en)", "ru": f"{text} (ru)"}


def limits(subject: str, terms: dict[str, tuple[int, str]], since: date = SINCE) -> None:
    for clock, (term, unit) in terms.items():
        Limit.objects.create(subject=subject, clock=clock, term=term, unit=unit, basis=LAW, valid_from=since)


def item(
    code: str = "test-licence",
    *,
    office: str = HOUSING,
    terms: dict[str, tuple[int, str]] | None = None,
    fields: tuple[dict[str, Any], ...] = (),
    papers: tuple[dict[str, Any], ...] = (),
    **given: Any,
) -> ServiceItem:
    """A published item with its limits; an ordinary licence unless told otherwise."""
    facts = {
        "applicants": "any",
        "extension": 10,
        "special": ["expert_review"],
        "is_licensed": True,
        "stage": "published",
    }
    row = ServiceItem.objects.create(
        code=code,
        name=words("测试许可"),
        office=Office.objects.get(code=office),
        valid_from=SINCE,
        **(facts | given),
    )
    for place, field in enumerate(fields):
        ItemField.objects.create(item=row, position=place, **field)
    for place, paper in enumerate(papers):
        ItemPaper.objects.create(item=row, position=place, **paper)
    limits(code, LICENCE if terms is None else terms)
    return row


def draft(people: Cast, code: str = "test-licence", *, at: datetime = MONDAY, **answers: Any) -> Case:
    case = actions.open_case(
        "approval", applicant=people.company, by=people.wang, at=at, opening={"item_code": code}
    )
    Application.objects.create(case=case, answers=answers)
    return case


def submitted(people: Cast, code: str = "test-licence", *, at: datetime = MONDAY, **answers: Any) -> Case:
    case = draft(people, code, at=at, **answers)
    return actions.submit(case, by=people.wang, at=at, key=uuid.uuid4(), facts={})


def accepted(people: Cast, code: str = "test-licence", *, at: datetime = MONDAY) -> Case:
    case = submitted(people, code, at=at)
    actions.claim(case, by=people.alice, at=at)
    actions.accept(case, by=people.alice, at=at)
    return again(case)


def granted(people: Cast, code: str = "test-licence", *, at: datetime = MONDAY) -> Case:
    case = accepted(people, code, at=at)
    actions.decide(case, by=people.alice, at=at, outcome="granted", text="准予。")
    return again(case)
