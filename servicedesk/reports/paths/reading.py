"""The ways cases took, read from their steps and verbs in a few queries, whatever their number."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from servicedesk.desk import moves
from servicedesk.desk.models import Case, Event, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.reports.promises import APART, RELEASED
from servicedesk.reports.scope import public_clocks

# The map is drawn of at most so many cases, the newest; a page that reads more takes too long.
MOST = 20_000
CHUNK = 2_000
# How a path begins and ends, written where a step's code stands.
BEGIN, END, STILL = "^", "$", "…"

TAKES = frozenset({"claim", "assign"})
GIVES = frozenset({"dispatch", "rule", "transfer", "return_to_centre"})
# Verbs beside the steps that tell how a path went.
TOLD = TAKES | GIVES | {"redo", "ask_supplement"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One round of one step at one office, once it began. `taken_at` is when an officer took it up, None
    where nobody did; the beginning itself where the officer had the case in hand already."""

    code: str
    round: int
    office: int
    holder: str
    state: str
    started_at: datetime | None
    done_at: datetime | None
    taken_at: datetime | None = None

    @property
    def beside(self) -> bool:
        return self.code in moves.BESIDE

    @property
    def of_office(self) -> bool:
        """Whether an office has it, rather than the applicant."""
        return self.holder == "office"


@dataclass(frozen=True, slots=True)
class Turn:
    """A verb of those TOLD, and when it counts."""

    verb: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Path:
    """What a case went through, in the order its steps began. `judged` says that a promise to the applicant
    is due or done with, `broken` that one was not kept."""

    pk: int
    submitted_at: datetime
    closed_at: datetime | None
    judged: bool
    broken: bool
    visits: Sequence[Visit]
    turns: Sequence[Turn] = field(default=())

    @property
    def codes(self) -> list[str]:
        return [visit.code for visit in self.visits]

    @property
    def way(self) -> tuple[str, ...]:
        """The steps from first to last, and whether the matter is closed: what makes two paths one."""
        return (*self.codes, END if self.closed_at else STILL)

    @property
    def digest(self) -> str:
        return digest_of(self.way)


def digest_of(way: Sequence[str]) -> str:
    """A short name of a variant that may stand in an address."""
    return hashlib.sha256("\n".join(way).encode()).hexdigest()[:12]


# --- reading -----------------------------------------------------------------------------------------


def newest(cases: CaseQuerySet, most: int = MOST) -> Any:
    """The keys of the newest of these cases, as a subquery."""
    return cases.order_by("-submitted_at", "-pk").values("pk")[:most]


def paths_of(keys: Any, at: datetime) -> Iterator[Path]:
    """The path of each case whose key is among `keys`, in three queries."""
    streams = (visits_rows(keys), turns_rows(keys))
    for row, visits, turns in together(_cases(keys, at), *streams):
        pk, submitted, closed, judged, broken = row
        acts = [Turn(verb, when) for _pk, verb, when in turns]
        yield Path(pk, submitted, closed, judged, broken, visits_of(visits, acts), acts)


def _cases(keys: Any, at: datetime) -> Iterator[Any]:
    """Rows (key, submitted, closed, judged, broken) in the order of the keys."""
    due = public_clocks().filter(Q(stopped_at__isnull=False) | Q(due_at__lt=at), case=OuterRef("pk"))
    ours = ~Q(outcome__in=APART)
    judged = due.exclude(RELEASED)
    broken = judged.filter(Q(late=True) | Q(stopped_at=None))
    rows: Any = Case.objects.filter(pk__in=keys).order_by("pk")
    rows = rows.annotate(judged=ours & Q(Exists(judged)), broken=ours & Q(Exists(broken)))
    return rows.values_list("pk", "submitted_at", "closed_at", "judged", "broken").iterator(CHUNK)


def visits_rows(keys: Any) -> Iterator[Any]:
    """Steps that began, or of which an older system knows the end."""
    begun = Step.objects.filter(
        Q(started_at__isnull=False) | Q(done_at__isnull=False, state=Step.State.DONE), case__in=keys
    )
    fields = ("case", "pk", "code", "round", "office", "holder", "state", "started_at", "done_at")
    return begun.order_by("case", "pk").values_list(*fields).iterator(CHUNK)


def turns_rows(keys: Any) -> Iterator[Any]:
    told = Event.objects.filter(case__in=keys, verb__in=TOLD).order_by("case", "effective_at", "pk")
    return told.values_list("case", "verb", "effective_at").iterator(CHUNK)


def together(cases: Iterable[Any], *streams: Iterable[Any]) -> Iterator[Any]:
    """Each case's row with its rows of every stream; all come in the order of the case's key, which is the
    first of a row. Rows of a case that is not there (it came meanwhile) are passed over."""
    heads = [_Head(stream) for stream in streams]
    for row in cases:
        yield (row, *(head.of(row[0]) for head in heads))


class _Head:
    """The next row of a stream, and those of one case after another."""

    def __init__(self, stream: Iterable[Any]) -> None:
        self.rows = iter(stream)
        self.row = next(self.rows, None)

    def of(self, key: int) -> list[Any]:
        found = []
        while self.row is not None and self.row[0] <= key:
            if self.row[0] == key:
                found.append(self.row)
            self.row = next(self.rows, None)
        return found


# --- who took it up ----------------------------------------------------------------------------------


def visits_of(rows: Sequence[Any], turns: Sequence[Turn]) -> list[Visit]:
    """The visits in the order they began; what began at one moment, in the order it was laid out."""
    ordered = sorted(rows, key=lambda row: (row[7] or row[8], row[1]))
    found: list[Visit] = []
    for _case, _pk, *facts in ordered:
        visit = Visit(*facts)
        found.append(replace(visit, taken_at=_taken(visit, found, turns)))
    return found


def _taken(visit: Visit, before: Sequence[Visit], turns: Sequence[Turn]) -> datetime | None:
    """When an officer of the visit's office had it: a claim within it, or one at an earlier step of that
    office since which the case was given to nobody else."""
    if visit.started_at is None or not visit.of_office or visit.beside:
        return None
    last = next((each for each in reversed(before) if each.of_office and not each.beside), None)
    if last is not None and last.office == visit.office and last.taken_at:
        held = _last(turns, TAKES, visit.started_at)
        given = _last(turns, GIVES, visit.started_at)
        if held and (given is None or given <= held):
            return visit.started_at
    for turn in turns:
        if turn.verb in TAKES and turn.at >= visit.started_at:
            return turn.at if _within(turn.at, visit) else None
    return None


def _within(at: datetime, visit: Visit) -> bool:
    """Before the visit's end; what comes with its end belongs to the next one."""
    return visit.done_at is None or at < visit.done_at or at == visit.done_at == visit.started_at


def _last(turns: Sequence[Turn], verbs: frozenset[str], until: datetime) -> datetime | None:
    return max((turn.at for turn in turns if turn.verb in verbs and turn.at <= until), default=None)
