"""A part of a whole, in percent. Without any case it is “—”, never 0 or 100."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format

DASH = "—"


@dataclass(frozen=True)
class Share:
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        """With one decimal; 100.0 only where nothing is missing and 0.0 only where nothing is there."""
        if not self.whole:
            return None
        value = round(100 * self.part / self.whole, 1)
        return value if self.part in {0, self.whole} else min(max(value, 0.1), 99.9)

    def __str__(self) -> str:
        return DASH if self.percent is None else f"{number_format(self.percent, 1)}%"
