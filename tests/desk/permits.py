"""Permits of the tests, walked to where a test of the clock begins."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from servicedesk.desk import actions, registry
from servicedesk.desk.models import Case, Event
from servicedesk.desk.registry import HANDLING
from tests import kinds, make
from tests.make import moment
from tests.people import Cast

START = moment("2026-03-02 09:00")
LAW = "行政许可法第四十五条"
# The same, but its steps go with the office the matter is with, so that it can be transferred.
MOVABLE = replace(
    kinds.PERMIT,
    code="test-movable",
    verbs=kinds.PERMIT.verbs | {"transfer"},
    handled_from="receive",
    subject="test-permit",
)
MOVABLE_ROWS = [
    ["receive", "收件", HANDLING, [], None],
    ["review", "审查", HANDLING, ["receive"], None],
    ["deliver", "送达", HANDLING, ["review"], None],
]


@contextmanager
def known() -> Iterator[None]:
    """Make the kinds of the tests known, with their limits."""
    every = (kinds.PERMIT, kinds.ITEM, MOVABLE)
    for kind in every:
        registry.register(kind)
    kinds.write_limits()
    yield
    for kind in every:
        registry.unregister(kind.code)


def accepted(people: Cast, *, at: datetime = START, kind: str = "test-permit") -> Case:
    rows = MOVABLE_ROWS if kind == MOVABLE.code else kinds.ROWS
    case = actions.open_case(kind, applicant=people.company, by=people.wang, at=at, opening={"steps": rows})
    actions.submit(case, by=people.wang, at=at, key=uuid.uuid4(), facts={})
    actions.claim(case, by=people.alice, at=at)
    actions.accept(case, by=people.alice, at=at)
    actions.complete(case.steps.get(code="receive"), by=people.alice, at=at)
    return make.again(case)


def paused(
    people: Cast,
    case: Case,
    since: str,
    until: str | None = None,
    *,
    category: str = "expert_review",
    **more: Any,
) -> Event:
    """Stop the clocks of the category, and start them again where `until` says when."""
    words = {"category": category, "reason": "评审", "basis": LAW}
    event = actions.pause(case, by=people.alice, at=moment(since), **words, **more)
    if until is not None:
        actions.resume(case, by=people.alice, at=moment(until), category=category)
    return event


def due(case: Case, code: str) -> str:
    clock = case.clocks.filter(code=code).latest("round")
    return clock.due_at.astimezone(make.ZONE).strftime("%m-%d %H:%M") if clock.due_at else "-"
