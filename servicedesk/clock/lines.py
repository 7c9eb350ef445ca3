"""The clock as JSON lines: one question, one answer, so that outsiders can check it with their own tables."""

import json
from collections.abc import Iterable
from typing import BinaryIO

from servicedesk.clock import asked
from servicedesk.clock.back import walk_back
from servicedesk.clock.errors import ClockError
from servicedesk.clock.reckoning import Reckoning, elapsed_seconds
from servicedesk.clock.statement import Row
from servicedesk.clock.workdays import WorkCalendar

Answer = dict[str, object]
LONGEST_LINE = 1_000_000


def answer(request: asked.Asked) -> Answer:
    """The answer to one question. Raises ClockError, whose sentence says what is wrong with it.

    `{"due", "provisional", "statement"}` for a term, with `remaining` too while a pause stands;
    `{"elapsed_seconds"}` for `until`; `{"at"}` for `back`.
    """
    asked.only_known_keys(request)
    back = asked.flag(request, "back", False)
    if "until" in request:
        if "term" in request:
            raise ClockError("term-and-until")
        if back:
            raise ClockError("back-and-until")
    calendar = asked.calendar(request)
    if "until" in request:
        return _elapsed(request, calendar)
    return _walked_back(request, calendar) if back else _due(request, calendar)


def _due(request: asked.Asked, calendar: WorkCalendar) -> Answer:
    zone = calendar.zone_table
    reckoning = Reckoning(
        calendar,
        start=asked.moment(asked.required(request, "start"), "start", zone),
        term=asked.term(request),
        pauses=asked.pauses(request, zone),
    )
    due = reckoning.due()
    found: Answer = {"due": None if due is None else due.isoformat()}
    if due is None:
        found["remaining"] = reckoning.remaining()
    found["provisional"] = reckoning.provisional
    found["statement"] = _told(reckoning.statement())
    return found


def _told(rows: list[Row]) -> list[Answer]:
    found: list[Answer] = []
    begin = rows[0].start.isoformat() if rows else ""
    for row in rows:
        end = None if row.end is None else row.end.isoformat()
        found.append(
            {"from": begin, "to": end, "kind": row.kind, "units": row.units, "reason": row.reason.text}
        )
        # Rows touch, so that each moment is written only once.
        begin = end or ""
    return found


def _elapsed(request: asked.Asked, calendar: WorkCalendar) -> Answer:
    zone = calendar.zone_table
    if "unit" in request:
        asked.unit_of(request)
    since = asked.moment(asked.required(request, "start"), "start", zone)
    until = asked.moment(request["until"], "until", zone)
    return {"elapsed_seconds": elapsed_seconds(calendar, since, until, asked.pauses(request, zone))}


def _walked_back(request: asked.Asked, calendar: WorkCalendar) -> Answer:
    zone = calendar.zone_table
    end = asked.moment(asked.required(request, "start"), "start", zone)
    term = asked.term(request)
    if asked.pauses(request, zone):
        raise ClockError("back-and-pauses")
    return {"at": walk_back(calendar, end, term).isoformat()}


def answer_line(text: str) -> Answer:
    """The answer to one line, or `{"error": sentence}`; never raises."""
    try:
        return answer(question(text))
    except ClockError as error:
        return {"error": str(error)}


def question(text: str) -> asked.Asked:
    """The JSON object in the text. Raises ClockError where there is none."""
    if len(text) > LONGEST_LINE:
        raise ClockError("line-too-long")
    if not text.strip():
        raise ClockError("empty-line")
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ClockError("not-json") from None
    if not isinstance(found, dict):
        raise ClockError("not-object")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON.")


def answer_stream(questions: Iterable[bytes], answers: BinaryIO) -> None:
    """One line out for each line in, in order and at once, so that a patient asker may wait for each."""
    for line in questions:
        found = answer_line(line.decode("utf-8-sig", errors="replace"))
        text = json.dumps(found, ensure_ascii=False)
        # A lone surrogate can only come from the question; escaped it is valid JSON again.
        answers.write(text.encode("utf-8", errors="backslashreplace") + b"\n")
        answers.flush()
