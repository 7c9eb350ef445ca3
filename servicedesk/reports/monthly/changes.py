"""Against the month before 环比 and the same month a year before 同比: amounts in percent, rates in
percentage points. Without a base there is no change: “—”."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from servicedesk.reports.shares import DASH, Share


@dataclass(frozen=True)
class Change:
    """How much more (or less) it was; None where there is nothing to compare with."""

    by: float | None
    in_points: bool = False

    @property
    def amount(self) -> str:
        return "" if self.by is None else number_format(abs(self.by), 1)

    def __str__(self) -> str:
        """“+14.3%”, “−2.0 points”: as it stands in a table."""
        if self.by is None:
            return DASH
        sign = "+" if self.by > 0 else "−" if self.by < 0 else ""
        said = _("%(n)s points") if self.in_points else "%(n)s%%"
        return said % {"n": f"{sign}{self.amount}"}

    @property
    def words(self) -> str:
        """“14.3% up”, “unchanged”: as it stands in a sentence."""
        if self.by is None:
            return DASH
        if not self.by:
            return _("unchanged")
        if self.in_points:
            said = _("%(n)s percentage points up") if self.by > 0 else _("%(n)s percentage points down")
        else:
            said = _("%(n)s%% up") if self.by > 0 else _("%(n)s%% down")
        return said % {"n": self.amount}


def of_amounts(now: float | None, before: float | None) -> Change:
    if now is None or not before:
        return Change(None)
    return Change(round(100 * (now - before) / before, 1))


def of_shares(now: Share, before: Share) -> Change:
    """The difference of the rates as they are shown, so that anybody can work it out again."""
    if now.percent is None or before.percent is None:
        return Change(None, in_points=True)
    return Change(round(now.percent - before.percent, 1), in_points=True)
