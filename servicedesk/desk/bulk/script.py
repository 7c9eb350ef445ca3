"""A case as patterns: what of its rows is the same for all of its story, and names for what is not.

A row is a line of PostgreSQL's COPY text; patterns are filled by Python's `%`, a whole table of a case at a
time."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import models

from servicedesk.desk.models import Case, Clock

Model = type[models.Model]
# A name in a text, and a name that stands for a number: the quotes around it go.
TEXT, NUMBER = "\ue000{}\ue001", "\ue002{}\ue003"
FOUND = re.compile('\ue000([^\ue001]+)\ue001|"?\ue002([^\ue003]+)\ue003"?')
NULL = r"\N"


@dataclass(frozen=True)
class EventPattern:
    """`facts` is what the digest is made of, `row` the line itself; `words` are sealed."""

    place: int
    title: str
    body: str
    facts: str
    row: str


@dataclass(frozen=True)
class ClockPlan:
    """What a clock's dates are computed from: the acts it starts and stops with, the pauses and extensions
    among the acts (since, until; extension, term)."""

    start: int
    stop: int | None
    office: str
    row: Clock
    pauses: tuple[tuple[int, int], ...]
    extensions: tuple[tuple[int, int], ...]

    def known(self, place: int) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]:
        """Pauses and extensions as they were known at that act."""
        until = place if self.stop is None else min(place, self.stop)
        return (
            tuple(each for each in self.pauses if each[0] <= until),
            tuple(each for each in self.extensions if each[0] <= until),
        )


@dataclass
class Script:
    """A case as it stands after one act of its story."""

    place: int
    is_open: bool
    case: Case
    blocks: list[tuple[Model, str]]
    counts: dict[Model, int]
    keys: dict[Model, list[str]]
    events: list[EventPattern]
    clocks: list[ClockPlan]
    promises: list[tuple[int, int]]
    # Acts whose half-day stands in a row.
    halves: tuple[int, ...] = ()
    sought: tuple[str, ...] = ()


def packed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def escaped(text: str) -> str:
    """A value as it stands in a line of COPY."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def filled(text: str) -> str:
    """A text with names as a pattern of `%`."""
    return FOUND.sub(lambda found: f"%({found[1] or found[2]})s", text.replace("%", "%%"))
