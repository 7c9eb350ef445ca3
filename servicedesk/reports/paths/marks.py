"""What a path counts under. A page counts how many paths have a mark, and the list behind a number holds the
cases whose paths have it: so a number and its list cannot differ."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from servicedesk.desk.models import Step
from servicedesk.reports.paths.handling import handled, holder_at, stays
from servicedesk.reports.paths.reading import BEGIN, END, Path, Visit

ALL, CLOSED, STILL_OPEN, CAME_BACK, AGAIN = "all", "closed", "open", "came-back", "again"
# sort of mark : what it is of
SHAPE = re.compile(r"(?P<sort>[a-z-]+)(?::(?P<of>[\w^$>@.+-]{1,100}))?")
RUNNING = frozenset({Step.State.RUNNING, Step.State.PAUSED})

Codes = frozenset[str] | None


def marks_of(path: Path, codes: Codes) -> Counter[str]:
    """Every mark of the path, and how often it has it."""
    found: Counter[str] = Counter()
    for parts in (_standing(path), _steps(path), _ways(path), _offices(path, codes), _rework(path, codes)):
        found.update(parts)
    return found


def _standing(path: Path) -> Iterator[str]:
    yield ALL
    yield CLOSED if path.closed_at else STILL_OPEN
    yield f"path:{path.digest}"
    if path.judged:
        yield f"judged:{path.digest}"
        if not path.broken:
            yield f"kept:{path.digest}"


# --- steps and what follows them ---------------------------------------------------------------------


def _steps(path: Path) -> Iterator[str]:
    for visit in path.visits:
        yield f"step:{visit.code}"
        yield f"at:{visit.code}@{visit.office}"
        if visit.state in RUNNING:
            yield f"here:{visit.code}"
            if waits(visit):
                yield f"queue:{visit.code}@{visit.office}"
        if measured(visit) and visit.taken_at is None and not visit.beside:
            yield f"unclaimed:{visit.code}@{visit.office}"


def waits(visit: Visit) -> bool:
    """Whether it stands with an office now and nobody has taken it up."""
    return visit.state in RUNNING and visit.of_office and not visit.beside and visit.taken_at is None


def measured(visit: Visit) -> bool:
    """Whether an office had it from a known beginning to its end."""
    return visit.of_office and visit.started_at is not None and visit.done_at is not None


def _ways(path: Path) -> Iterator[str]:
    for one, other in follows(path):
        yield edge(one, other)


def edge(one: str, other: str) -> str:
    return f"edge:{one}>{other}"


def follows(path: Path) -> list[tuple[str, str]]:
    """Each step and the one that began next; the first follows the submission, the end follows the last."""
    codes = [BEGIN, *path.codes, *([END] if path.closed_at else [])]
    return list(zip(codes, codes[1:], strict=False))


# --- offices -----------------------------------------------------------------------------------------


def _offices(path: Path, codes: Codes) -> Iterator[str]:
    visits = handled(path, codes)
    for visit in visits:
        yield f"had:{visit.office}"
    found = stays(visits)
    offices = [office for office, _again in found]
    for place, (office, again) in enumerate(found[1:], 1):
        if not again:
            continue
        yield f"hand:{offices[place - 1]}>{office}"
        if office in offices[: place - 1]:
            yield CAME_BACK
            yield f"back:{office}"
            yield pair(office, offices[place - 1])


def pair(one: int, other: int) -> str:
    return f"pair:{min(one, other)}+{max(one, other)}"


def _rework(path: Path, codes: Codes) -> Iterator[str]:
    visits = handled(path, codes)
    for visit in visits:
        if visit.round > 1:
            yield AGAIN
            yield f"rounds:{visit.office}"
    for turn in path.turns:
        sort = TURNED.get(turn.verb)
        office = holder_at(visits, turn.at) if sort else None
        if sort and office:
            yield sort
            yield f"{sort}:{office}"
            if sort == "supplement" and _asked_before(path, turn.at):
                yield f"supplement-again:{office}"


# Verbs that send a matter back or on, and what the numbers of them are called.
TURNED = {
    "return_to_centre": "returned",
    "transfer": "transferred",
    "redo": "redo",
    "ask_supplement": "supplement",
}


def _asked_before(path: Path, at: object) -> bool:
    asked = [turn.at for turn in path.turns if turn.verb == "ask_supplement"]
    return bool(asked) and asked[0] != at
