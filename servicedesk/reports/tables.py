"""A report as tables: the one form that the page, the csv and the xlsx file are all made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from servicedesk.desk.registry import Words
from servicedesk.reports.figures import label
from servicedesk.reports.scope import Scope
from servicedesk.reports.shares import DASH, Share


@dataclass(frozen=True)
class Number:
    """A count, and the address of exactly the cases it counts."""

    value: int
    url: str = ""

    @property
    def flat(self) -> list[Any]:
        return [self.value]

    def __str__(self) -> str:
        return str(self.value)


@dataclass(frozen=True)
class Rate:
    """A share with its part and its whole, each a count of its own."""

    share: Share
    part: Number
    whole: Number

    @property
    def flat(self) -> list[Any]:
        return [self.part.value, self.whole.value, str(self.share)]

    def __str__(self) -> str:
        return str(self.share)


@dataclass(frozen=True)
class Said:
    """Something that is no count: a time in words, or “—”."""

    text: str = DASH

    @property
    def flat(self) -> list[Any]:
        return [self.text]

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Amount:
    """A number that counts no cases, and so leads to none; None is “—”."""

    value: int | float | None

    @property
    def flat(self) -> list[Any]:
        return [DASH if self.value is None else self.value]

    def __str__(self) -> str:
        if self.value is None:
            return DASH
        return str(self.value) if isinstance(self.value, int) else number_format(self.value, 1)


Cell = Number | Rate | Said | Amount


@dataclass(frozen=True)
class Column:
    """A heading; of a rate also what its part and its whole are called in a file."""

    label: Words
    part: Words = ""
    whole: Words = ""

    @property
    def flat(self) -> list[str]:
        if not self.part:
            return [str(self.label)]
        named = [
            _("%(rate)s: %(what)s") % {"rate": self.label, "what": what} for what in (self.part, self.whole)
        ]
        return [*named, str(self.label)]


@dataclass(frozen=True)
class Line:
    """One row; `url` where its label leads somewhere, `sub` what stands small below it."""

    label: str
    cells: Sequence[Cell]
    url: str = ""
    sub: str = ""

    @property
    def name(self) -> str:
        """The whole of the label, where it stands in one cell."""
        return f"{self.label} · {self.sub}" if self.sub else self.label

    @property
    def flat(self) -> list[Any]:
        return [self.name, *(value for cell in self.cells for value in cell.flat)]


@dataclass(frozen=True)
class Table:
    name: str
    title: Words
    first: Words
    columns: Sequence[Column]
    lines: Sequence[Line]
    total: Line | None = None
    note: Words = ""
    figures: Sequence[str] = field(default=())
    # Cells hold words rather than numbers.
    is_list: bool = False

    @property
    def flat(self) -> Iterator[list[Any]]:
        """Headings and rows as they stand in a file."""
        yield [str(self.first), *(name for column in self.columns for name in column.flat)]
        yield from (line.flat for line in self.lines)
        if self.total:
            yield self.total.flat


@dataclass(frozen=True)
class Linking:
    """Makes cells of one row, linked to the cases they count."""

    scope: Scope
    numbers: dict[str, int]
    more: dict[str, str] = field(default_factory=dict)

    def url(self, figure: str) -> str:
        return f"{reverse('reports:cases')}?{self.scope.query(figure=figure, **self.more)}"

    def number(self, figure: str) -> Number:
        return Number(self.numbers.get(figure.replace("-", "_"), 0), self.url(figure))

    def rate(self, part: str, whole: str) -> Rate:
        parts, all_ = self.number(part), self.number(whole)
        return Rate(Share(parts.value, all_.value), parts, all_)

    def broken(self, kept: str, broken: str) -> Rate:
        """A rate of what was not broken."""
        due = self.number("due")
        part = Number(due.value - self.numbers.get(broken, 0), self.url(kept))
        return Rate(Share(part.value, due.value), part, due)


def counts(*names: str) -> list[Column]:
    return [Column(label(name)) for name in names]
