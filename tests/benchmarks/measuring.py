"""A measure beside its reference: medians of several runs after a warm-up, the collector kept out."""

from __future__ import annotations

import gc
import json
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LESS, MORE = "less", "more"


@dataclass
class Measured:
    """`of` says which figure the target is for: the ratio to the reference, or the value itself."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    target: float | None = None
    of: str = "ratio"
    better: str = LESS
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    @property
    def judged(self) -> float | None:
        return self.ratio if self.of == "ratio" else self.value

    @property
    def met(self) -> bool | None:
        """None where there is no target, or nothing to hold against it."""
        if self.target is None or self.judged is None:
            return None
        return self.judged <= self.target if self.better == LESS else self.judged >= self.target

    def as_json(self) -> dict[str, Any]:
        return {
            "value": rounded(self.value),
            "reference": rounded(self.reference),
            "ratio": rounded(self.ratio),
            "target": self.target,
            "met": self.met,
            "unit": self.unit,
            "target_of": self.of,
            "better": self.better,
            "note": self.note,
        }


def rounded(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.4g}")


def times(work: Callable[[], object], runs: int, warm: int = 1) -> list[float]:
    """Seconds of each run, after `warm` that do not count."""
    for _ in range(warm):
        work()
    found = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(runs):
            began = time.perf_counter()
            work()
            found.append(time.perf_counter() - began)
    finally:
        gc.enable()
    return found


def median(work: Callable[[], object], runs: int = 7, warm: int = 1) -> float:
    return statistics.median(times(work, runs, warm))


def beside(work: Callable[[], object], reference: Callable[[], object], runs: int = 7) -> tuple[float, float]:
    """Medians of both, run in turn, so that what else the machine does weighs on both alike."""
    found: list[list[float]] = [[], []]
    for each in (work, reference):
        each()
    for _ in range(runs):
        for place, each in enumerate((work, reference)):
            found[place] += times(each, 1, 0)
    return statistics.median(found[0]), statistics.median(found[1])


def percentile(found: list[float], share: float) -> float:
    ordered = sorted(found)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def load() -> str:
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def table(found: list[Measured]) -> str:
    rows = [("measure", "value", "unit", "reference", "ratio", "target", "met")]
    words = {True: "yes", False: "MISSED", None: "-"}
    for each in found:
        target = "-"
        if each.target is not None:
            sign = "≤" if each.better == LESS else "≥"
            target = f"{sign} {each.target:g}{'×' if each.of == 'ratio' else ''}"
        cells = [f"{number:.4g}" if number is not None else "-" for number in (each.reference, each.ratio)]
        rows.append((each.name, f"{each.value:.4g}", each.unit, *cells, target, words[each.met]))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join([*lines, "", *(f"{each.name}: {each.note}" for each in found if each.note)])


def write_json(found: list[Measured], path: Path) -> None:
    path.write_text(json.dumps({each.name: each.as_json() for each in found}, indent=1, ensure_ascii=False))
