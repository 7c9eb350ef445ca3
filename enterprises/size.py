"""Size class of a company by 国统字〔2017〕213号 (统计上大中小微型企业划分办法): arithmetic only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

Figures = Mapping[str, int | Decimal | None]


class Indicator(models.TextChoices):
    STAFF = "staff", _("staff")
    INCOME = "income", _("operating income")
    ASSETS = "assets", _("total assets")


class Size(models.TextChoices):
    LARGE = "large", _("large")
    MEDIUM = "medium", _("medium")
    SMALL = "small", _("small")
    MICRO = "micro", _("micro")
    UNKNOWN = "unknown", _("unknown")
    NOT_APPLICABLE = "not_applicable", _("not applicable")


TIERS = (Size.MICRO, Size.SMALL, Size.MEDIUM, Size.LARGE)


@dataclass(frozen=True)
class Bound:
    """Lower bounds of one indicator; staff in people, income and assets in 万元."""

    indicator: str
    large: int
    medium: int
    small: int

    def tier(self, value: int | Decimal) -> int:
        """0 micro … 3 large. A bound is reached by its own value: "X ≥ lower, X < upper"."""
        return sum(value >= lower for lower in (self.small, self.medium, self.large))


def size_of(figures: Figures, bounds: Sequence[Bound]) -> Size:
    """Size class from the figures of one year.

    A company must reach the lower bound of every indicator of its sector, else it drops a tier, and one
    indicator below is enough for micro (note 1 to the table): so the class is the lowest tier of all.
    A missing figure makes the size unknown, never micro. Without bounds the method does not apply.
    """
    if not bounds:
        return Size.NOT_APPLICABLE
    values = [figures.get(bound.indicator) for bound in bounds]
    known = [bound.tier(value) for bound, value in zip(bounds, values, strict=True) if value is not None]
    return TIERS[min(known)] if len(known) == len(bounds) else Size.UNKNOWN


@dataclass(frozen=True)
class Method:
    """The rules in force on a day: industry code → sector ("" is outside), sector → bounds."""

    sectors: Mapping[str, str]
    bounds: Mapping[str, tuple[Bound, ...]]

    def sector(self, path: Iterable[str]) -> str:
        """Sector of an industry given by its codes, the narrowest first; "" is outside the method."""
        return next((self.sectors[code] for code in path if code in self.sectors), "")

    def size(self, path: Iterable[str], figures: Figures) -> Size:
        return size_of(figures, self.bounds.get(self.sector(path), ()))
