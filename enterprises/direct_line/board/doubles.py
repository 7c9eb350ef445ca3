"""Matters that may say the same as one that waits: of the same company, or much the same words of another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q

from enterprises.direct_line.board.likeness import overlap, pairs
from enterprises.direct_line.board.waiting import KIND, Row
from servicedesk.accounts.models import User
from servicedesk.desk.calls import ALIKE
from servicedesk.desk.models import Link
from servicedesk.desk.queue import cases_of_desk

# What was said longer ago is hardly the same request.
WITHIN = timedelta(days=30)
LOOKED_AT = 300
SHOWN = 3


@dataclass(frozen=True)
class Double:
    """Another open matter. `mergeable`: of the same company, and the older of the two goes on."""

    case: Any
    mergeable: bool


class Doubles:
    """Read for all rows of a page in one query."""

    def __init__(self, rows: Sequence[Row], user: User, at: datetime) -> None:
        keys = [row.case.pk for row in rows]
        linked = Link.objects.filter(
            Q(case=OuterRef("pk"), to__in=keys) | Q(to=OuterRef("pk"), case__in=keys)
        )
        self.rows = list(rows)
        self.said = {row.case.pk: pairs(row.words) for row in rows}
        self.others: list[Any] = []
        if rows:
            found = cases_of_desk(user, at).open().filter(~Exists(linked), kind=KIND)
            found = found.filter(
                applicant__in={row.case.applicant_id for row in rows}, submitted_at__gte=at - WITHIN
            )
            self.others = list(
                found.select_related("direct_line", "office").order_by("-submitted_at", "-pk")[:LOOKED_AT]
            )
        for each in self.others:
            self.said.setdefault(each.pk, pairs(f"{each.title} {each.direct_line.text}"))

    def of(self, row: Row) -> list[Double]:
        """Of its company first, then of others on the page; at most a few."""
        mine, case = self.said[row.case.pk], row.case
        same = [each for each in self.others if each.applicant_id == case.applicant_id]
        near = [other.case for other in self.rows if other.case.applicant_id != case.applicant_id]
        alike = [
            each
            for each in (*same, *near)
            if each.pk != case.pk and overlap(mine, self.said[each.pk]) >= ALIKE
        ]
        return [Double(each, _goes_on(each, case)) for each in alike[:SHOWN]]


def _goes_on(other: Any, case: Any) -> bool:
    return other.applicant_id == case.applicant_id and (other.submitted_at, other.pk) < (
        case.submitted_at,
        case.pk,
    )
