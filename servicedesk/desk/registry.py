"""What a kind of case declares. Knowledge flows upward by registration: the engine autodiscovers a `kinds`
package in every installed app and knows nothing of what it finds but these declarations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from django.forms import BaseForm
from django.utils.functional import Promise

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from servicedesk.accounts.models import User
    from servicedesk.desk.actions.frame import Work
    from servicedesk.desk.followups import FollowUps, Rows
    from servicedesk.desk.models import Case, Event, Limit

Opening = dict[str, Any]
T = TypeVar("T")
Words = str | Promise
# What becomes of a clock when an answered matter is taken up again (declared per clock):
# go on as if it had never stopped, start the same limit afresh, start another limit, or nothing.
OnRedo = Literal["continue", "restart", "new_term", "nothing"]

HANDLING = "handling"  # the office the case is with
STEP = "step"  # of a clock: the office of its step
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
    # The same where another row of limits counts in another unit: {unit: most}.
    extendable_in: Mapping[str, int] = field(default_factory=dict)
    # How often, and by how much at a time, where the law says so; None: no limit but the one above.
    most_extensions: int | None = None
    longest_extension: int | None = None
    # Whose term it is: what an applicant has to do in time is no office's lateness.
    holder: Literal["office", "applicant"] = "office"

    @property
    def limit_code(self) -> str:
        return self.limit or self.code

    def most(self, unit: str) -> int:
        """Most a term of that unit may reach with all extensions; 0 where it may not be extended."""
        return self.extendable_in.get(unit, self.extendable_to or 0)


@dataclass(frozen=True)
class Panel:
    """What a kind shows on the pages of its cases beside what all cases show: a template and its context."""

    template: str
    context: Mapping[str, Any]


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
    receives: str | Callable[[Opening], str] = CENTRE
    # Sorts of party (`Party.Sort`) that may start it, where not all may.
    applicants: Callable[[Opening], frozenset[str]] | None = None
    # What a case of this kind opens with, from the parameters of its start page. Raises LookupError where
    # they name nothing that may be started.
    opens: Callable[[Mapping[str, list[str]]], Opening] | None = None
    # What the child opens with when a step of `parent` is carried by a case of this kind.
    child_opening: Callable[[Case, StepDef], Opening] | None = None
    # Limits by clock code on a day, where they are more than the rows of the subject.
    limits: Callable[[Opening, datetime], dict[str, Limit]] | None = None
    # The subject whose Limit rows hold, by default the kind's own code.
    subject: str | Callable[[Opening], str] | None = None
    # The step that must be running for a verb: {"contact": "contact", "sign_off": "solve", …}.
    at_step: Mapping[str, str] = field(default_factory=dict)
    # Steps opened anew when a matter is taken up again, by the outcome it had ("" for any other).
    redo_steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # First step a handling office does; a dispatch, transfer or return opens the next round from there on.
    handled_from: str = ""
    # How long a dispatch may be undone while the office has not begun; None: not at all.
    undone_within: timedelta | None = None
    # States in which a verb is possible, where this kind is narrower than `moves.CASE_MOVES`.
    states: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # What the law itself does when a term runs out unanswered: {clock code: verb}.
    by_law: Mapping[str, str] = field(default_factory=dict)
    # What the desk does when the applicant's own time to speak runs out: {clock code: "fall_silent"}.
    silence: Mapping[str, str] = field(default_factory=dict)
    # Whether the end of the last step closes the matter.
    ends_with_steps: bool = False
    # Who may, where this kind differs from `permissions.RIGHTS`: {verb: capacities}.
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)
    # Why a verb is not allowed now by a rule of the kind's own: {verb: (case, at) -> sentence or None}.
    refuses: Mapping[str, Callable[[Case, datetime], str | None]] = field(default_factory=dict)
    # Subjects whose Limit rows go before the kind's own once the matter is classified, the weakest first.
    overlays: Callable[[Case], Iterable[str]] | None = None
    # Choices of a verb's field that only this kind knows: {"return_to_centre.code": case -> (value, label)}.
    offers: Mapping[str, Callable[[Case], Iterable[tuple[str, Words]]]] = field(default_factory=dict)
    # First values of a verb's form with the reason for them: {"dispatch": case -> ({field: value}, why)}.
    suggests: Mapping[str, Callable[[Case, datetime], tuple[dict[str, Any], Words] | None]] = field(
        default_factory=dict
    )
    # Writes into `part` what it keeps of the matter it was split from: (whole, part, text of the part).
    copies: Callable[[Case, Case, str], None] | None = None
    # Outcomes of a closed case that may be taken up again.
    reopens: frozenset[str] = frozenset()
    # Whether an extension needs a paper on the case that proves the ground for it.
    extension_needs_proof: bool = False
    # Whether anybody may start it from the public start page.
    startable: bool = True
    # The house's own: nobody outside waits for it, and figures count it only where it is asked for.
    internal: bool = False
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
    # Called at the end of every verb, in its transaction, before a parent hears of it.
    on_done: Callable[[Work, Event], None] | None = None
    # What the case is about in the active language, where the kind's label says too little.
    heading: Callable[[Case], str] | None = None
    # Lookups from the case, beside its detail, that its pages read along ("direct_line__topic").
    joins: tuple[str, ...] = ()
    # Whether its panel names what it is linked to: no list of links does so again.
    names_links: bool = False
    # What is asked of whom cases were put before, by case, where it keeps more than the reason.
    asked: Callable[[list[int]], dict[int, str]] | None = None
    # What its pages show besides; the reader is None for whoever has number and secret only.
    panel: Callable[[Case, User | None, datetime], Panel | None] | None = None
    # Where it keeps what applicants said when asked whether it is solved 回访, and ratings found mistaken.
    follow_ups: FollowUps | None = None
    void_ratings: Rows | None = None
    # What the applicant reads of a verb, where it is not the sentence of `letters.TO_APPLICANT`.
    tells: Mapping[str, Words] = field(default_factory=dict)

    # What comes next, sentence by sentence, on the confirmation; where empty, the way through an office.
    comes_next: tuple[Words, ...] = ()

    def steps_of(self, opening: Opening) -> tuple[StepDef, ...]:
        return resolved(self.steps, opening)

    def clocks_of(self, opening: Opening) -> tuple[ClockDef, ...]:
        return resolved(self.clocks, opening)

    def form_of(self, opening: Opening) -> type[BaseForm]:
        if self.form is None:
            raise LookupError(f"The kind {self.code} has no form.")
        return self.form if isinstance(self.form, type) else self.form(opening)

    def is_for(self, opening: Opening, sort: str) -> bool:
        """Whether a party of that sort may start it."""
        return self.applicants is None or sort in self.applicants(opening)

    def receives_of(self, opening: Opening) -> str:
        return resolved(self.receives, opening)

    def prefix_of(self, opening: Opening) -> str:
        return resolved(self.prefix, opening)

    def subject_of(self, opening: Opening) -> str:
        return resolved(self.subject, opening) if self.subject else self.code

    def panel_of(self, case: Case, reader: User | None, at: datetime) -> Panel | None:
        return self.panel(case, reader, at) if self.panel else None

    def clock(self, code: str, opening: Opening) -> ClockDef | None:
        return next((each for each in self.clocks_of(opening) if each.code == code), None)


def resolved(value: T | Callable[[Opening], T], opening: Opening) -> T:
    return value(opening) if callable(value) else value


# Who looks after a party beside their post: given the key of a user and a day, the parties as a query.
LooksAfter = Callable[[int, "date"], "QuerySet[Any]"]
_looking_after: list[LooksAfter] = []


def look_after(parties: LooksAfter) -> None:
    """Let a room above say whose matters a member of staff may read because they look after the party."""
    if parties not in _looking_after:
        _looking_after.append(parties)


def looking_after() -> list[LooksAfter]:
    return list(_looking_after)


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


def joins() -> list[str]:
    """Lookups from a case to the details of every kind, so that whichever it has comes with it."""
    return [path for kind in kinds() if kind.accessor for path in (kind.accessor, *kind.joins)]


def own_terms() -> set[tuple[str, str]]:
    """(kind, clock code) of the terms that are the applicant's own, which run out by no fault of an office.
    Clocks that are a function of the opening are the office's."""
    plain = [(kind.code, kind.clocks) for kind in kinds() if isinstance(kind.clocks, tuple)]
    return {(kind, clock.code) for kind, clocks in plain for clock in clocks if clock.holder == "applicant"}


def internal_kinds() -> list[str]:
    """Codes of the kinds that are the house's own."""
    return [kind.code for kind in kinds() if kind.internal]


def is_own_term(kind: str, clock: str) -> bool:
    """Whether the clock of that code is the applicant's own term, and so no promise to them."""
    return (kind, clock) in own_terms()


def kinds() -> Iterable[CaseKind]:
    return sorted(_kinds.values(), key=lambda kind: kind.code)
