"""What cases are sifted by: the same for the queue in the admin and for the API."""

from __future__ import annotations

from datetime import datetime

from django.db import connections

from servicedesk.desk import finding
from servicedesk.desk.models.case import CaseQuerySet
from servicedesk.desk.queue import OPEN, is_late
from servicedesk.desk.registry import kinds

LONGEST_KEY = 19
MOST_WORDS = 8
NOBODY = "none"


def key_in(value: str | None) -> int | None:
    """A key as it may stand in an address; none in what no table can hold."""
    return int(value) if value and value.isdecimal() and len(value) < LONGEST_KEY else None


def by_officer(cases: CaseQuerySet, value: str | None) -> CaseQuerySet:
    """Open cases of the officer with that key, or of nobody."""
    if value == NOBODY:
        return cases.filter(OPEN, officer=None)
    key = key_in(value)
    return cases.filter(OPEN, officer=key) if key else cases


def by_limits(cases: CaseQuerySet, value: str | None, at: datetime) -> CaseQuerySet:
    """ "1": a limit has passed, "0": none has."""
    late = OPEN & is_late(at)
    match value:
        case "1":
            return cases.filter(late)
        case "0":
            return cases.exclude(late)
    return cases


def by_dimension(cases: CaseQuerySet, path: str, value: str | None) -> CaseQuerySet:
    key = key_in(value)
    return cases.filter(**{path: key}) if key else cases


def dimensions() -> dict[str, str]:
    """Lookup path by name of every dimension of every kind, the same name once."""
    found: dict[str, str] = {}
    for kind in kinds():
        for name, path, _label in kind.dimensions:
            found.setdefault(name, path)
    return found


def with_words(cases: CaseQuerySet, words: str) -> CaseQuerySet:
    """Cases with every one of the words: in number, title, names, or what their kinds let be searched."""
    indexed = connections[cases.db].vendor == "postgresql"
    for word in words.split()[:MOST_WORDS]:
        cases = cases.filter(finding.having(word, indexed=indexed))
    return cases
