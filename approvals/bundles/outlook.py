"""From rows to the forecast of a bundle: one that is only thought of, and one that is under way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from approvals.bundles.offered import Contents
from approvals.bundles.predicting import Forecast, Part, forecast
from approvals.catalogue.facts import part_subject
from approvals.catalogue.snapshot import Snapshot
from approvals.procedures import CHECK, DELIVER, LICENCE
from servicedesk.accounts.models import Office
from servicedesk.clock import Term
from servicedesk.desk.calendars import calendar_of, current_version
from servicedesk.desk.models import Case, Clock, Limit, Step
from servicedesk.desk.permissions import today
from servicedesk.desk.reckon import account_of

Terms = dict[str, Term]


def imagined(found: Contents, at: datetime) -> Forecast:
    """The forecast as if all that was chosen were sent now."""
    limits = promised_terms(found.bundle["code"], [part["code"] for part in found.parts], at)
    offices = dict(
        Office.objects.filter(code__in={part["office"] for part in found.parts}).values_list("code", "pk")
    )
    version = current_version()
    parts = [
        _to_come(
            part["code"],
            part["after"],
            sequence(found.items[part["code"]], limits[part["code"]]),
            calendar=calendar_of(offices.get(part["office"]), version),
        )
        for part in found.parts
    ]
    return forecast(parts, at)


def _to_come(code: str, after: Iterable[str], terms: Terms, **more: Any) -> Part:
    return Part(code, terms=tuple(terms.values()), after=tuple(after), is_timed=bool(terms), **more)


def of_case(whole: Case, steps: Sequence[Step], clocks: Mapping[int, list[Clock]], at: datetime) -> Forecast:
    """The forecast of a submitted bundle. `clocks` are those of its parts, by the key of the part."""
    waiting = [step.code for step in steps if step.opens_id is None]
    limits = promised_terms(whole.opening["bundle_code"], waiting, at)
    items: Mapping[str, Snapshot] = whole.opening["items"]
    version = current_version()
    parts = []
    for step in steps:
        more: dict[str, Any] = {"calendar": calendar_of(step.office_id, version)}
        if step.state == Step.State.DONE:
            parts.append(Part(step.code, after=tuple(step.after), ended=step.done_at, **more))
        elif step.state in {Step.State.RETURNED, Step.State.SKIPPED}:
            parts.append(Part(step.code, after=tuple(step.after), is_cut=True, **more))
        elif step.opens is None:
            parts.append(
                _to_come(step.code, step.after, sequence(items[step.code], limits[step.code]), **more)
            )
        else:
            parts.append(_under_way(step, step.opens, clocks.get(step.opens.pk, []), at, more))
    return forecast(parts, at)


def _under_way(step: Step, part: Case, clocks: list[Clock], at: datetime, more: dict[str, Any]) -> Part:
    """What is left of a part that has begun: the promise that runs, then what comes after it. One that waits
    for papers counts as if they came now."""
    terms = sequence(part.opening["item"], terms_of(part.opening.get("limits", {})))
    running = {clock.code: clock for clock in clocks if clock.stopped_at is None and clock.code in terms}
    codes = list(terms)
    for place, code in enumerate(codes):
        if code in running:
            left = tuple(terms[each] for each in codes[place + 1 :])
            clock = running[code]
            if clock.due_at is None:
                left = (*_rest(clock, at), *left)
            until = clock.due_at or at
            return Part(step.code, terms=left, after=tuple(step.after), under_way=until, **more)
    if part.state == Case.State.DECIDED:
        return Part(step.code, after=tuple(step.after), under_way=at, **more)
    return _to_come(step.code, step.after, terms, under_way=at if terms else None, **more)


def _rest(clock: Clock, at: datetime) -> tuple[Term, ...]:
    """What remains of a clock that stands still, as if it ran on now."""
    remaining = math.ceil(account_of(clock).remaining(at))
    unit = clock.unit if clock.unit not in {"months", "years"} else "calendar_days"
    return (Term(remaining, unit, clock.rolls, clock.ends),) if remaining else ()


def sequence(item: Snapshot, terms: Terms) -> Terms:
    """Of the limits of an item those that run one after the other until its end: acceptance where the law
    knows one, the decision, the delivery. Empty where nobody says how long the decision may take."""
    decided = next((code for code in ("promised", "statutory") if code in terms), None)
    if decided is None:
        return {}
    wanted = [CHECK] if item["procedure"] == LICENCE else []
    wanted += [decided, *([DELIVER] if item["is_delivered"] else [])]
    return {code: terms[code] for code in wanted if code in terms}


def terms_of(limits: Mapping[str, Mapping[str, Any]]) -> Terms:
    """Terms by clock code, from the limits a case keeps."""
    return {
        code: Term(kept["term"], kept["unit"], kept["rolls"], kept["ends"]) for code, kept in limits.items()
    }


def promised_terms(bundle: str, items: Sequence[str], at: datetime) -> dict[str, Terms]:
    """Terms by item and clock as they hold on that day within the bundle: what it promises for an item goes
    before what holds for the item alone. One query."""
    subjects = [*items, *(part_subject(bundle, item) for item in items)]
    rows = Limit.objects.valid(today(at)).filter(subject__in=subjects).order_by("valid_from")
    found: dict[str, Terms] = {subject: {} for subject in subjects}
    for row in rows if items else ():
        found[row.subject][row.clock] = Term(row.term, row.unit, row.rolls, row.ends)
    return {item: found[item] | found[part_subject(bundle, item)] for item in items}
