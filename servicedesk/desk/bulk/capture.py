"""What the verbs wrote of a rehearsed case, as patterns: everything that belongs to this one case became the
name of a value, the rest stays as it is. A moment that is none of the acts' is refused, so nothing of the
rehearsal's own time gets into a copy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models

from servicedesk.accounts.models import Office, User
from servicedesk.clock.instants import to_micros
from servicedesk.desk.actions.working import half_day
from servicedesk.desk.bulk.script import (
    NULL,
    NUMBER,
    TEXT,
    ClockPlan,
    EventPattern,
    Model,
    Script,
    escaped,
    filled,
    packed,
)
from servicedesk.desk.finding import folded
from servicedesk.desk.models import (
    Attachment,
    Case,
    CaseWords,
    Clock,
    Event,
    Extension,
    Message,
    Party,
    Pause,
    Promise,
    Step,
    SubmissionKey,
)
from servicedesk.desk.registry import kind_of

if TYPE_CHECKING:
    from servicedesk.desk.bulk.rehearsal import Stage


def captured(stage: Stage, place: int) -> Script:
    return _Capture(stage, place).script()


def tables(bulk: Any) -> list[Model]:
    """Everything a case is made of, what is pointed at before what points."""
    detail = kind_of(bulk.kind).detail
    details: list[Model] = [apps.get_model(detail)] if detail else []
    engine = [
        Case,
        *details,
        SubmissionKey,
        Step,
        Message,
        Attachment,
        Pause,
        Clock,
        Extension,
        Event,
        Promise,
    ]
    return [*engine, *bulk.also]


def columns(model: Model) -> list[models.Field[Any, Any]]:
    return list(model._meta.concrete_fields)


class _Capture:
    def __init__(self, stage: Stage, place: int) -> None:
        self.stage, self.place = stage, place
        self.case = Case.objects.get(pk=stage.case.pk)
        self.rows = {model: list(self._rows_of(model)) for model in tables(stage.bulk)}
        self.names = {
            (model, row.pk): f"{_short(model)}{number}"
            for model, rows in self.rows.items()
            for number, row in enumerate(rows)
        }
        self.moments = {to_micros(at): number for number, at in enumerate(stage.moments)}
        # The act whose row is looked at: a half-day in it is that of its own moment.
        self.now, self.halves = 0, set[int]()
        self.keys = {str(row.key): f"key{n}" for n, row in enumerate(self.rows[SubmissionKey])}
        people = ("applicant", "dispatcher", "leader", "officer", "head", "other_head")
        self.users = {getattr(stage, name).pk: name for name in people}
        self.offices = {stage.handling.pk: "handling", stage.other.pk: "other"}
        self.codes = {stage.handling.code: "handling_code", stage.other.code: "other_code"}

    def _rows_of(self, model: Model) -> Any:
        rows = model._default_manager.order_by("pk")
        if model is Case:
            return rows.filter(pk=self.case.pk)
        if model in (Extension, Promise):
            return rows.filter(clock__case=self.case)
        return rows.filter(case=self.case)

    def script(self) -> Script:
        clocks = [self._plan(row) for row in self.rows[Clock]]
        blocks = [
            (model, "".join(self._line(row) for row in rows))
            for model, rows in self.rows.items()
            if rows and model is not Event
        ]
        return Script(
            place=self.place,
            is_open=self.case.state != Case.State.CLOSED,
            case=Case(kind=self.case.kind, opening=self.case.opening),
            blocks=blocks,
            counts={model: len(rows) for model, rows in self.rows.items()},
            keys={model: [self.names[model, row.pk] for row in rows] for model, rows in self.rows.items()},
            events=[self._event(row) for row in self.rows[Event]],
            clocks=clocks,
            promises=[self._promised(row) for row in self.rows[Promise]],
            halves=tuple(sorted(self.halves)),
            sought=self._sought(),
        )

    # Clocks and what was promised of them.

    def _act(self, moment: datetime) -> int:
        micros = to_micros(moment)
        if micros not in self.moments:
            raise LookupError(f"{moment} is none of the moments of the story.")
        return self.moments[micros]

    def _plan(self, row: Clock) -> ClockPlan:
        pauses = [
            (self._act(each.since), self._act(each.until or each.planned_until))
            for each in self.rows[Pause]
            if each.category in row.pausable and each.step_id in (None, row.step_id)
        ]
        longer = [(self._act(e.decided_at), e.term) for e in self.rows[Extension] if e.clock_id == row.pk]
        return ClockPlan(
            self._act(row.started_at),
            self._act(row.stopped_at) if row.stopped_at else None,
            self.offices.get(row.office_id, ""),
            row,
            tuple(pauses),
            tuple(longer),
        )

    def _promised(self, row: Promise) -> tuple[int, int]:
        clock = next(n for n, each in enumerate(self.rows[Clock]) if each.pk == row.clock_id)
        event = next(each for each in self.rows[Event] if each.pk == row.event_id)
        return clock, self._act(event.effective_at)

    # Rows.

    def _line(self, row: models.Model) -> str:
        cells = [self._cell(row, each) for each in columns(type(row))]
        return "\t".join(cells) + "\n"

    def _cell(self, row: models.Model, column: models.Field[Any, Any]) -> str:
        value = getattr(row, column.attname)
        own = OWN.get((type(row), column.attname))
        if own is not None:
            name = own.format(self.names[type(row), row.pk])
            return f"%({name})s" if value is not None or column.attname == "due_at" else NULL
        if value is None:
            return NULL
        varies = self.stage.bulk.varies.get(f"{type(row).__name__}.{column.attname}")
        if varies is not None:
            return f"%({varies})s"
        return filled(escaped(self._text(column, value)))

    def _text(self, column: models.Field[Any, Any], value: Any) -> str:
        if column.primary_key or isinstance(column, models.ForeignKey):
            return self._key(column, value)
        if isinstance(value, bool):
            return "t" if value else "f"
        if isinstance(value, datetime):
            return TEXT.format(f"m{self._act(value)}")
        if isinstance(column, models.JSONField):
            return packed(self._json("", value))
        return str(self._json("", str(value)))

    def _key(self, column: models.Field[Any, Any], value: Any) -> str:
        model: Any = column.model if column.primary_key else column.related_model
        if (model, value) in self.names:
            return TEXT.format(self.names[model, value])
        kept: dict[Any, str] = {Office: "office", User: "user", Party: "party"}
        if model is Party:
            return TEXT.format("party")
        known = {Office: self.offices, User: self.users}.get(model, {})
        if model is User and value not in known:
            raise LookupError(f"Nobody on the stage is {kept[model]} {value}.")
        return TEXT.format(known[value]) if value in known else str(value)

    def _json(self, name: str, value: Any) -> Any:
        """The same with names where it tells of this case: moments, keys, offices and people."""
        if isinstance(value, dict):
            return {key: self._json(key, each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._json(name, each) for each in value]
        if isinstance(value, str):
            return self._said(value)
        if isinstance(value, int) and not isinstance(value, bool):
            found = self._numbers(name).get(value)
            return NUMBER.format(found) if found else value
        return value

    def _numbers(self, name: str) -> dict[int, str]:
        by_name: dict[str, Callable[[], dict[int, str]]] = {
            "office": lambda: self.offices,
            "officer": lambda: self.users,
            "step": lambda: {pk: key for (model, pk), key in self.names.items() if model is Step},
            "id": lambda: {pk: key for (model, pk), key in self.names.items() if model is Pause},
        }
        return by_name[name]() if name in by_name else {}

    def _said(self, value: str) -> str:
        for known in (self.keys, self.codes):
            if value in known:
                return TEXT.format(known[value])
        if value == half_day(self.stage.moments[self.now]):
            self.halves.add(self.now)
            return TEXT.format(f"h{self.now}")
        moment = _moment(value)
        return value if moment is None else TEXT.format(f"m{self._act(moment)}")

    def _sought(self) -> tuple[str, ...]:
        """The parts of the words the case is found by."""
        row, party = CaseWords.objects.filter(case=self.case).first(), self.stage.party
        own = {self.case.number: "number", party.name: "company", party.number: "uscc"}
        known = {folded(text): TEXT.format(name) for text, name in own.items() if text}
        parts = row.text.split("\n") if row is not None else []
        return tuple(filled(known.get(part, part)) for part in parts)

    # Events.

    def _event(self, row: Event) -> EventPattern:
        place = self.now = self._act(row.effective_at)
        facts = [
            TEXT.format("previous"),
            TEXT.format("chain"),
            row.seq,
            NUMBER.format(self.names[Case, self.case.pk]),
            NUMBER.format(self.names[Step, row.step_id]) if row.step_id else None,
            row.verb,
            NUMBER.format(self.users[row.by_id]) if row.by_id else None,
            TEXT.format(f"a{place}"),
            TEXT.format(f"m{place}"),
            TEXT.format("click"),
            row.public,
            self._json("", row.params),
            TEXT.format("seal"),
        ]
        return EventPattern(
            place, filled(row.title), filled(row.body), filled(packed(facts)), self._line(row)
        )


# Columns that are computed for every case anew, and what their values are called.
OWN: dict[tuple[Model, str], str] = {
    (Case, "number"): "number",
    (Case, "secret"): "secret",
    (SubmissionKey, "key"): "key0",
    (SubmissionKey, "fingerprint"): "fingerprint",
    (Event, "chain"): "chain",
    (Event, "click"): "click",
    (Event, "salt"): "salt",
    (Event, "seal"): "seal",
    (Event, "digest"): "digest",
    (Event, "at"): "at",
    (Clock, "due_at"): "{}due",
    (Clock, "provisional"): "{}provisional",
    (Clock, "used"): "{}used",
    (Clock, "late"): "{}late",
    (Promise, "due_at"): "{}due",
}


def _short(model: Model) -> str:
    return f"{model._meta.model_name}_"


def _moment(value: str) -> datetime | None:
    if len(value) < 19 or not value[0].isdigit():
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None
