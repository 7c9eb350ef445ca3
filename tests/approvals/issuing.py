"""Matters whose verbs issue papers, walked to where a test begins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from approvals.documents.facts import papers_of
from approvals.models import Document
from servicedesk.desk import actions, registry
from servicedesk.desk.actions.frame import Work
from servicedesk.desk.models import Case, Event
from tests.approvals import make
from tests.make import MONDAY, again, moment
from tests.people import Cast

TUESDAY = moment("2026-03-03 10:00")
WEDNESDAY = moment("2026-03-04 10:00")
THURSDAY = moment("2026-03-05 10:00")


@contextmanager
def issuing() -> Iterator[None]:
    """Let every verb on an application issue its papers, whatever else the kind does at its end."""
    kind = registry.kind_of("approval")
    registry.unregister("approval")
    registry.register(replace(kind, on_done=done))
    try:
        yield
    finally:
        registry.unregister("approval")
        registry.register(kind)


def done(work: Work, event: Event) -> None:
    papers_of(work, event)


def document(case: Case, sort: str) -> Document:
    return Document.objects.filter(case=case, sort=sort).latest("pk")


def refused(people: Cast, code: str = "test-licence", text: str = "场地不符合防火要求。") -> Case:
    case = make.accepted(people, code)
    actions.decide(case, by=people.alice, at=WEDNESDAY, outcome="refused", text=text)
    return again(case)


def delivered(people: Cast, code: str = "test-licence") -> Case:
    case = make.granted(people, code)
    actions.complete(case.steps.get(code="deliver"), by=people.alice, at=THURSDAY, text="窗口领取")
    return again(case)


def paused(people: Cast, **given: Any) -> Case:
    case = make.accepted(people)
    words: dict[str, Any] = {
        "category": "expert_review",
        "reason": "专家组现场评审。",
        "basis": "《示例条例》第十条",
        "planned_until": moment("2026-03-17 17:00"),
    }
    actions.pause(case, by=people.alice, at=TUESDAY, **(words | given))
    return again(case)


def extended(people: Cast) -> Case:
    case = make.accepted(people)
    actions.extend(
        case,
        by=people.bob,
        at=WEDNESDAY,
        clocks=("statutory",),
        term=10,
        reason="案情复杂。",
        told_at=TUESDAY,
    )
    return again(case)


def told_what_is_missing(people: Cast, text: str = "1. 补交租赁合同；\n2、补充法定代表人签字。") -> Case:
    case = make.submitted(people, at=MONDAY)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.ask_supplement(case, by=people.alice, at=TUESDAY, text=text)
    return again(case)


def not_accepted(people: Cast, code: str = "test-licence", rightful: str = "青岛市某局") -> Case:
    case = make.submitted(people, code, at=MONDAY)
    actions.claim(case, by=people.alice, at=MONDAY)
    actions.refuse_acceptance(
        case, by=people.alice, at=TUESDAY, reason="不属于本机关职权范围。", rightful=rightful
    )
    return again(case)
