"""Matters that offices have given back: who argued what, what was ruled alike, and to whom it may go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from enterprises.direct_line.board.suggesting import Suggesting, Suggestion
from enterprises.direct_line.board.waiting import PAGE, Row, is_returned, waiting, with_facts
from enterprises.direct_line.duties import RETURNS
from enterprises.models import ReturnReason, Ruling
from servicedesk.accounts.models import Office, User
from servicedesk.desk.models import Event

PRECEDENTS = 3


@dataclass(frozen=True)
class Argument:
    office: Office | None
    reason: str
    event: Event


@dataclass(frozen=True)
class Dispute:
    """`is_disputed`: returned so often that the centre must rule."""

    row: Row
    arguments: list[Argument]
    suggestion: Suggestion
    precedents: list[Ruling]
    offices: list[Office]

    @property
    def case(self) -> Any:
        return self.row.case

    @property
    def is_disputed(self) -> bool:
        return len(self.arguments) >= RETURNS

    @property
    def verb(self) -> str:
        return "rule" if self.is_disputed else "dispatch"


def disputes(user: User, at: datetime) -> list[Dispute]:
    """Returned matters by their limit, in a fixed number of queries."""
    rows = [Row(case) for case in with_facts(waiting(user, at).filter(is_returned()))[:PAGE]]
    if not rows:
        return []
    told = Suggesting(rows, user, at)
    argued = _arguments(rows, told.offices)
    offices = [office for office in told.offices.values() if office.is_open]
    return [
        Dispute(row, argued[row.case.pk], told.of(row), _alike(row, told.rulings), offices) for row in rows
    ]


def _arguments(rows: Sequence[Row], offices: dict[int, Office]) -> dict[int, list[Argument]]:
    by_code = {office.code: office for office in offices.values()}
    titles = {reason.code: reason.title() for reason in ReturnReason.objects.all()}
    found: dict[int, list[Argument]] = {row.case.pk: [] for row in rows}
    events = Event.objects.filter(case__in=found, verb="return_to_centre").select_related("by")
    for event in events.order_by("case", "seq"):
        code = event.params.get("code", "")
        office = by_code.get(event.params.get("from", ""))
        found[event.case_id or 0].append(Argument(office, titles.get(code, code), event))
    return found


def _alike(row: Row, rulings: Sequence[Ruling]) -> list[Ruling]:
    """The latest rulings on its topic, as far as the reader may know their matters."""
    topic = row.matter.topic_id
    found = [each for each in rulings if topic is not None and each.topic_id == topic]
    return [each for each in found if each.case_id != row.case.pk][:PRECEDENTS]
