"""What a kind of case declares. Knowledge flows upward by registration: the engine autodiscovers a `kinds`
package in every installed app and knows nothing of what it finds but these declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.forms import BaseForm
from django.utils.functional import Promise

if TYPE_CHECKING:
    from servicedesk.desk.models import Case

Opening = dict[str, Any]
T = TypeVar("T")
Words = str | Promise
# What becomes of a clock when an answered matter is taken up again (declared per clock):
# go on as if it had never stopped, start the same limit afresh, start another limit, or nothing.
OnRedo = Literal["continue", "restart", "new_term", "nothing"]

HANDLING = "handling"  # the office the case is with
CENTRE = "fwzx"  # code of the city's enterprise service centre, which dispatches


@dataclass(frozen=True)
class StepDef:
    """One step 环节. `office` is an office's code, or HANDLING for the office the case is with when the
    step starts; `holder` says whom it waits for; `child` is the kind of the child case that carries it."""

    code: str
    label: Words
    office: str = HANDLING
    holder: Literal["office", "applicant"] = "office"
    after: tuple[str, ...] = ()
    child: str | None = None


@dataclass(frozen=True)
class ClockDef:
    """A clock: `starts` and `stops` are moments, which are names of verbs ("submit") or of what befell a
    step ("contact:started", "contact:done"); closing the case stops every clock. `pauses` names the
    categories that stop it. `step` ties it to the step of that code, with whose end it ends at the latest.
    `limit` is the clock code of its Limit row, its own code by default."""

    code: str
    label: Words
    starts: frozenset[str]
    stops: frozenset[str]
    office: str = HANDLING
    step: str | None = None
    pauses: frozenset[str] = frozenset()
    public: bool = True
    on_redo: OnRedo = "nothing"
    redo_limit: str | None = None
    limit: str | None = None
    optional: bool = False
    # Most the term may reach with all extensions, in the clock's unit; None: not extendable.
    extendable_to: int | None = None

    @property
    def limit_code(self) -> str:
        return self.limit or self.code


@dataclass(frozen=True)
class CaseKind:
    """One kind of case. Any field typed `… | Callable` may be a function of the opening snapshot."""

    code: str
    label: Words
    prefix: str | Callable[[Opening], str]
    verbs: frozenset[str]
    steps: tuple[StepDef, ...] | Callable[[Opening], tuple[StepDef, ...]]
    clocks: tuple[ClockDef, ...] | Callable[[Opening], tuple[ClockDef, ...]]
    form: type[BaseForm] | Callable[[Opening], type[BaseForm]] | None = None
    # Model name ("enterprises.DirectLineMatter") of the one-to-one detail, and its accessor on Case.
    detail: str | None = None
    accessor: str | None = None
    # (name, lookup path, label): what queue filters, reports and exports may group this kind by.
    dimensions: tuple[tuple[str, str, Words], ...] = ()
    # Office that receives what is submitted.
    receives: str = CENTRE
    # The subject whose Limit rows hold, by default the kind's own code.
    subject: str | Callable[[Opening], str] | None = None
    # The step that must be running for a verb: {"contact": "contact", "sign_off": "solve", …}.
    at_step: Mapping[str, str] = field(default_factory=dict)
    # Steps opened anew when a matter is taken up again, by the outcome it had ("" for any other).
    redo_steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # First step a handling office does; a dispatch, transfer or return opens the next round from there on.
    handled_from: str = ""
    # Who may, where this kind differs from `permissions.RIGHTS`: {verb: capacities}.
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Outcomes of a closed case that may be taken up again.
    reopens: frozenset[str] = frozenset()
    # Whether an extension needs a paper on the case that proves the ground for it.
    extension_needs_proof: bool = False
    # Whether anybody may start it from the public start page.
    startable: bool = True
    lead: Words = ""
    # What staff see of the detail model only after giving a reason: {field: kind of `masks.masked`}.
    masks: Mapping[str, str] = field(default_factory=dict)
    # Lookup paths (beside number, title and names) in which the queue's search looks for words.
    searched: tuple[str, ...] = ()
    # Dotted path of a ModelForm of the detail model that a verb's form carries along: {"dispatch": …}.
    detail_forms: Mapping[str, str] = field(default_factory=dict)
    # What the workbench shows of whom the case is for, as (label, value) rows.
    card: Callable[[Case], Iterable[tuple[Words, str]]] | None = None
    # Called with the locked case as it is submitted: to copy into the detail what must not move later.
    on_submit: Callable[[Case], None] | None = None

    def steps_of(self, opening: Opening) -> tuple[StepDef, ...]:
        return resolved(self.steps, opening)

    def clocks_of(self, opening: Opening) -> tuple[ClockDef, ...]:
        return resolved(self.clocks, opening)

    def form_of(self, opening: Opening) -> type[BaseForm]:
        if self.form is None:
            raise LookupError(f"The kind {self.code} has no form.")
        return self.form if isinstance(self.form, type) else self.form(opening)

    def prefix_of(self, opening: Opening) -> str:
        return resolved(self.prefix, opening)

    def subject_of(self, opening: Opening) -> str:
        return resolved(self.subject, opening) if self.subject else self.code

    def clock(self, code: str, opening: Opening) -> ClockDef | None:
        return next((each for each in self.clocks_of(opening) if each.code == code), None)


def resolved(value: T | Callable[[Opening], T], opening: Opening) -> T:
    return value(opening) if callable(value) else value


_kinds: dict[str, CaseKind] = {}


def register(kind: CaseKind) -> CaseKind:
    """Make `kind` known and return it. Raises ValueError when another kind has its code."""
    if _kinds.get(kind.code, kind) is not kind:
        raise ValueError(f"Two kinds are called {kind.code}.")
    _kinds[kind.code] = kind
    return kind


def unregister(code: str) -> None:
    _kinds.pop(code, None)


def kind_of(code: str) -> CaseKind:
    return _kinds[code]


def kinds() -> Iterable[CaseKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.code)
