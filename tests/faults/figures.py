"""What a storm did and what it cost: kills, duties, lost, doubled, delays, as a small table and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median

COLUMNS = ("duty", "number", "lost", "doubled", "p50", "max")


@dataclass
class Duty:
    """One sort of duty: how many there were, keys of those lost and doubled, seconds each took."""

    number: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    def cells(self) -> list[str]:
        times = [f"{each:.2f} s" for each in (median(self.delays), max(self.delays))] if self.delays else []
        return [*map(str, (self.number, len(self.lost), len(self.doubled))), *(times or ["", ""])]


@dataclass
class Figures:
    seed: int
    seconds: float
    terms: str
    faults: Counter[str] = field(default_factory=Counter)
    duties: dict[str, Duty] = field(default_factory=dict)
    repeated_mails: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return sum(number for name, number in self.faults.items() if name.startswith("kill "))

    @property
    def lost(self) -> list[str]:
        return [f"{name}: {key}" for name, duty in self.duties.items() for key in duty.lost]

    @property
    def doubled(self) -> list[str]:
        return [f"{name}: {key}" for name, duty in self.duties.items() for key in duty.doubled]

    def table(self) -> str:
        kills = {name: number for name, number in self.faults.items() if name.startswith("kill ")}
        others = {name: number for name, number in self.faults.items() if name not in kills}
        lines = [
            f"seed {self.seed}, {self.seconds:.0f} s, {self.terms}",
            f"{self.kills} kills ({counted(kills).replace('kill ', '')}), {counted(others)}",
            *aligned([COLUMNS, *([name, *duty.cells()] for name, duty in self.duties.items())]),
            f"mails that came again after a kill or a cut, byte for byte the same: {self.repeated_mails}",
            f"invariants broken: {len(self.broken)}",
        ]
        return "\n".join(lines)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        told = {"kills": self.kills, "lost": self.lost, "doubled": self.doubled} | vars(self)
        told["duties"] = {name: asdict(duty) for name, duty in self.duties.items()}
        path.write_text(json.dumps(told, ensure_ascii=False, indent=1))


def counted(numbers: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(numbers.items()))


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    every = [list(row) for row in rows]
    widths = [max(len(row[place]) for row in every) for place in range(len(every[0]))]
    pairs = [list(zip(row, widths, strict=True)) for row in every]
    return [
        "  ".join([row[0][0].ljust(row[0][1]), *(cell.rjust(width) for cell, width in row[1:])])
        for row in pairs
    ]
