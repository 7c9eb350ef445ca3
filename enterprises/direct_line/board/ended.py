"""Matters like one at hand that were ended in the last year, and who ended them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from enterprises.direct_line.board.likeness import Shelf, pairs
from enterprises.direct_line.board.waiting import KIND, Row
from servicedesk.accounts.models import User
from servicedesk.desk.models import Case
from servicedesk.desk.queue import cases_of_desk

Outcome = Case.Outcome
# Ended by an office; withdrawn, merged, refused or unreached ones say nothing of whose duty it was.
ENDED = (Outcome.ANSWERED, Outcome.SOLVED, Outcome.COMPLETED)
LOOKED_BACK = timedelta(days=365)
# So many of a town are looked at, and as many of the whole city (of a topic, where it is known), the youngest
# first.
POOL = 100
SHOWN = 6
# Below this two texts have no more in common than any two.
ALIKE = 0.16
# A known topic or town in common counts like so much text.
SAME_TOPIC = 0.12
# So alike that a single one tells enough.
MUCH_ALIKE = 0.5
COLUMNS = ("pk", "number", "title", "office", *(f"direct_line__{name}" for name in ("topic", "town", "text")))

Key = tuple[int | None, int | None]


@dataclass(frozen=True)
class Ended:
    pk: int
    number: str
    title: str
    office: int
    topic: int | None
    town: int | None
    said: frozenset[str]
    is_near: bool = False


def key_of(row: Row) -> Key:
    """By which topic and town its likes are looked for: its own, else the company's town."""
    company = getattr(row.case.applicant, "company", None)
    town = row.matter.town_id or (company.town_id if company is not None else None)
    return row.matter.topic_id, town


class Likes:
    """Ended matters for the rows of a page, read in one query whatever their number."""

    def __init__(self, rows: Iterable[Row], user: User, at: datetime) -> None:
        self.pools: dict[Key, list[Ended]] = {}
        keys = {key_of(row) for row in rows}
        self._load(keys | {(topic, None) for topic, _town in keys}, user, at)
        every = {each.pk: each.said for pool in self.pools.values() for each in pool}
        self.shelf = Shelf(every.values())

    def _load(self, keys: set[Key], user: User, at: datetime) -> None:
        if not keys:
            return
        ended = cases_of_desk(user, at).filter(
            kind=KIND, state=Case.State.CLOSED, outcome__in=ENDED, closed_at__gte=at - LOOKED_BACK
        )
        order = sorted(keys, key=str)
        parts, params = [], []
        for place, key in enumerate(order):
            sql, given = _youngest(ended, key).query.sql_with_params()
            # A slice inside a union: each part stands in parentheses of its own, on both databases.
            parts.append(f"SELECT {place}, part{place}.* FROM ({sql}) part{place}")  # noqa: S608
            params += given
        self.pools = {key: [] for key in order}
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for place, pk, number, title, office, topic, town, text in cursor.fetchall():
                said = pairs(f"{title} {text}")
                self.pools[order[place]].append(Ended(pk, number, title, office, topic, town, said))

    def of(self, row: Row) -> list[Ended]:
        """The matters most like it, the most alike first."""
        own, (topic, town) = pairs(row.words), key_of(row)
        found = {each.pk: each for key in ((topic, None), (topic, town)) for each in self.pools[key]}
        scored = [(self._score(own, topic, each), each.pk) for each in found.values()]
        alike = [(score, pk) for score, pk in sorted(scored, reverse=True) if score >= ALIKE]
        # Where its own town has had such matters, that town's offices say most.
        here = [(score, pk) for score, pk in alike if town is not None and found[pk].town == town]
        chosen = (here if len(here) > 1 else alike)[:SHOWN]
        return [replace(found[pk], is_near=score >= MUCH_ALIKE) for score, pk in chosen]

    def _score(self, own: frozenset[str], topic: int | None, other: Ended) -> float:
        alike = self.shelf.likeness(own, other.said)
        return alike + SAME_TOPIC * (topic is not None and other.topic == topic)


def _youngest(ended: Any, key: Key) -> Any:
    topic, town = key
    if topic is not None:
        ended = ended.filter(direct_line__topic=topic)
    if town is not None:
        ended = ended.filter(direct_line__town=town)
    return ended.order_by("-pk").values_list(*COLUMNS)[:POOL]


def most(values: Iterable[int | None], least: int = 2) -> tuple[int, int, int] | None:
    """Which value more than half of them share, at least so many: (value, how many, of how many)."""
    known = [value for value in values if value is not None]
    if not known:
        return None
    value, number = Counter(known).most_common(1)[0]
    return (value, number, len(known)) if number >= least and number * 2 > len(known) else None
