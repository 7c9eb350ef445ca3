"""Pages of cases that begin where the one before ended, by value and key instead of by counting: none is met
twice or passed over while others come and go, and the thousandth page costs what the first does."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import (
    Exists,
    F,
    FilteredRelation,
    IntegerField,
    OrderBy,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.utils.dateparse import parse_datetime

from servicedesk.accounts.models import User
from servicedesk.desk.models import Case, Clock, Party

LONGEST_KEY = 19
SHOWN = ("applicant", "office", "officer")
# Of names, the address carries the key of the row that has it: an address is kept in logs.
NAMED: dict[str, tuple[Any, str]] = {
    "applicant__name": (Party, "applicant"),
    "officer__name": (User, "officer"),
}


@dataclass(frozen=True)
class Order:
    """By the value at `path`, falling or rising, then by key; what has no value comes last either way."""

    path: str
    falls: bool = False
    tie_falls: bool = True
    may_lack: bool = False

    def valued(self, cases: QuerySet[Any]) -> QuerySet[Any]:
        if self.path == NEAREST:
            return with_nearest(cases)
        return cases.exclude(**{self.path: None}) if self.may_lack else cases

    def bare(self, cases: QuerySet[Any]) -> QuerySet[Any]:
        if self.path == NEAREST:
            return cases.exclude(Exists(DATED.filter(case=OuterRef("pk"))))
        return cases.filter(**{self.path: None})

    @property
    def token(self) -> str:
        """The lookup whose value an address carries."""
        return f"{NAMED[self.path][1]}_id" if self.path in NAMED else self.path


NEAREST = "first_clock__due_at"
DATED = Clock.objects.running().filter(due_at__isnull=False)
BY_NEAREST = Order(NEAREST, may_lack=True)
BY_NEWEST = Order("submitted_at", falls=True)


def with_nearest(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Cases with a running clock that has a date, joined to the one that is due first, so that an index of
    the running clocks gives them in their order."""
    running = Q(clocks__stopped_at=None, clocks__due_at__isnull=False)
    sooner = Q(due_at__lt=OuterRef(NEAREST)) | Q(due_at=OuterRef(NEAREST), pk__lt=OuterRef("first_clock__pk"))
    joined = cases.annotate(first_clock=FilteredRelation("clocks", condition=running))
    before = DATED.filter(sooner, case=OuterRef("pk"))
    return joined.filter(~Exists(before), **{f"{NEAREST}__isnull": False})


@dataclass(frozen=True)
class Place:
    """The row beside which a page begins, or ends where it is read backwards."""

    value: Any
    pk: int
    back: bool = False


@dataclass(frozen=True)
class Page:
    """Its cases in their order, with whom and whose they are, and the places beside it, "" where there is
    nothing."""

    rows: list[Any]
    before: str = ""
    after: str = ""


def page_of(cases: QuerySet[Case], order: Order, place: Place | None, size: int) -> Page:
    """The page of so many cases at the place; the first where there is none."""
    back = place is not None and place.back
    found: list[Any] = []
    for part in _parts(cases, order, place):
        found += part[: size + 1 - len(found)]
        if len(found) > size:
            break
    more = len(found) > size
    if back and not more:
        # The beginning is reached: a page that is full, from there.
        return page_of(cases, order, None, size)
    rows = found[:size][::-1] if back else found[:size]
    if not rows:
        return Page([])
    before = written(rows[0]) if (more if back else place is not None) else ""
    after = written(rows[-1]) if back or more else ""
    return Page(rows, before, after)


def first_rows(cases: QuerySet[Case], order: Order, size: int) -> list[Any]:
    return page_of(cases, order, None, size).rows


def beyond(path: str, place: Place, *, falls: bool, tie_falls: bool) -> Q:
    """Rows behind the place. The first condition says nothing new, but lets an index begin there."""
    more, tie = ("lt" if falls else "gt"), ("lt" if tie_falls else "gt")
    behind = Q(**{f"{path}__{more}": place.value}) | Q(**{path: place.value, f"pk__{tie}": place.pk})
    return Q(**{f"{path}__{more}e": place.value}) & behind


def _parts(cases: QuerySet[Case], order: Order, place: Place | None) -> Iterator[Any]:
    """Rows from the place on: those with a value, then those without, or the other way."""
    back = place is not None and place.back
    for bare in (True, False) if back else (False, True):
        if bare and not order.may_lack:
            continue
        if place is not None and (place.value is None) != bare:
            if bare == back:
                # The place lies behind this part already.
                continue
            yield _rows(cases, order, None, bare=bare, back=back)
            continue
        yield _rows(cases, order, place, bare=bare, back=back)


def _rows(cases: QuerySet[Any], order: Order, place: Place | None, *, bare: bool, back: bool) -> Any:
    falls, tie_falls = order.falls != back, order.tie_falls != back
    tie = "-pk" if tie_falls else "pk"
    if bare:
        rows: QuerySet[Any] = order.bare(cases).annotate(placed=Value(None, IntegerField()))
        if place is not None:
            rows = rows.filter(Q(pk__lt=place.pk) if tie_falls else Q(pk__gt=place.pk))
        return rows.select_related(*SHOWN).order_by(tie)
    # Annotated, for a filter by the path itself might join the clocks once more.
    ranked = order.valued(cases).annotate(ranked=F(order.path))
    rows = ranked.annotate(placed=F("ranked" if order.token == order.path else order.token))
    if place is not None:
        rows = rows.filter(beyond("ranked", place, falls=falls, tie_falls=tie_falls))
    return rows.select_related(*SHOWN).order_by(OrderBy(F("ranked"), descending=falls), tie)


# --- places in an address --------------------------------------------------------------------------------


def written(row: Any) -> str:
    told = row.placed.isoformat() if isinstance(row.placed, datetime) else row.placed
    return base64.urlsafe_b64encode(json.dumps([row.pk, told]).encode()).decode().rstrip("=")


def read(text: str, order: Order, *, back: bool = False) -> Place | None:
    """The place an address names; None for nonsense, which is as good as the first page."""
    try:
        pk, value = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, TypeError, RecursionError):
        return None
    if not _is_key(pk) or (value is None and not order.may_lack):
        return None
    if value is None:
        return Place(None, pk, back)
    told = _named(order, value) if order.path in NAMED else _moment(value)
    return None if told is None else Place(told, pk, back)


def _is_key(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10 ** (LONGEST_KEY - 1)


def _moment(value: Any) -> datetime | None:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _named(order: Order, key: Any) -> str | None:
    model, _name = NAMED[order.path]
    found: str | None = (
        model.objects.filter(pk=key).values_list("name", flat=True).first() if _is_key(key) else None
    )
    return found
