"""Which questions apply: one answer decides whether another is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from enterprises import uscc

Answer = Callable[[str], Any]


class Rule(Protocol):
    """Decides by the answer to `field`."""

    @property
    def field(self) -> str: ...

    def holds(self, raw: Any) -> bool: ...


Rules = Mapping[str, tuple[Rule, ...]]


@dataclass(frozen=True)
class Condition:
    """Holds where the question was answered with one of the values."""

    field: str
    values: frozenset[str]

    def holds(self, raw: Any) -> bool:
        given = raw if isinstance(raw, list | tuple) else [raw]
        return any(plain(each) in self.values for each in given)


@dataclass(frozen=True)
class DigitFails:
    """Holds where nothing but the check digit of a unified social credit code is wrong: some early codes are
    real, and whoever holds the licence may say so."""

    field: str

    def holds(self, raw: Any) -> bool:
        return bool(raw) and uscc.check(str(raw)).may_be_overridden


def plain(raw: Any) -> str:
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    return "" if raw is None else str(raw)


def read(row: Any) -> Condition | None:
    """The condition of a catalogue row, {"field": "premises", "is": ["rented"]}; None where it has none."""
    if not isinstance(row, Mapping) or not row.get("field"):
        return None
    values = row.get("is", ())
    given = values if isinstance(values, list | tuple) else [values]
    return Condition(str(row["field"]), frozenset(plain(each) for each in given))


def asked(names: Iterable[str], rules: Rules, answer: Answer, every: Iterable[str]) -> list[str]:
    """Those of `names` that apply. A question without a rule does, so does one whose rules look at a question
    that is not in the form at all; of several rules one must hold, and its own question must apply."""
    known = frozenset(every)

    def applies(name: str, above: tuple[str, ...] = ()) -> bool:
        found = rules.get(name, ())
        return not found or any(decides(rule, (*above, name)) for rule in found)

    def decides(rule: Rule, above: tuple[str, ...]) -> bool:
        if rule.field not in known or rule.field in above:
            return True
        return applies(rule.field, above) and rule.holds(answer(rule.field))

    return [name for name in names if applies(name)]
