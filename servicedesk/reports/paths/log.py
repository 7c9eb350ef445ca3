"""The log of events of cases: one entry for each step begun and ended and for each verb, without any text
people wrote and without anybody's name. It is read case by case and holds no more than one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from servicedesk.accounts.models import Office
from servicedesk.desk import moves
from servicedesk.desk.models import Event, Step
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.registry import CaseKind
from servicedesk.desk.verbs import said_words
from servicedesk.desk.wording import spoken
from servicedesk.reports.names import names_of
from servicedesk.reports.paths.handling import holder_at
from servicedesk.reports.paths.reading import CHUNK, GIVES, TAKES, Turn, Visit, together, visits_of
from servicedesk.reports.paths.shown import office_names
from servicedesk.reports.paths.tally import Watch, begins

START, COMPLETE, ABORT = "start", "complete", "ate_abort"
STEP, VERB = "step", "verb"
# Of the verbs those that move a matter, and the urging: no note and no message leaves a trace here.
VERBS = (frozenset(moves.CASE_MOVES) - moves.QUIET) | {"nudge"}
APPLICANT, ITSELF = gettext_lazy("applicant"), gettext_lazy("by itself")


@dataclass(frozen=True)
class Entry:
    """One event: `activity` in the reader's language with its stable `code`; `sort` is a step or a verb;
    `group` the office (its name, and its code beside it), the applicant, or nobody. Of an ended step how many
    seconds of office time it waited and was in hand."""

    code: str
    activity: str
    sort: str
    transition: str
    at: datetime
    group: str
    office: str
    round: int | None = None
    waited: int | None = None
    worked: int | None = None
    officer: str = ""


@dataclass(frozen=True)
class Trace:
    """A case: its number, its plain facts by name, and its entries in their order."""

    number: str
    facts: Mapping[str, str]
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Asked:
    """Which log: `cases` in it, of one `kind`; with `verbs` also what was done besides the steps, with
    `officers` a pseudonym of who did it, the same in every log of this desk."""

    cases: CaseQuerySet
    kind: CaseKind
    at: datetime
    verbs: bool = True
    officers: bool = False


class Log:
    """The traces of a log, in the order the cases came. What everything is called is read at once, in the
    language of the moment, so that it may be written out later."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.offices = office_names()
        self.codes = _office_codes()
        self.said = {verb: said_words(verb) for verb in VERBS}
        self.applicant, self.itself = str(APPLICANT), str(ITSELF)
        self.labels = _labels(asked.cases)
        self.watch = Watch()
        self.dimensions = list(asked.kind.dimensions)
        self.values = {name: _values(asked.cases, path) for name, path, _label in self.dimensions}
        self.title = _("Log of events: %(kind)s") % {"kind": asked.kind.label}

    @property
    def fact_names(self) -> list[str]:
        return [*FACTS, *(name for name, _path, _label in self.dimensions)]

    def traces(self) -> Iterator[Trace]:
        keys = self.asked.cases.order_by().values("pk")
        streams = [_steps(keys), _events(keys)]
        fields = ("pk", "number", "kind", "state", "outcome", "submitted_at", "closed_at")
        paths = [path for _name, path, _label in self.dimensions]
        rows = self.asked.cases.order_by("pk").values_list(*fields, *paths).iterator(CHUNK)
        for row, steps, events in together(rows, *streams):
            yield Trace(row[1], self._facts(row), self._entries(steps, events))

    def _facts(self, row: Any) -> dict[str, str]:
        told = [row[2], row[3], row[4], written(row[5]), written(row[6])]
        found = dict(zip(FACTS, told, strict=True))
        for (name, _path, _label), value in zip(self.dimensions, row[7:], strict=True):
            found[name] = self.values[name].get(value, "") if value is not None else ""
        return found

    # --- entries -----------------------------------------------------------------------------------

    def _entries(self, steps: Sequence[Any], events: Sequence[Any]) -> list[Entry]:
        """By moment; of one moment first what ended, then what was done, then what began."""
        acts = [Turn(verb, at) for _case, verb, at, *_who in events if verb in TAKES | GIVES]
        officers = {row[1]: row[9] for row in steps}
        found: list[tuple[datetime, int, int, Entry]] = []
        ordered = sorted(steps, key=lambda row: (row[7] or row[8], row[1]))
        visits = visits_of([row[:9] for row in steps], acts)
        for place, (row, visit) in enumerate(zip(ordered, visits, strict=True)):
            pseudonym = self._pseudonym(officers[row[1]])
            for entry in self._of_step(visit, pseudonym):
                rank = 2 if entry.transition == START else 0
                # What ends at the moment it began still follows its beginning.
                if rank == 0 and visit.started_at == visit.done_at:
                    rank = 2
                found.append((entry.at, rank, place, entry))
        if self.asked.verbs:
            found += [(each.at, 1, 0, each) for each in self._of_verbs(events, visits)]
        return [entry for *_order, entry in sorted(found, key=lambda each: each[:3])]

    def _of_step(self, visit: Visit, officer: str) -> Iterator[Entry]:
        who: dict[str, Any] = {
            "group": self._group(visit),
            "office": self.codes.get(visit.office, ""),
            "officer": officer,
        }
        what: dict[str, Any] = {
            "code": visit.code,
            "activity": self.labels.get(visit.code, visit.code),
            "sort": STEP,
        }
        if visit.started_at:
            yield Entry(**what, **who, transition=START, at=visit.started_at, round=visit.round)
        if visit.done_at:
            ended = COMPLETE if visit.state == Step.State.DONE else ABORT
            waited, worked = self._seconds(visit)
            yield Entry(
                **what,
                **who,
                transition=ended,
                at=visit.done_at,
                round=visit.round,
                waited=waited,
                worked=worked,
            )

    def _seconds(self, visit: Visit) -> tuple[int | None, int | None]:
        began = begins(visit)
        if not (visit.of_office and visit.started_at and began and visit.done_at):
            return None, None
        waited = self.watch.office(visit.office, visit.started_at, began)
        return int(waited), int(self.watch.office(visit.office, began, visit.done_at))

    def _group(self, visit: Visit) -> str:
        return self.offices.get(visit.office, "") if visit.of_office else self.applicant

    def _of_verbs(self, events: Sequence[Any], visits: Sequence[Visit]) -> Iterator[Entry]:
        mine = [visit for visit in visits if visit.of_office and not visit.beside]
        for _case, verb, at, by, is_staff, step_office in events:
            office = step_office or _office_at(mine, verb, at)
            group = self.offices.get(office or 0, "")
            if by is None:
                group, office = self.itself, None
            elif not is_staff:
                group, office = self.applicant, None
            yield Entry(
                code=verb,
                activity=self.said[verb],
                sort=VERB,
                transition=COMPLETE,
                at=at,
                group=group,
                office=self.codes.get(office or 0, ""),
                officer=self._pseudonym(by if is_staff else None),
            )

    def _pseudonym(self, user: int | None) -> str:
        """The same for the same officer, and nothing anybody could turn back without the desk's key."""
        if not (self.asked.officers and user):
            return ""
        return salted_hmac("reports.paths.officer", str(user), algorithm="sha256").hexdigest()[:10]


def _office_at(visits: Sequence[Visit], verb: str, at: datetime) -> int | None:
    """The office that did it: the one that gave the matter away, else the one it is with by then."""
    if verb in GIVES or verb == "redo":
        return holder_at(visits, at)
    begun = [visit for visit in visits if visit.started_at and visit.started_at <= at]
    return begun[-1].office if begun else None


# What is told of a case itself, by the names the log writes.
FACTS = ("kind", "state", "outcome", "submitted", "closed")


def written(moment: datetime | None) -> str:
    return timezone.localtime(moment).isoformat(timespec="milliseconds") if moment else ""


def _steps(keys: Any) -> Iterator[Any]:
    begun = Step.objects.filter(case__in=keys).exclude(started_at=None, done_at=None)
    begun = begun.exclude(started_at=None, state__in=[Step.State.SKIPPED, Step.State.RETURNED])
    fields = ("case", "pk", "code", "round", "office", "holder", "state", "started_at", "done_at", "officer")
    return begun.order_by("case", "pk").values_list(*fields).iterator(CHUNK)


def _events(keys: Any) -> Iterator[Any]:
    told = Event.objects.filter(case__in=keys, verb__in=VERBS).order_by("case", "effective_at", "pk")
    fields = ("case", "verb", "effective_at", "by", "by__is_staff", "step__office")
    return told.values_list(*fields).iterator(CHUNK)


def _office_codes() -> dict[int, str]:
    return dict(Office.objects.order_by().values_list("pk", "code"))


def _labels(cases: CaseQuerySet) -> dict[str, str]:
    """The newest label of each step."""
    keys = cases.order_by().values("pk")
    last = (
        Step.objects.filter(case__in=keys).order_by().values("code").annotate(last=Max("pk")).values("last")
    )
    rows = Step.objects.filter(pk__in=last).values_list("code", "label")
    return {code: spoken(label) for code, label in rows}


def _values(cases: CaseQuerySet, path: str) -> dict[Any, str]:
    keys = list(cases.order_by().values_list(path, flat=True).distinct())
    return names_of(path, [key for key in keys if key is not None])
