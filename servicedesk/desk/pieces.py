"""What the pieces in templates/desk/pieces/ show: plain data made from engine objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from servicedesk.desk import words
from servicedesk.desk.models import Clock
from servicedesk.desk.models.clock import Ends
from servicedesk.desk.reckon import Reading, reading
from servicedesk.desk.verdicts import verdict

# Kinds of statement rows by how they look: quiet, over the limit, stopped.
LOOKS = {"counted": "", "late": "over", "pause": "stop"}
STEP_LOOKS = {"running": "now", "waiting": "todo"}
# A clock that has less than this left is worth counting down on the page.
LIVE_BELOW = 6 * 3600


def badge_of(clock: Clock, at: datetime, shown: Reading | None = None) -> dict[str, Any]:
    """Context of the clock badge: `state`, `words`, `due_at` and, in words, `due`, `provisional`, `live`."""
    shown = shown or reading(clock, at)
    said = words.badge_words(shown.state, clock.unit, shown.days, shown.seconds, shown.used, shown.category)
    state, judged = shown.state, verdict(clock)
    if judged is not None:
        state, said = judged.look, judged.words
    live = shown.state in {"running", "soon"} and not shown.days and 0 < shown.seconds < LIVE_BELOW
    # Made here: a page has fifty badges, and the template would go through its own translation for each.
    when = words.due_moment(shown.due_at, "DATETIME_FORMAT") if shown.due_at else ""
    return {
        "clock": clock,
        "state": state,
        "words": said,
        "due_at": shown.due_at,
        "due": _("Due %(when)s") % {"when": when} if when else "",
        "provisional": shown.provisional and shown.due_at is not None,
        "live": live
        and shown.due_at is not None
        and (shown.due_at - at).total_seconds() <= shown.seconds + 1,
    }


def clock_badge(clock: Clock, at: datetime) -> SafeString:
    """The badge as HTML, for places that are not templates (a column of the admin's queue)."""
    return render_to_string("desk/pieces/clock_badge.html", badge_of(clock, at))


def bar_of(clock: Clock, at: datetime) -> dict[str, Any]:
    """A promise with its bar: `percent` of the way from the start to the due moment, in whole percent."""
    shown = badge_of(clock, at)
    return shown | {
        "label": str(clock),
        "term": words.term_words(clock.term, clock.unit),
        "percent": _percent(clock, shown["state"], at),
    }


def _percent(clock: Clock, state: str, at: datetime) -> int | None:
    """Share of the time that is used up, all of it once late; None while a pause leaves no due moment."""
    if state in {"late", "missed"}:
        return 100
    if clock.due_at is None or state == "off":
        return None
    whole = (clock.due_at - clock.started_at).total_seconds()
    gone = ((clock.stopped_at or at) - clock.started_at).total_seconds()
    return min(99, max(1, round(100 * gone / whole))) if whole > 0 else 99


def tracked(steps: Iterable[Any], clocks: Iterable[Clock] = ()) -> list[dict[str, Any]]:
    """Steps for the tracker. With `clocks`, a running step says until when its earliest clock runs."""
    due: dict[int, datetime] = {}
    for clock in clocks:
        if clock.step_id and clock.stopped_at is None and clock.due_at:
            # A term that ends at midnight is read as ending with its last day.
            until = clock.due_at - timedelta(seconds=clock.ends == Ends.MIDNIGHT)
            due[clock.step_id] = min(until, due.get(clock.step_id, until))
    return [
        {
            "label": str(step),
            "state": step.state,
            "look": STEP_LOOKS.get(step.state, step.state),
            "office": step.office.title(),
            "applicant": step.holder == "applicant",
            "round": step.round,
            "since": step.started_at,
            "until": due.get(step.pk),
            "done_at": step.done_at,
        }
        for step in steps
    ]


def statement_rows(rows: Iterable[Any], by_days: bool) -> Iterator[dict[str, Any]]:
    """Rows of a clock statement with a running sum; in terms of days, neighbours alike become one row."""
    total: float = 0
    for row in _joined(rows) if by_days else map(_plain, rows):
        total += row["units"]
        end = row["end"]
        yield row | {
            "last": end - timedelta(microseconds=1) if by_days and end else end,
            "total": round(total, 2),
            "words": words.row_words(row["kind"], row["code"], row["params"]),
            "look": LOOKS.get(row["kind"], "off"),
        }


def _plain(row: Any) -> dict[str, Any]:
    """A row as a dict, be it a Row or the dict the API answers with (from, to, and why in words)."""
    if isinstance(row, dict):
        return {
            "start": _moment(row.get("start", row.get("from"))),
            "end": _moment(row.get("end", row.get("to"))),
            "kind": row["kind"],
            "units": row.get("units") or 0,
            "code": "",
            "params": {},
            "said": row.get("reason") or "",
        }
    return {
        "start": row.start,
        "end": row.end,
        "kind": row.kind,
        "units": row.units,
        "code": row.reason.code,
        "params": row.reason.params,
        "said": "",
    }


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _joined(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    held: dict[str, Any] | None = None
    for row in map(_plain, rows):
        if held and _alike(held, row):
            held |= {"end": row["end"], "units": held["units"] + row["units"]}
            continue
        if held:
            yield held
        held = row
    if held:
        yield held


def _alike(one: dict[str, Any], following: dict[str, Any]) -> bool:
    same = ("kind", "code", "params", "said")
    return one["end"] == following["start"] and all(one[name] == following[name] for name in same)


def told(event: Any) -> dict[str, Any]:
    """One entry of the timeline from an Event, a Message, or any object with the same names.

    `office` (an Office or its name) and `files` are taken where the view has attached them; an event
    without an office shows its step's."""
    step = getattr(event, "step", None) if getattr(event, "step_id", None) else None
    office = getattr(event, "office", None) or (step.office if step else "")
    return {
        "at": getattr(event, "effective_at", None) or event.at,
        "office": office.title() if hasattr(office, "title") and not isinstance(office, str) else office,
        "title": getattr(event, "title", ""),
        "body": getattr(event, "body", "") or getattr(event, "text", ""),
        "who": getattr(event, "who", ""),
        "mentioned": getattr(event, "mentioned", ""),
        "public": getattr(event, "public", True),
        "erased": bool(getattr(event, "erased_at", None)),
        "files": getattr(event, "files", ()),
    }


def now_of(context: Any) -> datetime:
    """The page's `now`: handed down by the view, the present where it was not."""
    at: datetime = context.get("now") or timezone.now()
    return at
