"""`manage.py check` verifies every kind: codes, graph, moments, detail model; with a database, its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError

from servicedesk.accounts.models import Office
from servicedesk.desk.followups import problems as wrong_rows
from servicedesk.desk.models import Case, Limit
from servicedesk.desk.moves import BESIDE, CASE_MOVES
from servicedesk.desk.registry import HANDLING, CaseKind, StepDef, kinds

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
BEFALLS = ("started", "paused", "resumed", "done", "skipped", "returned")


@register(Tags.models)
def check_kinds(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    return [message for kind in kinds() for message in problems(kind)]


def problems(kind: CaseKind) -> Iterator[CheckMessage]:
    """Yield what is wrong with a kind's declaration, each with a hint that says how to repair it."""
    if not KEBAB.fullmatch(kind.code):
        yield Error(
            f"The kind code {kind.code!r} is not kebab-case.",
            "Use lower-case words and hyphens.",
            id="desk.E001",
        )
    unknown = sorted(kind.verbs - set(CASE_MOVES))
    if unknown:
        yield Error(
            f"{kind.code}: no such verbs: {', '.join(unknown)}.", "Verbs stand in moves.py.", id="desk.E002"
        )
    if kind.detail is not None:
        yield from _detail(kind)
    yield from _dimensions(kind)
    yield from wrong_rows(kind)
    # A kind whose steps come from its opening is checked case by case, when it opens.
    if isinstance(kind.steps, tuple):
        yield from _graph(kind, kind.steps)
        if isinstance(kind.clocks, tuple):
            yield from _clocks(kind, kind.steps)


def _detail(kind: CaseKind) -> Iterator[CheckMessage]:
    try:
        apps.get_model(kind.detail or "")
    except (LookupError, ValueError):
        yield Error(f"{kind.code}: no model {kind.detail}.", "Name it app.Model.", id="desk.E003")


def _dimensions(kind: CaseKind) -> Iterator[CheckMessage]:
    """Queue, exports and figures group by rows: a path that ends in a plain column breaks them all."""
    for name, path, _label in kind.dimensions:
        model: Any = Case
        for part in path.split("__"):
            try:
                model = model._meta.get_field(part).related_model if model else None
            except FieldDoesNotExist:
                model = None
        if model is None:
            yield Error(
                f"{kind.code}: the dimension {name} does not lead to a row: {path}.",
                "Let the path end in a foreign key.",
                id="desk.E009",
            )


def _graph(kind: CaseKind, steps: tuple[StepDef, ...]) -> Iterator[CheckMessage]:
    codes = [step.code for step in steps]
    if len(set(codes)) != len(codes):
        yield Error(f"{kind.code}: two steps have one code.", "Give each its own.", id="desk.E004")
    named = {code for step in steps for code in step.after} | set(kind.at_step.values())
    named |= {code for redo in kind.redo_steps.values() for code in redo}
    missing = sorted(named - set(codes))
    if missing:
        yield Error(
            f"{kind.code}: no such steps: {', '.join(missing)}.", "Declare them in `steps`.", id="desk.E005"
        )
    ring = circle(steps)
    if ring:
        yield Error(
            f"{kind.code}: steps wait for each other: {' → '.join(ring)}.",
            "Break the circle.",
            id="desk.E006",
        )


def circle(steps: Iterable[StepDef]) -> list[str]:
    """Return the codes of steps that wait for each other in a circle; empty when there is none."""
    waits = {step.code: set(step.after) for step in steps}
    while waits:
        free = {code for code, after in waits.items() if not after & set(waits)}
        if not free:
            return sorted(waits)
        waits = {code: after for code, after in waits.items() if code not in free}
    return []


def _clocks(kind: CaseKind, steps: tuple[StepDef, ...]) -> Iterator[CheckMessage]:
    codes = {step.code for step in steps}
    moments = set(CASE_MOVES) | {"close"} | {f"{code}:{end}" for code in codes for end in BEFALLS}
    for clock in kind.clocks_of({}):
        unknown = sorted((clock.starts | clock.stops) - moments)
        if unknown:
            yield Error(
                f"{kind.code}.{clock.code}: no such moments: {', '.join(unknown)}.",
                "A moment is a verb or step:done.",
                id="desk.E007",
            )
        if clock.step is not None and clock.step not in codes | BESIDE:
            yield Error(f"{kind.code}.{clock.code}: no step {clock.step}.", "Name a step.", id="desk.E008")


@register(Tags.database)
def check_rows(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Offices and limits the kinds need, where the database is asked (`check --database default`)."""
    if not databases:
        return []
    try:
        offices = set(Office.objects.values_list("code", flat=True))
        limits = set(Limit.objects.values_list("subject", "clock"))
    except DatabaseError:
        return []
    found = [message for kind in kinds() for message in _rows(kind, offices, limits)]
    return found if offices else []


def _rows(kind: CaseKind, offices: set[str], limits: set[tuple[str, str]]) -> Iterator[CheckMessage]:
    wanted = {kind.receives} if isinstance(kind.receives, str) else set()
    if isinstance(kind.steps, tuple):
        wanted |= {step.office for step in kind.steps} - {HANDLING}
    for code in sorted(wanted - offices):
        yield Warning(f"{kind.code}: no office {code}.", "Load it with load_offices.", id="desk.W001")
    if isinstance(kind.clocks, tuple) and not callable(kind.subject):
        subject = kind.subject_of({})
        for clock in kind.clocks:
            if not clock.optional and (subject, clock.limit_code) not in limits:
                yield Warning(
                    f"{kind.code}: no limit for {clock.limit_code}.", "Enter a Limit row.", id="desk.W002"
                )
